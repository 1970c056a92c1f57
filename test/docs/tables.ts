import path from 'node:path';
import { describeVariables, VARIABLE_HEADS } from '../../lib/config/parse-config.ts';
import { PROBLEMS } from '../../lib/http/problem.ts';
import { CONSUMER_VARIABLES } from '../../services/consumer/config.ts';
import { OPERATOR_VARIABLES } from '../../services/operator/config.ts';
import { PRODUCER_VARIABLES } from '../../services/producer/config.ts';
import { CHECKS } from '../../verify/checks/judge.ts';
import { STEP_KINDS } from '../../verify/scenarios/steps/registry.ts';
import { TARGETS } from '../../verify/scenarios/targets.ts';
import type { DocsTable } from './fill-tables.ts';
import { describeCommands, describeOptions } from './list-options.ts';
import { listMetrics, type DeclaredMetric } from './list-metrics.ts';

export const DOCS_DIR = path.join(import.meta.dirname, '../../docs');

const { operator: operatorMetrics, ...serviceMetrics } = listMetrics();
const code = (text: string): string => `\`${text}\``;
/** As a part of a table, where no sentence ends with a full stop. */
const describe = ({ help }: DeclaredMetric): string => help.replace(/\.$/, '');
const listLabels = ({ labels }: DeclaredMetric): string => labels.map(code).join(', ');

/** Every table of the docs that is decided in the code; `make docs` writes them. */
export const DOCS_TABLES: readonly DocsTable[] = [
  { file: 'commands.md', name: 'commands', heads: ['command', 'what it does'], rows: describeCommands() },
  { file: 'commands.md', name: 'options', heads: ['option', 'meaning', 'of'], rows: describeOptions() },
  {
    file: 'verify.md',
    name: 'steps',
    heads: ['step', 'what it does'],
    rows: STEP_KINDS.map(({ docs: { written, does } }) => [written, does]),
  },
  {
    file: 'verify.md',
    name: 'targets',
    heads: ['target', 'which it is'],
    rows: TARGETS.map(({ form, means }) => [form, means]),
  },
  {
    file: 'verify.md',
    name: 'checks',
    heads: ['check', 'passes when'],
    rows: CHECKS.map(({ name, passes }) => [code(name), passes]),
  },
  ...Object.entries({
    producer: PRODUCER_VARIABLES,
    consumer: CONSUMER_VARIABLES,
    operator: OPERATOR_VARIABLES,
  }).map(([service, declaration]) => ({
    file: 'http-api.md',
    name: `variables-of-the-${service}`,
    heads: VARIABLE_HEADS,
    rows: describeVariables(declaration),
  })),
  {
    file: 'http-api.md',
    name: 'problems',
    heads: ['status', 'code', 'title'],
    rows: Object.entries(PROBLEMS).map(([name, { status, title }]) => [String(status), code(name), title]),
  },
  {
    file: 'http-api.md',
    name: 'metrics',
    heads: ['metric', 'service', 'labels', 'what'],
    rows: Object.entries(serviceMetrics).flatMap(([service, metrics]) =>
      metrics.map((metric) => [code(metric.name), service, listLabels(metric), describe(metric)]),
    ),
  },
  {
    file: 'operator.md',
    name: 'metrics',
    heads: ['metric', 'type', 'labels', 'what'],
    rows: operatorMetrics.map((metric) => [code(metric.name), metric.type, listLabels(metric), describe(metric)]),
  },
];
