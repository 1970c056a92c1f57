import { useState } from 'preact/hooks';
import type { SavedRun } from '../../../../lib/contracts/saved-run.ts';
import { buildRepeatCommand } from './build-repeat-command.ts';
import { saveRun } from './save-run.ts';

/** The command that does the same again, and the document behind this page. */
export function RepeatRun({ runs }: { runs: readonly SavedRun[] }) {
  return (
    <section class="panel repeat" aria-labelledby="repeat-title">
      <h2 id="repeat-title">{runs.length === 1 ? 'Repeat this run' : 'Repeat these runs'}</h2>
      {runs.map((run, index) => (
        <RepeatOne key={index} run={run} name={runs.length === 1 ? 'this run' : `run ${'AB'[index] ?? ''}`} />
      ))}
    </section>
  );
}

function RepeatOne({ run, name }: { run: SavedRun; name: string }) {
  const command = buildRepeatCommand(run);
  const [isCopied, setCopied] = useState(false);
  const copy = (): void => {
    // Where the clipboard is forbidden the command can still be selected.
    navigator.clipboard.writeText(command).then(
      () => setCopied(true),
      () => setCopied(false),
    );
  };
  return (
    <div class="repeat-one">
      <code data-testid="command">{command}</code>
      <div class="repeat-buttons">
        <button type="button" class="button" onClick={copy}>
          {isCopied ? 'Copied' : 'Copy'}
          <span class="hidden"> the command of {name}</span>
        </button>
        <button type="button" class="button" data-testid="save" onClick={() => saveRun(run)}>
          Save {name} as JSON
        </button>
      </div>
    </div>
  );
}
