/**
 * References to variables in the value of another one, as Kubernetes writes them: `$(NAME)`, and `$$(NAME)` for what is
 * none (https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/).
 */
const REFERENCE = /(?<!\$)\$\((\w+)\)/g;

/** The names that a value refers to, each once. */
export function listReferences(value: string): ReadonlySet<string> {
  return new Set([...value.matchAll(REFERENCE)].map(([, name = '']) => name));
}

/** The value with those put in that are known; others stay as they are written. */
export function expandReferences(value: string, variables: Readonly<Record<string, string>>): string {
  return value.replace(REFERENCE, (reference, name: string) => variables[name] ?? reference);
}
