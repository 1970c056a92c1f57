/**
 * One configuration: unit tests beside the code, integration tests on real processes in test/integration, of which that
 * of the page of a run needs no servers, and end-to-end tests on a kind cluster in test/e2e. Those in the folders `full`
 * take long.
 */
const shared = {
  collectCoverageFrom: [
    '**/*.ts',
    '!**/*.{test,d}.ts',
    '!**/testing/**',
    '!{test,web/dev}/**',
    '!**/{dist,dist-run,node_modules}/**',
  ],
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': ['@swc/jest', { jsc: { parser: { syntax: 'typescript' }, target: 'es2024' }, sourceMaps: 'inline' }],
  },
  testPathIgnorePatterns: ['/node_modules/', '/dist/', '/.lab/'],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.lab/'],
};

/** @type {import('jest').Config} */
export default {
  collectCoverageFrom: shared.collectCoverageFrom,
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: ['**/*.test.ts'],
      testPathIgnorePatterns: [...shared.testPathIgnorePatterns, '/test/integration/', '/test/e2e/'],
    },
    {
      ...shared,
      displayName: 'integration',
      testMatch: ['<rootDir>/test/integration/**/*.test.ts'],
      testPathIgnorePatterns: [
        ...shared.testPathIgnorePatterns,
        '/test/integration/run-page.test.ts',
        '/test/integration/full/',
      ],
      globalSetup: '<rootDir>/test/integration/start-cluster.ts',
      globalTeardown: '<rootDir>/test/integration/stop-cluster.ts',
    },
    {
      ...shared,
      displayName: 'integration-full',
      testMatch: ['<rootDir>/test/integration/full/*.test.ts'],
      globalSetup: '<rootDir>/test/integration/start-cluster.ts',
      globalTeardown: '<rootDir>/test/integration/stop-cluster.ts',
    },
    {
      // A browser and a file: no servers are started for it.
      ...shared,
      displayName: 'run-page',
      testMatch: ['<rootDir>/test/integration/run-page.test.ts'],
    },
    {
      ...shared,
      displayName: 'e2e',
      testMatch: ['<rootDir>/test/e2e/*.test.ts'],
    },
    {
      ...shared,
      displayName: 'e2e-full',
      testMatch: ['<rootDir>/test/e2e/full/*.test.ts'],
    },
  ],
};
