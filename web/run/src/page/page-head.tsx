import type { SavedRun } from '../../../../lib/contracts/saved-run.ts';
import { formatDuration } from '../../../src/format/format-duration.ts';
import { formatAmount } from '../../../src/format/format-number.ts';
import type { ThemeChoice } from '../../../src/theme/theme-choice.ts';
import { ThemeSegments } from '../../../src/theme/theme-segments.tsx';
import { formatMoment } from '../format/format-moment.ts';
import { VerdictMark } from '../verdict/verdict-mark.tsx';
import { Fact } from './fact.tsx';

interface PageBarProps {
  readonly text: string;
  readonly themeChoice: ThemeChoice;
  readonly onChooseTheme: (choice: ThemeChoice) => void;
}

/** What this page is, and the choice of its theme. */
export function PageBar({ text, themeChoice, onChooseTheme }: PageBarProps) {
  return (
    <div class="page-bar">
      <p>
        <strong>Kafka lab</strong> {text}
      </p>
      <ThemeSegments choice={themeChoice} onChoose={onChooseTheme} />
    </div>
  );
}

interface RunHeadProps {
  readonly run: SavedRun;
  /** What tells it from the run beside it. @default nothing: it is the only one */
  readonly letter?: string;
}

/** What came of a run, first of all; then what it was. */
export function RunHead({ run, letter }: RunHeadProps) {
  const { scenario, verdict, checks } = run;
  const passed = checks.filter((check) => check.verdict === 'pass').length;
  const Title = letter === undefined ? 'h1' : 'h2';
  return (
    <section class={`run-head tone-${verdict}`} data-testid="run-head">
      <div class="run-verdict" data-testid="verdict">
        <VerdictMark of={verdict} />
        <span>
          {passed} of {checks.length} checks pass
        </span>
      </div>
      <div class="run-title">
        <Title>
          {letter !== undefined && <span class="letter">{letter}</span>}
          {scenario.name}
        </Title>
        <p>{scenario.description}</p>
        <dl class="facts">
          <Fact name="platform" value={run.platform} />
          <Fact name="seed" value={String(scenario.seed)} />
          <Fact name="took" value={formatDuration(run.endedAt - run.startedAt)} />
          <Fact name="started" value={formatMoment(run.startedAt)} />
          <Fact name="group" value={run.groupId} />
          <Fact name="topic" value={`${run.topic}, ${formatAmount(run.partitions, 'partition')}`} />
          <Fact name="run" value={run.runId} />
        </dl>
      </div>
    </section>
  );
}
