import { FAULT_KINDS } from '../../lib/contracts/replica.ts';
import type { ScenarioPlatform } from '../platform.ts';

/** What is the same of every lab of this machine, whichever process asks. */
export const LOCAL_FACTS = {
  name: 'local',
  scaleDownOrder: 'newest',
  hasLastingUrls: true,
  faultKinds: { producer: FAULT_KINDS, consumer: FAULT_KINDS, kafka: FAULT_KINDS, zookeeper: FAULT_KINDS },
} as const satisfies Partial<ScenarioPlatform>;
