import jest from 'eslint-plugin-jest';
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript';
import { importX } from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

/**
 * The design's import zones: data flows one way, and each client library has one door.
 * Every message says why, because a rule nobody understands gets disabled.
 */
const zones = [
  {
    target: './lib/contracts',
    from: ['./lib/!(contracts)/**/*', './services/**/*', './charts/**/*', './cdk8s/**/*', './lab/**/*'],
    message: 'Contracts are what everything else agrees on: they depend on nothing of ours.',
  },
  {
    target: './lib/cluster-config',
    from: ['./lib/!(contracts|cluster-config)/**/*', './services/**/*', './charts/**/*', './cdk8s/**/*', './lab/**/*'],
    message: 'Rendering is pure and shared by every platform: it knows the contracts only.',
  },
  {
    target: './lib',
    from: ['./services/**/*', './charts/**/*', './cdk8s/**/*', './lab/**/*'],
    message: 'A library does not know who uses it.',
  },
  {
    target: './services/producer',
    from: ['./services/!(producer)/**/*', './charts/**/*', './cdk8s/**/*', './lab/**/*'],
    message: 'Services meet over HTTP and Kafka, as their images do; the shared part belongs in lib/.',
  },
  {
    target: './services/consumer',
    from: ['./services/!(consumer)/**/*', './charts/**/*', './cdk8s/**/*', './lab/**/*'],
    message: 'Services meet over HTTP and Kafka, as their images do; the shared part belongs in lib/.',
  },
  {
    target: './charts',
    from: ['./lib/!(contracts|cluster-config)/**/*', './services/**/*', './cdk8s/**/*', './lab/**/*'],
    message: 'Charts describe; they may know the contracts and the rendered files, nothing that runs.',
  },
  {
    target: './cdk8s',
    from: ['./lib/!(contracts|cluster-config)/**/*', './services/**/*', './lab/**/*'],
    message: 'The app is assembled from charts; nothing that runs belongs in it.',
  },
  {
    target: './lab',
    from: ['./services/**/*', './charts/**/*', './cdk8s/**/*'],
    message: 'The lab drives services through the platform port and HTTP, as any client would.',
  },
  {
    target: './images',
    from: ['./lib/!(errors)/**/*', './services/**/*', './charts/**/*', './cdk8s/**/*', './lab/**/*'],
    message: 'Images are made of what the services are on disk; building them runs nothing of ours.',
  },
  {
    target: './web',
    from: [
      './lib/!(contracts)/**/*',
      './services/**/*',
      './charts/**/*',
      './cdk8s/**/*',
      './lab/**/*',
      './images/**/*',
    ],
    message: 'The page runs in a browser: it knows the shape of what it is sent, nothing that sends it.',
  },
];

const noEnvironment = {
  selector: "MemberExpression[object.name='process'][property.name='env']",
  message: 'Only entry files read the environment; everything else gets a parsed configuration.',
};

const onlyKafkaDoor = {
  group: ['kafkajs', 'kafkajs/*'],
  allowTypeImports: true,
  message: 'lib/kafka is the only door to kafkajs: its settings and repairs must hold everywhere.',
};

const onlyKubernetesDoor = {
  group: ['@kubernetes/client-node', '@kubernetes/client-node/*'],
  allowTypeImports: true,
  message: 'lib/platform/kubernetes is the only door to the API server: its time limits must hold everywhere.',
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
    plugins: { 'import-x': importX },
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
    },
  },
  {
    files: ['**/*.{ts,tsx}'],
    rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns: [onlyKafkaDoor, onlyKubernetesDoor] }] },
  },
  {
    files: ['lib/kafka/**'],
    rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns: [onlyKubernetesDoor] }] },
  },
  {
    files: ['lib/platform/kubernetes/**'],
    rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns: [onlyKafkaDoor] }] },
  },
  {
    // What a benchmark compares ours with: other clients as they come, each in a process of its own.
    files: ['lab/bench/peers/**'],
    rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns: [onlyKubernetesDoor] }] },
  },
  {
    // What the verifier is tested with: consumers that are not ours, each in a process of its own.
    files: ['test/broken-consumers/**'],
    rules: {
      '@typescript-eslint/no-restricted-imports': ['error', { patterns: [onlyKubernetesDoor] }],
      // The client belongs to lib; nothing of this folder ships.
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
    files: ['web/dev/**', 'web/run/dev/**'],
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
