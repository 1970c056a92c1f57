import { ThemeContext, useTheme } from '../../src/theme/use-theme.ts';
import { ComparedRuns } from './compare/compared-runs.tsx';
import { PageBar } from './page/page-head.tsx';
import { SingleRun } from './page/single-run.tsx';
import { usePrinting } from './page/use-printing.ts';
import type { EmbeddedDocument } from './read-document.ts';

/** The page of one run, or of two that are compared. */
export function App({ document }: { document: EmbeddedDocument }) {
  const { choice, theme, choose } = useTheme();
  const isPrinting = usePrinting();
  const isCompared = 'comparison' in document;
  return (
    <ThemeContext.Provider value={isPrinting ? 'light' : theme}>
      <header>
        <PageBar
          text={isCompared ? 'two runs compared' : 'a verified run'}
          themeChoice={choice}
          onChooseTheme={choose}
        />
      </header>
      {isCompared ? (
        <ComparedRuns
          first={document.runs[0]}
          second={document.runs[1]}
          comparison={document.comparison}
          isPrinting={isPrinting}
        />
      ) : (
        <SingleRun run={document.runs[0]} isPrinting={isPrinting} />
      )}
    </ThemeContext.Provider>
  );
}
