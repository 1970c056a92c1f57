/*
 * The page of a run that was saved. Whoever wrote this file put the run, or two to be compared, into the element "runs";
 * nothing is asked of anybody, so the file opens anywhere and says the same for ever.
 */
import { render } from 'preact';
import type { SavedRun } from '../../../lib/contracts/saved-run.ts';
import { applyThemeChoice, readThemeChoice } from '../../src/theme/theme-choice.ts';
import { App } from './app.tsx';
import { readRuns } from './read-runs.ts';
import '../../src/theme/colours.css';
import '../../src/theme/base.css';
import '../../src/theme/panel.css';
import '../../src/theme/facts.css';
import './page/page.css';
import './page/run.css';
import './timeline/timeline.css';

applyThemeChoice(readThemeChoice());

function readEmbedded(): readonly SavedRun[] | string {
  try {
    return readRuns(document.querySelector('#runs')?.textContent ?? '[]');
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

const root = document.querySelector('#page');
const runs = readEmbedded();
if (root !== null) {
  render(typeof runs === 'string' ? <p class="no-run">{runs}</p> : <App runs={runs} />, root);
}
