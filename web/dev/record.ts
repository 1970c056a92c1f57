/*
 * Writes what a live page shows to a file, a snapshot a line, to be played again:
 *   node web/dev/record.ts http://localhost:8080 > run.jsonl
 * Ctrl-C ends it; with a number of seconds as a second argument it ends by itself.
 */
import { argv } from 'node:process';

const [, , url = 'http://localhost:8080', seconds] = argv;
const ending = new AbortController();
process.once('SIGINT', () => ending.abort());
if (seconds !== undefined) setTimeout(() => ending.abort(), Number(seconds) * 1000);

const response = await fetch(`${url}/api/live`, { signal: ending.signal });
if (response.body === null || !response.ok) throw new Error(`${url} answers ${String(response.status)}`);
const decoder = new TextDecoder();
let text = '';
try {
  for await (const chunk of response.body) {
    text += decoder.decode(chunk, { stream: true });
    const events = text.split('\n\n');
    text = events.pop() ?? '';
    for (const event of events) {
      const data = /^data: (.*)$/m.exec(event)?.[1];
      if (data !== undefined) process.stdout.write(`${data}\n`);
    }
  }
} catch (error) {
  if (!ending.signal.aborted) throw error;
}
