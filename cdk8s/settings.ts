import { z } from 'zod';
import { CONFLICTS } from './settings-conflicts.ts';
import { SettingsError, type SettingsProblem } from './settings-error.ts';
import { settingsSchema, type Settings } from './settings-schema.ts';

/**
 * Reads the settings of an environment; unknown ones are refused.
 *
 * @throws SettingsError with all problems at once: those of single settings, and those between settings that are fine
 *   by themselves.
 */
export function parseSettings(given: unknown): Settings {
  const input = given ?? {};
  const result = settingsSchema.safeParse(input);
  const flaws = result.success ? [] : result.error.issues.flatMap((issue) => explainIssue(issue, input));
  const problems = [...flaws, ...findConflicts(input, flaws)];
  if (!result.success || problems.length > 0) throw new SettingsError(problems);
  return result.data;
}

function explainIssue(issue: z.core.$ZodIssue, input: unknown): readonly SettingsProblem[] {
  if (issue.code === 'unrecognized_keys') {
    const reason = `there is no such setting here, only ${listKeys(issue.path).join(', ')}`;
    return issue.keys.map((key) => describeProblem([...issue.path, key], input, reason));
  }
  return [describeProblem(issue.path, input, `it must be ${issue.message}`)];
}

function describeProblem(path: readonly PropertyKey[], input: unknown, reason: string): SettingsProblem {
  return { path: path.map(String).join('.') || 'everything', got: readPath(input, path), reason };
}

/** The settings that there are at a path of the schema. */
function listKeys(path: readonly PropertyKey[]): readonly string[] {
  const schema = readPath(
    z.toJSONSchema(settingsSchema, { io: 'input' }),
    path.flatMap((key) => ['properties', key]),
  );
  return Object.keys(readPath(schema, ['properties']) ?? {});
}

function readPath(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (found, key) => (typeof found === 'object' && found !== null ? Reflect.get(found, key) : undefined),
    value,
  );
}

/** Tries the rules on what is fine by itself: what a flawed setting might conflict with is not known. */
function findConflicts(input: unknown, flaws: readonly SettingsProblem[]): readonly SettingsProblem[] {
  const result = settingsSchema.safeParse(flaws.reduce(withoutPath, input));
  if (!result.success) return [];
  const hasFlaw = (path: string) => flaws.some((flaw) => path === flaw.path || path.startsWith(`${flaw.path}.`));
  return CONFLICTS.flatMap(({ path, parts, check }) => {
    if ([path, ...parts].some(hasFlaw)) return [];
    const reason = check(result.data);
    return reason === undefined ? [] : [{ path, got: readPath(result.data, path.split('.')), reason }];
  });
}

function withoutPath(input: unknown, { path }: SettingsProblem): unknown {
  const copy: unknown = structuredClone(input);
  const keys = path.split('.');
  const parent = readPath(copy, keys.slice(0, -1));
  if (typeof parent === 'object' && parent !== null) Reflect.deleteProperty(parent, keys.at(-1) ?? '');
  return copy;
}
