/*
 * The page of a run that was saved. Whoever wrote this file put the run, or two and how they compare, into its elements;
 * nothing is asked of anybody, so the file opens anywhere and says the same for ever.
 */
import { render } from 'preact';
import { applyThemeChoice, readThemeChoice } from '../../src/theme/theme-choice.ts';
import { App } from './app.tsx';
import { readDocument, type EmbeddedDocument } from './read-document.ts';
import '../../src/theme/colours.css';
import '../../src/theme/base.css';
import '../../src/theme/panel.css';
import '../../src/theme/facts.css';
import './page/page.css';
import './page/run.css';
import './timeline/timeline.css';

applyThemeChoice(readThemeChoice());

function readEmbedded(): EmbeddedDocument | string {
  try {
    const [runs, comparison] = ['#runs', '#comparison'].map((id) => document.querySelector(id)?.textContent);
    return readDocument(runs ?? '[]', comparison ?? 'null');
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

const root = document.querySelector('#page');
const embedded = readEmbedded();
if (root !== null) {
  render(typeof embedded === 'string' ? <p class="no-run">{embedded}</p> : <App document={embedded} />, root);
}
