/** For tests: what a client may call itself, and what its names become. */
export const HOSTILE_TEXTS: Readonly<Record<string, string>> = {
  'an escape that clears the screen': '\u001b[2J\u001b[31mred',
  'a C1 control sequence': 'a\u009b2Jb',
  'a line feed': 'x\nconsumer-1  0 1 2 3 4 5  lag 0',
  'a carriage return': 'x\rconsumer-1',
  'a NUL': 'a\u0000b',
  'an override of direction': 'a\u202eb',
  'an isolate that never ends': 'a\u2066b',
  'a line separator': 'a\u2028b',
  'a lone surrogate': 'a\ud800b',
  'an invisible character': 'consumer-1\u200b',
  markup: '<script>alert(1)</script>"\'&',
  'a family of emoji': '👩‍👩‍👧',
  'letters from right to left': 'שלום-עולם',
  '40 KB': 'L'.repeat(40_000),
  '40 KB of escapes': '\u001b'.repeat(40_000),
  nothing: '',
};
