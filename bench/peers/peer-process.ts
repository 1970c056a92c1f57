/** What the processes of this folder have in common: they are told what to do in one argument, as JSON. */

const LONGEST_FAREWELL_MS = 60_000;

/** What this process was told, by this program: its type is what the caller says. */
export function readInstructions(): unknown {
  const [, , instructions] = process.argv;
  if (instructions === undefined) throw new Error('instructions are missing: one argument of JSON');
  return JSON.parse(instructions);
}

/** Says something to whoever started this process: one line of JSON. */
export function report(fact: string, value: unknown): void {
  process.stdout.write(`${JSON.stringify({ [fact]: value })}\n`);
}

/** Reports a result, and waits to be ended: a process that ends by itself may do so before its words are read. */
export function finish(result: unknown): void {
  report('result', result);
  setTimeout(() => process.exit(), LONGEST_FAREWELL_MS);
}
