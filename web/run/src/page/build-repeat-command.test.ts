import { describe, expect, it } from '@jest/globals';
import { buildRepeatCommand } from './build-repeat-command.ts';

describe('buildRepeatCommand', () => {
  it('names scenario, seed and platform', () => {
    const scenario = { name: 'scale-and-kill', description: '', seed: 7 };
    expect(buildRepeatCommand({ scenario, platform: 'kubernetes', settings: [] })).toBe(
      'npm run lab -- verify scale-and-kill --seed 7 --platform kubernetes',
    );
  });

  it('sets what was set, and names the file of a scenario of one’s own', () => {
    const scenario = { name: 'mine', description: '', seed: 1, file: './my scenarios/mine.yaml' };
    const settings = [
      { name: 'partitions', value: '12' },
      { name: 'consumer command', value: 'python3 my_consumer.py' },
      { name: 'producer LOAD', value: '7' },
      { name: 'consumer ASSIGNOR', value: 'round-robin' },
      { name: 'assignor', value: 'of another document' },
    ];
    expect(buildRepeatCommand({ scenario, platform: 'local', settings })).toBe(
      `npm run lab -- verify './my scenarios/mine.yaml' --seed 1 --platform local --partitions 12 ` +
        `--consumer-command 'python3 my_consumer.py' --producer LOAD=7 --consumer ASSIGNOR=round-robin`,
    );
  });

  it('makes no second command of a name', () => {
    const scenario = { name: "x'; rm -rf ~", description: '', seed: 7 };
    expect(buildRepeatCommand({ scenario, platform: 'local', settings: [] })).toBe(
      `npm run lab -- verify 'x'\\''; rm -rf ~' --seed 7 --platform local`,
    );
  });
});
