import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { listMetrics } from '../docs/list-metrics.ts';

/*
 * The dashboard of docs/grafana: it shows what the operator tells at /metrics, all of it, and nothing else.
 */

/** The operator's metrics with their labels; of a histogram Prometheus stores `_bucket`, `_sum` and `_count`. */
const METRICS: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  listMetrics().operator.map(({ name, labels, type }) => [name, type === 'histogram' ? [...labels, 'le'] : labels]),
);

/** What Prometheus adds to the name of a histogram. */
const HISTOGRAM_PART = /_(bucket|sum|count)$/;

interface Target {
  readonly expr: string;
  readonly legendFormat?: string;
}

interface Panel {
  readonly title: string;
  readonly type: string;
  readonly targets?: readonly Target[];
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
}

interface Dashboard {
  readonly panels: readonly Panel[];
  readonly annotations: { readonly list: readonly Target[] };
  readonly templating: { readonly list: readonly { readonly name: string; readonly definition?: string }[] };
}

const TEXT = readFileSync(new URL('../../docs/grafana/kafka-lab.json', import.meta.url), 'utf8');
const dashboard = JSON.parse(TEXT) as Dashboard;
const targets = [...dashboard.panels.flatMap((panel) => panel.targets ?? []), ...dashboard.annotations.list];

function findMetrics(text: string): readonly string[] {
  return (text.match(/kafka_lab_\w+/g) ?? []).map((name) =>
    name in METRICS ? name : name.replace(HISTOGRAM_PART, ''),
  );
}

/** Labels that an expression selects or groups by, or that its legend names. */
function listLabels({ expr, legendFormat = '' }: Target): readonly string[] {
  const selected = [...expr.matchAll(/(\w+)=~?"/g)].map(([, label = '']) => label);
  const grouped = [...expr.matchAll(/by \(([^)]*)\)/g)].flatMap(([, labels = '']) => labels.split(/, */));
  const told = [...legendFormat.matchAll(/{{(\w+)}}/g)].map(([, label = '']) => label);
  return [...selected, ...grouped, ...told];
}

/** Every value of a key, however deep. */
function collect(value: unknown, key: string): readonly unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, child]: [string, unknown]) => [
    ...(name === key ? [child] : []),
    ...collect(child, key),
  ]);
}

describe('the dashboard', () => {
  it('asks for the metrics of the operator, and shows each of them', () => {
    const definitions = dashboard.templating.list.map(({ definition = '' }) => definition);
    const asked = [...targets.map(({ expr }) => expr), ...definitions].flatMap(findMetrics);
    expect(asked.filter((name) => !(name in METRICS))).toEqual([]);
    const shown = new Set(
      dashboard.panels.flatMap(({ targets: own = [] }) => own.flatMap(({ expr }) => findMetrics(expr))),
    );
    expect(Object.keys(METRICS).filter((name) => !shown.has(name))).toEqual([]);
  });

  it('names only labels that the metrics have', () => {
    const wrong = targets.filter((target) => {
      const known = findMetrics(target.expr).flatMap((name) => METRICS[name] ?? []);
      return !listLabels(target).every((label) => known.includes(label));
    });
    expect(wrong).toEqual([]);
  });

  it('asks about one group wherever there are several', () => {
    const ofAll = targets.filter(({ expr }) => expr.includes('kafka_lab_group_') && !expr.includes('group="$group"'));
    expect(ofAll).toEqual([]);
  });

  it('takes counters as rates, and buckets as quantiles', () => {
    const bare = targets.filter(
      ({ expr }) => expr.includes('_total') && !/(rate|increase)\(kafka_lab_\w+_total/.test(expr),
    );
    expect(bare).toEqual([]);
    const buckets = targets.filter(({ expr }) => expr.includes('_bucket'));
    expect(buckets.filter(({ expr }) => !expr.startsWith('histogram_quantile('))).toEqual([]);
  });

  it('belongs to no Grafana: the data source is chosen, and ids are given by who imports it', () => {
    expect(new Set(collect(dashboard, 'uid'))).toEqual(new Set(['${datasource}']));
    expect(collect(dashboard, 'id')).toEqual([]);
    expect(dashboard.templating.list.map(({ name }) => name)).toEqual(['datasource', 'group']);
    expect(targets.map((target) => collect(target, 'datasource').length)).toEqual(targets.map(() => 1));
  });

  it('has no panel upon another', () => {
    const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, cell) => `${String(x + (cell % w))} ${String(y + Math.floor(cell / w))}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(dashboard.panels.filter(({ gridPos: { x, w } }) => x + w > 24)).toEqual([]);
  });
});
