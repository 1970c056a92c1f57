import { render } from 'preact';
import { App } from './app.tsx';
import { createLabStore } from './stream/lab-store.ts';
import { applyThemeChoice, readThemeChoice } from './theme/theme-choice.ts';
import './theme/colours.css';
import './theme/base.css';
import './theme/panel.css';
import './theme/facts.css';
import './page/page.css';
import './group/group.css';
import './histories/histories.css';
import './partitions/partitions.css';
import './timeline/timeline.css';
import './cluster/cluster.css';
import './controls/controls.css';

applyThemeChoice(readThemeChoice());

const root = document.querySelector('#page');
const group = new URLSearchParams(location.search).get('group') ?? undefined;
if (root !== null) render(<App store={createLabStore(group)} />, root);
