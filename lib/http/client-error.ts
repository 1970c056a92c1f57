import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { PROBLEM_MEDIA_TYPE } from './problem.ts';

/** What the parser could not take, by its error code. */
const FAULTS: Readonly<Record<string, { readonly status: number; readonly detail: string }>> = {
  HPE_HEADER_OVERFLOW: { status: 431, detail: 'The headers are too large.' },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: { status: 413, detail: 'The chunk extensions are too large.' },
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, detail: 'The request did not arrive in time.' },
};
const GARBAGE = { status: 400, detail: 'This is not HTTP.' };

/**
 * Answers what never became a request, then closes the connection. When an answer is under way already,
 * or the socket is gone, it only closes.
 */
export function answerClientError(error: Error & { readonly code?: string }, socket: Duplex): void {
  if (!socket.writable || error.code === 'ECONNRESET' || hasBegunAnswer(socket)) {
    socket.destroy();
    return;
  }
  const { status, detail } = FAULTS[error.code ?? ''] ?? GARBAGE;
  const title = STATUS_CODES[status] ?? 'Bad Request';
  const body = JSON.stringify({
    type: 'urn:kafka-lab:problem:invalid-request',
    title,
    status,
    detail,
    code: 'invalid-request',
  });
  const head = [
    `HTTP/1.1 ${String(status)} ${title}`,
    'Connection: close',
    `Content-Type: ${PROBLEM_MEDIA_TYPE}`,
    `Content-Length: ${String(Buffer.byteLength(body))}`,
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}

/** Node keeps the answer under way at the socket, as its own default handler relies on. */
function hasBegunAnswer(socket: Duplex): boolean {
  const { _httpMessage: message } = socket as { _httpMessage?: { headersSent?: boolean } | null };
  return message?.headersSent ?? false;
}
