import { jest } from '@jest/globals';
import { connectLocalPlatform } from '../../platforms/local/connect-local-platform.ts';
import { describePlatform } from './platform-contract.ts';
import { CLUSTER_DIR } from './test-cluster.ts';

jest.setTimeout(120_000);

describePlatform('this machine, driven from another process', {
  connect: () => connectLocalPlatform(CLUSTER_DIR),
  capabilities: ['scale', 'faults', 'roll', 'logs'],
});
