import { readFileSync } from 'node:fs';
import { brotliDecompressSync } from 'node:zlib';
import { savedRunSchema, type SavedRun, type Verdict } from '../../lib/contracts/saved-run.ts';

/**
 * A run of `scale-and-kill.yaml` on the local platform that came to this verdict, as it was saved. With sessions of 6 s it
 * passes; with sessions of 10 s a partition waits too long; of the third the journal ends when a consumer was killed, as
 * when the verifier dies. Recorded, the first one, by
 *
 *     node lab/main.ts verify test/run-page/scale-and-kill.yaml --seed 7 \
 *       --consumer PROCESSING_DELAY_MS=5 --consumer SESSION_TIMEOUT_MS=6000
 *
 * and of what that saves, `run.json`, compressed.
 */
export function readRecordedRun(verdict: Verdict): SavedRun {
  const bytes = readFileSync(new URL(`recordings/${verdict}.json.br`, import.meta.url));
  return savedRunSchema.parse(JSON.parse(brotliDecompressSync(bytes).toString('utf8')));
}
