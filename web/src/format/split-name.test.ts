import { describe, expect, it } from '@jest/globals';
import { splitName } from './split-name.ts';

describe('splitName', () => {
  it.each([
    { what: 'a pod', name: 'consumer-7d9f8c6b5-x163y', parts: ['consumer-7d9f8c6b5-', 'x163y'] },
    { what: 'a name without a hyphen', name: 'tool', parts: ['', 'tool'] },
    { what: 'a long last part', name: 'client-1-aaaaaaaaaaaaaaaaaaaa', parts: ['client-1-aaaaaaaa', 'aaaaaaaaaaaa'] },
    { what: 'a name that was cut', name: `${'x'.repeat(148)}…~0123456789`, parts: ['x'.repeat(148), '…~0123456789'] },
    { what: 'emoji, none of them in halves', name: '🔥'.repeat(13), parts: ['🔥', '🔥'.repeat(12)] },
    {
      what: 'not what is read from right to left',
      name: 'צרכן-ההזמנות-של-החנות',
      parts: ['צרכן-ההזמנות-של-החנות', ''],
    },
    { what: 'nothing', name: '', parts: ['', ''] },
  ])('splits $what', ({ name, parts }) => {
    expect(splitName(name)).toEqual(parts);
  });
});
