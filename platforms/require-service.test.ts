import { describe, expect, it } from '@jest/globals';
import { requireService } from './require-service.ts';

describe('requireService', () => {
  it.each(['consumer', 'producer'] as const)('takes %s', (workload) => {
    expect(() => requireService(workload)).not.toThrow();
  });

  it.each(['kafka', 'zookeeper'] as const)('refuses %s', (workload) => {
    expect(() => requireService(workload)).toThrow(`${workload} is no service, and takes no variables`);
  });
});
