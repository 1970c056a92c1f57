/** After the last integration test. */
import type { LocalPlatform } from '../../platforms/local/local-platform.ts';

interface Running {
  labCluster?: { platform: LocalPlatform; closeControl: () => Promise<void> };
}

export default async function stopCluster(): Promise<void> {
  const running = (globalThis as Running).labCluster;
  await running?.closeControl();
  await running?.platform.stop();
}
