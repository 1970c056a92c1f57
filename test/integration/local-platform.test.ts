import { jest } from '@jest/globals';
import { connectLocalPlatform } from '../../lib/platform/local/connect-local-platform.ts';
import { describePlatform } from './platform-contract.ts';
import { CLUSTER_DIR } from './test-cluster.ts';

jest.setTimeout(120_000);

describePlatform('this machine, driven from another process', () => connectLocalPlatform(CLUSTER_DIR));
