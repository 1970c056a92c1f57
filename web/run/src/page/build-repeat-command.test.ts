import { describe, expect, it } from '@jest/globals';
import { buildRepeatCommand } from './build-repeat-command.ts';

describe('buildRepeatCommand', () => {
  it('names scenario, seed and platform', () => {
    const scenario = { name: 'scale-and-kill', description: '', seed: 7 };
    expect(buildRepeatCommand({ scenario, platform: 'kubernetes' })).toBe(
      'npm run lab -- verify scale-and-kill --seed 7 --platform kubernetes',
    );
  });

  it('makes no second command of a name', () => {
    const scenario = { name: "x'; rm -rf ~", description: '', seed: 7 };
    expect(buildRepeatCommand({ scenario, platform: 'local' })).toBe(
      `npm run lab -- verify 'x'\\''; rm -rf ~' --seed 7 --platform local`,
    );
  });
});
