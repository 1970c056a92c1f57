import { describe, expect, it } from '@jest/globals';
import { Linter, type ESLint } from 'eslint';
import tseslint from 'typescript-eslint';

const { projectRules } = (await import(new URL('./eslint-rules.js', import.meta.url).href)) as {
  projectRules: ESLint.Plugin;
};

/** What a rule says of a file, with the lines. */
function lint(rule: string, code: string, filename = 'lib/orders.ts'): string[] {
  const config: Linter.Config = {
    files: ['**/*.{ts,tsx}'],
    languageOptions: { parser: tseslint.parser },
    plugins: { project: projectRules },
    rules: { [`project/${rule}`]: 'error' },
  };
  return new Linter().verify(code, config, { filename }).map(({ line, message }) => `${String(line)}: ${message}`);
}

describe('sentence-on-export', () => {
  it.each([
    ['a function', 'export function orderOf() {}', 'orderOf'],
    ['a constant', 'export const ORDER = 1;', 'ORDER'],
    ['an interface', 'export interface Order {}', 'Order'],
    [
      'a constant under one that has a sentence',
      '/** One. */\nexport const ONE = 1;\nexport const ORDER = 1;',
      'ORDER',
    ],
    ['what has a comment that no tool shows', '// One.\nexport type Order = string;', 'Order'],
  ])('asks for a sentence of %s', (_, code, name) => {
    expect(lint('sentence-on-export', code)).toEqual([expect.stringContaining(`what is ${name} for?`)]);
  });

  it.each([
    ['has a sentence', '/** One order. */\nexport interface Order {}'],
    ['is not exported', 'interface Order {}'],
    ['follows from a schema', 'export type Order = z.infer<typeof orderSchema>;'],
    ['follows from a list', 'export type Order = (typeof ORDERS)[number];'],
    ['is handed on', "export { orderOf } from './order.ts';"],
  ])('asks for none of what %s', (_, code) => {
    expect(lint('sentence-on-export', code)).toEqual([]);
  });
});

describe('default-of-optional', () => {
  it('asks what an optional property of an exported interface is when it is left out', () => {
    const code =
      'export interface Options {\n  /** How many. */\n  readonly count?: number;\n  readonly size?: number;\n}';
    expect(lint('default-of-optional', code)).toEqual([
      expect.stringMatching(/^3: .*without count\?/),
      expect.stringMatching(/^4: .*without size\?/),
    ]);
  });

  it.each([
    ['says it', 'export interface Options {\n  /** How many. @default 1 */\n  readonly count?: number;\n}'],
    ['must be given', 'export interface Options {\n  readonly count: number;\n}'],
    ['only its own file knows', 'interface Options {\n  readonly count?: number;\n}'],
  ])('asks nothing of a property that %s', (_, code) => {
    expect(lint('default-of-optional', code)).toEqual([]);
  });
});

describe('file-name', () => {
  it.each(['lib/Orders.ts', 'lib/list_orders.ts', 'lib/listOrders.test.ts', 'web/src/OrderList.tsx'])(
    'refuses %s, which is not in kebab-case',
    (filename) => {
      expect(lint('file-name', '', filename)).toEqual([expect.stringContaining('kebab-case')]);
    },
  );

  it.each(['lib/utils.ts', 'lib/order-helper.ts', 'lib/common.test.ts', 'lib/misc.ts'])(
    'refuses %s, which says nothing of what is in it',
    (filename) => {
      expect(lint('file-name', '', filename)).toEqual([expect.stringContaining('says nothing')]);
    },
  );

  it.each([
    'lib/list-orders.ts',
    'lib/list-orders.test.ts',
    'kafka/deep-imports.d.ts',
    'lib/murmur2.ts',
    'web/icon.tsx',
  ])('takes %s', (filename) => {
    expect(lint('file-name', '', filename)).toEqual([]);
  });
});
