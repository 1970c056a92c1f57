import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { MAX_KEY_LENGTH } from '../../lib/contracts/message.ts';
import { MAX_SHOWN_KEY_LENGTH } from '../../lib/contracts/record-key.ts';
import { MAX_STREAMS } from '../../lib/http/answer-stream-route.ts';
import { decideBudgetBytes, decideMaxConnections } from '../../lib/http/memory-budget.ts';
import { DEFAULT_MAX_BODY_BYTES } from '../../lib/http/read-json-body.ts';
import { MAX_HEADER_LINES } from '../../lib/http/request-guard.ts';
import { LOOK_BACK_RECORDS } from '../../services/consumer/message-tail.ts';
import { DEFAULT_LIMIT, LARGEST_LIMIT } from '../../services/consumer/message-routes.ts';
import { ANSWER_BYTES } from '../../services/consumer/recent-messages.ts';
import { LARGEST_BATCH } from '../../services/producer/message-routes.ts';

const MEBIBYTE = 1024 * 1024;
const text = readFileSync(new URL('../../docs/http-api.md', import.meta.url), 'utf8').replaceAll(/\s+/g, ' ');

/** The numbers that docs/http-api.md tells are the ones that the code decides on. */
describe('docs/http-api.md', () => {
  const mebibytes = (bytes: number): string => `${String(bytes / MEBIBYTE)} MiB`;
  it.each([
    `\`?limit=\` takes 1 to ${String(LARGEST_LIMIT)}; the default is ${String(DEFAULT_LIMIT)}.`,
    `at most about ${mebibytes(ANSWER_BYTES)} of messages`,
    `one of more than ${String(MAX_SHOWN_KEY_LENGTH)} characters is cut`,
    `up to ${String(LOOK_BACK_RECORDS)} records of a partition`,
    `A replica holds ${String(MAX_STREAMS)} streams`,
    `Stores 1 to ${String(LARGEST_BATCH)} messages`,
    `| \`key\` | 1 to ${String(MAX_KEY_LENGTH)} characters |`,
    `not compressed, and at most ${mebibytes(DEFAULT_MAX_BODY_BYTES)}`,
    `Headers may have 16 KiB and ${String(MAX_HEADER_LINES)} lines`,
    `${mebibytes(decideBudgetBytes(256 * MEBIBYTE))} at the charts' 256 MiB`,
    `${mebibytes(decideBudgetBytes(1024 * MEBIBYTE))} where there is none`,
    `${String(decideMaxConnections(256 * MEBIBYTE))} at 256 MiB`,
  ])('says: %s', (sentence) => {
    expect(text).toContain(sentence);
  });
});
