import { describe, expect, it } from '@jest/globals';
import { listCapabilities, requireCapability, type Capability, type Platform } from './platform.ts';

const done = (): Promise<void> => Promise.resolve();
const OBSERVED: Platform = {
  name: 'local',
  addresses: { kafka: [], producer: '', consumer: '', zookeeper: [] },
  scaleDownOrder: 'newest',
  hasLastingUrls: true,
  listReplicas: () => Promise.resolve([]),
  readScale: () => Promise.resolve(undefined),
  subscribe: () => () => undefined,
};

describe('a platform', () => {
  it('can do nothing but observe when nothing else is there', () => {
    expect(listCapabilities(OBSERVED)).toEqual([]);
  });

  it('has a capability when all of it is there', () => {
    const faultKinds = { consumer: ['kill'], producer: [], kafka: [], zookeeper: [] } as const;
    const readVariables = () => Promise.resolve({});
    expect(listCapabilities({ ...OBSERVED, scale: done, roll: done, readVariables })).toEqual(['scale', 'roll']);
    expect(listCapabilities({ ...OBSERVED, inject: done, drain: done })).toEqual([]);
    expect(listCapabilities({ ...OBSERVED, faultKinds, inject: done, drain: done, uncordon: done })).toEqual([
      'faults',
      'drain',
    ]);
  });

  it.each<{ capability: Capability; sentence: string }>([
    { capability: 'scale', sentence: 'nothing is scaled on the local platform' },
    { capability: 'faults', sentence: 'no fault is injected on the local platform' },
    { capability: 'roll', sentence: 'nothing is rolled on the local platform' },
    { capability: 'drain', sentence: 'there is no node to drain on the local platform' },
    { capability: 'logs', sentence: 'no log is read on the local platform' },
  ])('without $capability is refused where that is needed', ({ capability, sentence }) => {
    const require = (): void => requireCapability(OBSERVED, capability);
    expect(require).toThrow(expect.objectContaining({ code: 'unsupported-by-platform', message: sentence }));
  });

  it('is taken where it has what is needed', () => {
    const platform: Platform = { ...OBSERVED, scale: done };
    requireCapability(platform, 'scale');
    expect(platform.scale).toBe(done);
  });
});
