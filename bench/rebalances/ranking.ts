import type { Change } from './changes.ts';
import { CHANGE_WORDS, listMeasures, selectChange, type ClientMeasures, type Measure } from './measures.ts';

/** How clients stand in one measure of one change. */
export interface Ranking {
  /** The least that any client took; NaN when none was measured. */
  readonly best: number;
  readonly unit: string;
  /** In the order of the clients. */
  readonly ratios: readonly Ranked[];
}

interface Ranked {
  readonly client: string;
  /** NaN when it was not measured. */
  readonly value: number;
  /** Times the best: 1 for the best itself, and Infinity where the best is nothing and this is something. */
  readonly ratio: number;
}

/** Closer to the best than this is ahead together with it. */
const LEVEL_RATIO = 1.05;

export function rankClients(clients: readonly ClientMeasures[], change: Change, measure: Measure): Ranking {
  const values = clients.map((one) => measure.summarize(selectChange(one, change)));
  const best = Math.min(...values.filter(Number.isFinite));
  return {
    best: Number.isFinite(best) ? best : NaN,
    unit: measure.unit,
    ratios: clients.map(({ client }, index) => {
      const value = values[index] ?? NaN;
      return { client, value, ratio: value === best ? 1 : value / best };
    }),
  };
}

/** One sentence on a change: who is ahead in each measure, and how far ours is from it. */
export function describeAhead(clients: readonly ClientMeasures[], change: Change, ours: string): string {
  const parts = listMeasures(change).map((measure) =>
    describeMeasure(rankClients(clients, change, measure), measure, ours),
  );
  return `${CHANGE_WORDS[change]} – ${parts.join('; ')}.`;
}

function describeMeasure({ best, unit, ratios }: Ranking, { name }: Measure, ours: string): string {
  const ahead = ratios.filter(({ ratio }) => ratio <= LEVEL_RATIO);
  if (ahead.length === 0) return `${name}: not measured`;
  const own = ratios.find(({ client }) => client === ours);
  const distance = own === undefined || ahead.includes(own) ? '' : `, “${ours}” ${describeDistance(own, unit)}`;
  return `${name}: ${describeWho(ahead, ratios)} (${formatValue(best, unit)}${distance})`;
}

/** By those who are not ahead, where they are fewer. */
function describeWho(ahead: readonly Ranked[], all: readonly Ranked[]): string {
  const behind = all.filter((one) => !ahead.includes(one));
  if (behind.length === 0) return 'all alike';
  return behind.length < ahead.length ? `all but ${listNames(behind)}` : listNames(ahead);
}

function describeDistance({ value, ratio }: Ranked, unit: string): string {
  if (!Number.isFinite(value)) return 'not measured';
  return Number.isFinite(ratio) ? `${ratio.toFixed(2)} times that` : formatValue(value, unit);
}

/** A value as it stands in a sentence: small ones with a decimal. */
export function formatValue(value: number, unit: string): string {
  return `${value.toLocaleString('en', { maximumFractionDigits: value < 100 ? 1 : 0 })} ${unit}`;
}

function listNames(ranked: readonly Ranked[]): string {
  return new Intl.ListFormat('en-GB').format(ranked.map(({ client }) => `“${client}”`));
}
