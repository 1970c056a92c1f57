import type { Explanation } from '../../lib/contracts/lab-snapshot.ts';
import type { Scene } from './build-scenario.ts';

/** Sentences of the kind that a real lab finds, for the scene as it is. */
export function explainScene({ pods, ghosts, options }: Scene): Explanation[] {
  const ghost = ghosts[0];
  if (ghost !== undefined) {
    return [
      {
        rule: 'ghost',
        tone: 'warning',
        sentence: `${ghost.clientId} was killed, and the group waits for its session to end: its partitions are read by nobody.`,
      },
      { rule: 'generated', tone: 'note', sentence: 'This run is generated, not measured.' },
    ];
  }
  const idle = Math.max(0, pods.length - options.partitions);
  return [
    idle > 0
      ? {
          rule: 'idle',
          tone: 'note',
          sentence: `${idle} of ${pods.length} pods are idle, because the topic has ${options.partitions} partitions only.`,
        }
      : {
          rule: 'balanced',
          tone: 'good',
          sentence: `${pods.length} pods share ${options.partitions} partitions evenly.`,
        },
    { rule: 'generated', tone: 'note', sentence: 'This run is generated, not measured.' },
  ];
}
