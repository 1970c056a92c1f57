/** Gives one string for all that are equal: texts that are parsed line by line are otherwise kept as often as they occur. */
export function createInterner(): (text: string) => string {
  const kept = new Map<string, string>();
  return (text) => {
    const known = kept.get(text);
    if (known === undefined) kept.set(text, text);
    return known ?? text;
  };
}
