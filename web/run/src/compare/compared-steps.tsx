import type { SavedRun, SavedStep } from '../../../../lib/contracts/saved-run.ts';
import { formatDuration } from '../../../src/format/format-duration.ts';
import { WideTable } from '../tables/wide-table.tsx';
import { VerdictMark } from '../verdict/verdict-mark.tsx';
import { compareSteps } from './compare-runs.ts';
import { ComparedHead } from './compared-head.tsx';

interface ComparedStepsProps {
  readonly first: SavedRun;
  readonly second: SavedRun;
  /** Shows the time of a step in the timelines. */
  readonly onShow: (run: SavedRun, step: SavedStep) => void;
}

/** What was done in both, in order; pressing a step shows it in the timelines. */
export function ComparedSteps({ first, second, onShow }: ComparedStepsProps) {
  return (
    <WideTable title="Steps" id="steps-title" sum="press one to see it in the timelines">
      <ComparedHead first="Step" />
      <tbody>
        {compareSteps(first.steps, second.steps).map((row) => (
          <tr key={row.index}>
            <th scope="row">{row.index + 1}</th>
            <td class="is-text">
              <StepCell step={row.first} onShow={(step) => onShow(first, step)} />
            </td>
            <td class="is-text">
              <StepCell step={row.second} onShow={(step) => onShow(second, step)} />
            </td>
          </tr>
        ))}
      </tbody>
    </WideTable>
  );
}

function StepCell({ step, onShow }: { step: SavedStep | null; onShow: (step: SavedStep) => void }) {
  if (step === null) return <>–</>;
  const took = step.endedAt === null ? null : formatDuration(step.endedAt - step.startedAt);
  return (
    <>
      {step.outcome === 'pending' ? (
        step.text
      ) : (
        <button type="button" class="step-button" onClick={() => onShow(step)}>
          {step.text}
        </button>
      )}
      <p class="cell-summary">
        <VerdictMark of={step.outcome} /> {[took, step.detail].filter((part) => part !== null).join(' · ')}
      </p>
    </>
  );
}
