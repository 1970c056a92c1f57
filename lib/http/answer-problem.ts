import type { ErrorRequestHandler } from 'express';
import type { Logger } from '../log/create-logger.ts';
import { buildProblem } from './problem.ts';

/** Answers every error as a problem document. Only unexpected ones are logged: the others are the contract. */
export function createProblemHandler(logger: Logger): ErrorRequestHandler {
  // Express knows an error handler by its four parameters.
  // eslint-disable-next-line @typescript-eslint/no-unused-vars
  return (error: unknown, request, response, _next) => {
    if (isAnswerImpossible(error, response.destroyed)) return;
    const { status, headers, document } = buildProblem(error);
    if (status === 500) logger.error({ err: error, method: request.method, path: request.path }, 'request failed');
    if (response.headersSent) {
      // Too late to say anything: a torn answer tells the client at least that it is not whole.
      response.destroy();
      return;
    }
    response.statusCode = status;
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    response.end(JSON.stringify(document));
  };
}

/** The client has left, and the handler merely noticed. */
function isAnswerImpossible(error: unknown, isDestroyed: boolean): boolean {
  return isDestroyed && typeof error === 'object' && error !== null && 'name' in error && error.name === 'AbortError';
}
