import jest from 'eslint-plugin-jest';
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript';
import { importX } from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';
import { projectRules } from './test/lint/eslint-rules.js';

/**
 * The rooms and whom each may import: data flows one way, and each client library has one door.
 * Every message says why, because a rule nobody understands gets disabled. What is not listed is refused.
 */
const rooms = {
  'lib/contracts': {
    may: ['lib/wording'],
    why: 'Contracts are what everything else agrees on: they depend on nothing of ours but words.',
  },
  'lib/cluster-config': {
    may: ['lib/contracts'],
    why: 'Rendering is pure and shared by every platform: it knows the contracts only.',
  },
  lib: { may: ['lib'], why: 'The foundation does not know who stands on it.' },
  kafka: { may: ['lib'], why: 'The client knows brokers and members, not where they run or what is made of them.' },
  platforms: { may: ['lib', 'kafka'], why: 'A platform runs things; what a group is like is decided above it.' },
  groups: {
    may: ['lib', 'kafka', 'platforms'],
    why: 'The model of a group is pure: who shows it or judges it asks it.',
  },
  live: { may: ['lib', 'kafka', 'platforms', 'groups'], why: 'The page’s server shows what the model says.' },
  'services/producer': {
    may: ['lib', 'kafka', 'platforms', 'groups', 'live'],
    why: 'Services meet over HTTP and Kafka.',
  },
  'services/consumer': {
    may: ['lib', 'kafka', 'platforms', 'groups', 'live'],
    why: 'Services meet over HTTP and Kafka.',
  },
  'services/operator': {
    may: ['lib', 'kafka', 'platforms', 'groups', 'live'],
    why: 'Services meet over HTTP and Kafka.',
  },
  verify: {
    may: ['lib', 'kafka', 'platforms', 'groups', 'live'],
    why: 'The verdict is reached from what Kafka holds, through the platform port and HTTP, as any client would.',
  },
  lab: {
    may: ['lib', 'kafka', 'platforms', 'groups', 'live', 'verify', 'images'],
    why: 'The command line drives services through the platform port and HTTP; benchmarks come after it.',
  },
  bench: {
    may: ['lib', 'kafka', 'platforms', 'groups', 'live', 'verify', 'lab'],
    why: 'Benchmarks measure the services from outside.',
  },
  charts: {
    may: ['lib/contracts', 'lib/cluster-config'],
    why: 'Charts describe; they may know the contracts and the rendered files, nothing that runs.',
  },
  cdk8s: {
    may: ['lib/contracts', 'lib/cluster-config', 'lib/wording', 'charts'],
    why: 'The app is assembled from charts; nothing that runs belongs in it.',
  },
  images: {
    may: ['lib/errors'],
    why: 'Images are made of what the services are on disk; building them runs nothing of ours.',
  },
  web: {
    may: ['lib/contracts'],
    why: 'The page runs in a browser: it knows the shape of what it is sent, nothing that sends it.',
  },
};

/** Everything of a checkout that is not among `may`, as the patterns of a zone. */
function refuse(room, may) {
  const inLib = may.filter((name) => name.startsWith('lib/')).map((name) => name.slice('lib/'.length));
  const own = room.startsWith('lib/') ? [room.slice('lib/'.length)] : [];
  const lib = may.includes('lib') || room === 'lib' ? [] : [`./lib/!(${[...inLib, ...own].join('|') || 'none'})/**/*`];
  const others = Object.keys(rooms)
    .filter((name) => !name.startsWith('lib') && name !== room && !may.includes(name))
    .map((name) => `./${name}/**/*`);
  return [...lib, ...others];
}

const zones = Object.entries(rooms).map(([room, { may, why }]) => ({
  target: `./${room}`,
  from: refuse(room, may),
  message: why,
}));

const noEnvironment = {
  selector: "MemberExpression[object.name='process'][property.name='env']",
  message: 'Only entry files read the environment; everything else gets a parsed configuration.',
};

const onlyKafkaDoor = {
  group: ['kafkajs', 'kafkajs/*'],
  allowTypeImports: true,
  message: 'kafka/ is the only door to kafkajs: its settings and repairs must hold everywhere.',
};

const onlyKubernetesDoor = {
  group: ['@kubernetes/client-node', '@kubernetes/client-node/*'],
  allowTypeImports: true,
  message: 'platforms/kubernetes is the only door to the API server: its time limits must hold everywhere.',
};

const onlyContractTypes = {
  group: ['**/lib/**', 'zod', 'zod/*'],
  allowTypeImports: true,
  message: 'The page takes the types of the contracts only: their schemas would be most of what a browser loads.',
};

export default tseslint.config(
  { ignores: ['**/dist/', '**/dist-run/', '.lab/', 'coverage/'] },
  {
    files: ['**/*.{ts,tsx}'],
    extends: [...tseslint.configs.strictTypeChecked, ...tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { 'import-x': importX, project: projectRules },
    settings: { 'import-x/resolver-next': [createTypeScriptImportResolver()] },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/prefer-nullish-coalescing': 'off',
      'no-restricted-syntax': [
        'error',
        noEnvironment,
        { selector: 'ExportDefaultDeclaration', message: 'Named exports keep one name for one thing.' },
      ],
      'import-x/no-cycle': 'error',
      'import-x/no-restricted-paths': ['error', { zones }],
      'import-x/no-extraneous-dependencies': 'error',
      complexity: ['error', 15],
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      'project/file-name': 'error',
      'max-lines-per-function': ['error', { max: 80, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    // What others build on; a room that is in none of these lists is read as a whole.
    files: ['{lib,kafka,platforms,groups,live,charts}/**/*.ts'],
    ignores: ['**/*.test.ts', '**/testing/**'],
    rules: { 'project/sentence-on-export': 'error', 'project/default-of-optional': 'error' },
  },
  {
    // An optional property is a fact there that not every run or group has, and seldom an option.
    files: ['{verify,services/producer,services/operator}/**/*.ts'],
    ignores: ['**/*.test.ts', '**/testing/**'],
    rules: { 'project/sentence-on-export': 'error' },
  },
  {
    files: ['**/*.{ts,tsx}'],
    rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns: [onlyKafkaDoor, onlyKubernetesDoor] }] },
  },
  {
    files: ['kafka/**'],
    rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns: [onlyKubernetesDoor] }] },
  },
  {
    files: ['platforms/kubernetes/**'],
    rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns: [onlyKafkaDoor] }] },
  },
  {
    // What a benchmark compares ours with: other clients as they come, each in a process of its own.
    files: ['bench/peers/**'],
    rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns: [onlyKubernetesDoor] }] },
  },
  {
    // What the verifier is tested with: consumers that are not ours, each in a process of its own.
    files: ['test/broken-consumers/**'],
    rules: {
      '@typescript-eslint/no-restricted-imports': ['error', { patterns: [onlyKubernetesDoor] }],
      // The client belongs to kafka/; nothing of this folder ships.
      'import-x/no-extraneous-dependencies': 'off',
    },
  },
  {
    files: ['web/**'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        { patterns: [onlyKafkaDoor, onlyKubernetesDoor, onlyContractTypes] },
      ],
    },
  },
  {
    // The browser's driver belongs to the root; nothing of this folder ships.
    files: ['web/dev/**'],
    rules: { 'import-x/no-extraneous-dependencies': 'off' },
  },
  {
    // Vite reads the default export of its configuration.
    files: ['web/vite.config.ts', 'web/run/vite.config.ts'],
    rules: { 'no-restricted-syntax': ['error', noEnvironment] },
  },
  {
    // Entry files turn the environment into configuration.
    files: ['**/main.ts', 'test/**/*.ts'],
    rules: { 'no-restricted-syntax': 'off' },
  },
  {
    // A suite is as long as what it describes, and so is a stand-in for a server.
    files: ['**/*.test.ts', 'test/**', '**/testing/**'],
    rules: { 'max-lines-per-function': 'off' },
  },
  {
    // Declarations of untyped modules must be written as their modules are.
    files: ['**/*.d.ts'],
    rules: { 'no-restricted-syntax': 'off', '@typescript-eslint/consistent-type-imports': 'off' },
  },
  {
    files: ['**/*.test.ts'],
    extends: [jest.configs['flat/recommended']],
    rules: {
      'max-lines': 'off',
      // The test tools belong to the root; what ships is listed where it is used.
      'import-x/no-extraneous-dependencies': 'off',
      'jest/expect-expect': ['error', { assertFunctionNames: ['expect', 'fc.assert', 'expect*'] }],
      'jest/no-conditional-expect': 'off',
      'jest/no-standalone-expect': ['error', { additionalTestBlockFunctions: ['itWithImage'] }],
      'jest/valid-title': 'error',
    },
  },
);
