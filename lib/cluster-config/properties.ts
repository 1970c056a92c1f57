/** Java properties in the order given. Values must not need escaping: a line break or a leading space is refused. */
export function renderProperties(entries: Readonly<Record<string, string | number | boolean>>): string {
  const lines = Object.entries(entries).map(([key, value]) => {
    const text = String(value);
    if (/[\r\n\\]|^\s/.test(text))
      throw new RangeError(`property ${key} has a value that cannot be written: ${JSON.stringify(text)}`);
    return `${key}=${text}`;
  });
  return `${lines.join('\n')}\n`;
}
