import type { SavedRun } from '../../../lib/contracts/saved-run.ts';
import { ThemeContext, useTheme } from '../../src/theme/use-theme.ts';
import { ComparedRuns } from './compare/compared-runs.tsx';
import { PageBar } from './page/page-head.tsx';
import { SingleRun } from './page/single-run.tsx';
import { usePrinting } from './page/use-printing.ts';

/** The page of one run, or of two that are compared. */
export function App({ runs }: { runs: readonly SavedRun[] }) {
  const { choice, theme, choose } = useTheme();
  const isPrinting = usePrinting();
  const [first, second] = runs;
  return (
    <ThemeContext.Provider value={isPrinting ? 'light' : theme}>
      <header>
        <PageBar
          text={second === undefined ? 'a verified run' : 'two runs compared'}
          themeChoice={choice}
          onChooseTheme={choose}
        />
      </header>
      {first !== undefined && second === undefined && <SingleRun run={first} isPrinting={isPrinting} />}
      {first !== undefined && second !== undefined && (
        <ComparedRuns first={first} second={second} isPrinting={isPrinting} />
      )}
    </ThemeContext.Provider>
  );
}
