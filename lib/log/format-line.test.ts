import { describe, expect, it } from '@jest/globals';
import { formatLine } from './format-line.ts';

describe('formatLine', () => {
  it('puts the message first and the facts behind it as key=value', () => {
    expect(formatLine({ level: 30, time: 1, msg: 'processed', partition: 3, key: 'a', name: 'two words' }, 'msg')).toBe(
      'processed partition=3 key=a name="two words"',
    );
  });

  it('says the level only when something is wrong', () => {
    expect(formatLine({ level: 40, msg: 'slow' }, 'msg')).toBe('WARN slow');
    expect(formatLine({ level: 50, msg: 'failed', err: { message: 'no route', stack: 'x' } }, 'msg')).toBe(
      'ERROR failed error="no route"',
    );
  });

  it('keeps line breaks in values from forging lines', () => {
    expect(formatLine({ level: 30, msg: 'got', key: 'a\n12:00 forged' }, 'msg')).toBe('got key="a\\n12:00 forged"');
  });
});
