import { CLUSTER } from '../../lib/contracts/addresses.ts';
import type { CommandContext } from '../../lib/service/command-context.ts';
import { deleteCluster } from './kind-cluster.ts';
import { restoreContext } from './kube-context.ts';

/** Removes the cluster with all its data, and gives plain kubectl its earlier context back. */
export async function kindDown({ print }: CommandContext): Promise<number> {
  const wasThere = await deleteCluster();
  const earlier = await restoreContext();
  print(wasThere ? `the cluster ${CLUSTER} is gone, with all its data` : `there was no cluster ${CLUSTER}`);
  if (earlier !== undefined) print(`kubectl uses ${earlier} again`);
  return 0;
}
