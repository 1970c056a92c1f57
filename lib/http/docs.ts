import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import type { RequestHandler } from 'express';
import { createFileHandler, PAGE_POLICY } from './file-handler.ts';

/** Where the documentation is, for people. */
export const DOCS_PATH = '/docs';
/** Where the API's description is, for programs; the documentation reads it, too. */
export const OPENAPI_PATH = '/openapi.json';

/** Files of swagger-ui-dist that the page uses. */
const ASSETS = ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png'] as const;
const START_SCRIPT = 'start.js';

/** Swagger UI, all of it served from here: the page works without a network. Paths and their handlers. */
export function buildDocsHandlers(title: string): ReadonlyMap<string, RequestHandler> {
  const root = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
  const page = buildPage(title);
  return new Map<string, RequestHandler>([
    [DOCS_PATH, (_request, response) => response.set('Content-Security-Policy', PAGE_POLICY).type('html').send(page)],
    [`${DOCS_PATH}/${START_SCRIPT}`, (_request, response) => response.type('js').send(buildStartScript())],
    ...ASSETS.map((name): [string, RequestHandler] => [
      `${DOCS_PATH}/${name}`,
      createFileHandler(root, name, 'no-cache'),
    ]),
  ]);
}

function buildPage(title: string): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>${escapeHtml(title)}</title>
    <link rel="stylesheet" href="${DOCS_PATH}/swagger-ui.css" />
    <link rel="icon" type="image/png" href="${DOCS_PATH}/favicon-32x32.png" />
  </head>
  <body>
    <div id="swagger-ui"></div>
    <noscript>The description of this API is at <a href="${OPENAPI_PATH}">${OPENAPI_PATH}</a>.</noscript>
    <script src="${DOCS_PATH}/swagger-ui-bundle.js"></script>
    <script src="${DOCS_PATH}/${START_SCRIPT}"></script>
  </body>
</html>
`;
}

/** A file of its own because the policy forbids inline scripts. The validator would be an external service. */
function buildStartScript(): string {
  const options = { url: OPENAPI_PATH, dom_id: '#swagger-ui', deepLinking: true, validatorUrl: null };
  return `SwaggerUIBundle(${JSON.stringify(options)});\n`;
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
