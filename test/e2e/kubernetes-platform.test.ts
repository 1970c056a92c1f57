import { afterAll, jest } from '@jest/globals';
import { createSilentLogger } from '../../lib/log/create-logger.ts';
import { connectKubernetesPlatform, type KubernetesPlatform } from '../../platforms/kubernetes/kubernetes-platform.ts';
import { describePlatform } from '../integration/platform-contract.ts';

// A roll of the brokers takes minutes.
jest.setTimeout(600_000);

let platform: KubernetesPlatform | undefined;
afterAll(() => platform?.close());

describePlatform('Kubernetes', {
  capabilities: ['scale', 'faults', 'roll', 'drain', 'logs'],
  connect: async () => {
    platform = await connectKubernetesPlatform({ logger: createSilentLogger() });
    return platform;
  },
});
