/** Variables that a child needs to run at all. Nothing else of the lab's own environment reaches it. */
const INHERITED = ['PATH', 'HOME', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR', 'JAVA_HOME'] as const;

/** The part of this process's environment that children get. */
export function inheritEnvironment(): Record<string, string> {
  // eslint-disable-next-line no-restricted-syntax -- handing an environment on is not reading configuration
  const environment = process.env;
  return Object.fromEntries(
    INHERITED.flatMap((name) => (environment[name] === undefined ? [] : [[name, environment[name]]])),
  );
}
