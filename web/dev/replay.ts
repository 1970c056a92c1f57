/*
 * Plays a recording to the built page without a cluster, one snapshot a line: that of twenty replicas and sixty partitions
 * unless it is told another. It answers as the lab's server does, with the same content security policy, and refuses every
 * control.
 *   node web/dev/replay.ts [--file run.jsonl] [--port 8090] [--show-controls]
 */
import { readFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { parseArgs } from 'node:util';
import { brotliDecompressSync } from 'node:zlib';
import type { LabHistory, LabSnapshot } from '../../lib/contracts/lab-snapshot.ts';
import { createHistoryRing } from '../src/histories/history-ring.ts';

const { values } = parseArgs({
  options: {
    file: { type: 'string', default: join(import.meta.dirname, 'recordings', 'twenty-replicas.jsonl.br') },
    port: { type: 'string', default: '8090' },
    'show-controls': { type: 'boolean', default: false },
  },
});

const READ_ONLY = 'This is a replay: there is no lab behind it to control.';
const SECURITY_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};
const DIST = join(import.meta.dirname, '..', 'dist');
/** Between the last snapshot and the first, when it begins again. */
const BEGINS_AGAIN_AFTER_MS = 500;

const viewers = new Set<ServerResponse>();
const history = createHistoryRing();
let last: LabSnapshot | undefined;

createServer((request, response) => {
  const { pathname } = new URL(request.url ?? '/', 'http://localhost');
  if (pathname === '/api/live') follow(response);
  else if (pathname === '/api/history') answerHistory(response);
  else if (pathname.startsWith('/api/')) refuse(response);
  else answerFile(pathname === '/' ? '/index.html' : pathname, response);
}).listen(Number(values.port), '127.0.0.1', () => console.log(`http://127.0.0.1:${values.port}/`));

playRecording(values.file);

/** Snapshots come as far apart as they were; after the last one the recording begins again. */
function playRecording(file: string): void {
  const bytes = readFileSync(file);
  const snapshots = (file.endsWith('.br') ? brotliDecompressSync(bytes) : bytes)
    .toString('utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as LabSnapshot);
  const play = (index: number): void => {
    const snapshot = snapshots[index];
    if (snapshot === undefined) return;
    show(snapshot);
    const next = (index + 1) % snapshots.length;
    const waitMs = next === 0 ? BEGINS_AGAIN_AFTER_MS : Math.max(0, (snapshots[next]?.at ?? 0) - snapshot.at);
    setTimeout(() => play(next), waitMs);
  };
  play(0);
}

function show(snapshot: LabSnapshot): void {
  const controls = { ...snapshot.controls, isReadOnly: true, readOnlyReason: READ_ONLY };
  last = values['show-controls'] ? snapshot : { ...snapshot, controls };
  history.append(last);
  for (const viewer of viewers) send(viewer, last);
}

function send(viewer: ServerResponse, snapshot: LabSnapshot): void {
  viewer.write(`event: snapshot\ndata: ${JSON.stringify(snapshot)}\n\n`);
}

function follow(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  response.flushHeaders();
  viewers.add(response);
  response.on('close', () => viewers.delete(response));
  if (last !== undefined) send(response, last);
}

function answerHistory(response: ServerResponse): void {
  const body: LabHistory = { groupId: last?.group.groupId ?? '', samples: [...history.samples] };
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function refuse(response: ServerResponse): void {
  const problem = { type: 'about:blank', title: 'Forbidden', status: 403, code: 'read-only', detail: READ_ONLY };
  response.writeHead(403, { 'content-type': 'application/problem+json' }).end(JSON.stringify(problem));
}

function answerFile(path: string, response: ServerResponse): void {
  try {
    const content = readFileSync(join(DIST, normalize(path)));
    response
      .writeHead(200, {
        'content-type': TYPES[extname(path)] ?? 'application/octet-stream',
        'content-security-policy': SECURITY_POLICY,
      })
      .end(content);
  } catch {
    response.writeHead(404).end('There is no such file. Is the page built?');
  }
}
