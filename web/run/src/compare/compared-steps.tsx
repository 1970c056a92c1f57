import { useMemo } from 'preact/hooks';
import type { SavedRun, SavedStep } from '../../../../lib/contracts/saved-run.ts';
import { formatDuration } from '../../../src/format/format-duration.ts';
import { LONG_STEPS } from '../steps/step-list.tsx';
import { useRows } from '../tables/use-rows.tsx';
import { WideTable } from '../tables/wide-table.tsx';
import { VerdictMark } from '../verdict/verdict-mark.tsx';
import { ComparedHead } from './compared-head.tsx';
import { pairSteps, type StepPair } from './pair-steps.ts';

interface ComparedStepsProps {
  readonly first: SavedRun;
  readonly second: SavedRun;
  readonly isPrinting: boolean;
  /** Shows the time of a step in the timelines. */
  readonly onShow: (run: SavedRun, step: SavedStep) => void;
}

/** What was done in both, in order; pressing a step shows it in the timelines. */
export function ComparedSteps({ first, second, isPrinting, onShow }: ComparedStepsProps) {
  const rows = useMemo(() => pairSteps(first.steps, second.steps), [first, second]);
  const { shown, more } = useRows({ ...LONG_STEPS, isNotable, rows, isPrinting });
  return (
    <>
      <WideTable title="Steps" id="steps-title" sum="press one to see it in the timelines">
        <ComparedHead first="Step" />
        <tbody>
          {shown.map((row) => (
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
      {more}
    </>
  );
}

function isNotable({ first, second }: StepPair): boolean {
  return [first, second].some((step) => step !== null && LONG_STEPS.isNotable(step));
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
