import { runInNewContext } from 'node:vm';
import type { ObjectSchema, StructuralSchema } from '../../charts/crds/structural-schema.ts';

/*
 * What an API server does with an object of a kind of ours, in its order: it drops what the schema does not name, fills
 * in defaults, checks, and then asks the rules in CEL. Only as much of it as our schemas use.
 */

/** @returns a copy without the fields that the schema does not name; those of the top belong to every object. */
export function pruneObject(schema: ObjectSchema, object: object): object {
  const everyObject = Object.entries(object).filter(([key]) => ['apiVersion', 'kind', 'metadata'].includes(key));
  return { ...Object.fromEntries(everyObject), ...(prune(schema, object) as object) };
}

/** @returns a copy with the defaults of the schema where nothing is said. */
export function defaultObject(schema: ObjectSchema, object: object): object {
  return fillIn(schema, object) as object;
}

/** @returns the problems as `path: sentence`, those of the rules too; none when the object is fine. */
export function findObjectProblems(schema: ObjectSchema, object: object, earlier?: object): readonly string[] {
  const problems = check(schema, object, '');
  return problems.length > 0 ? problems : askRules(schema, object, earlier, '');
}

function prune(schema: StructuralSchema, value: unknown): unknown {
  if (Array.isArray(value)) return schema.type === 'array' ? value.map((item) => prune(schema.items, item)) : value;
  if (!isRecord(value) || schema.type !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, child]) => {
      const known = schema.properties[key];
      return known ? [[key, prune(known, child)]] : [];
    }),
  );
}

function fillIn(schema: StructuralSchema, value: unknown): unknown {
  if (Array.isArray(value) && schema.type === 'array') return value.map((item) => fillIn(schema.items, item));
  if (!isRecord(value) || schema.type !== 'object') return value;
  const defaults = Object.entries(schema.properties).flatMap(([key, child]) =>
    child.type === 'boolean' && child.default !== undefined ? [[key, child.default]] : [],
  );
  const given = Object.entries(value).map(([key, child]) => {
    const known = schema.properties[key];
    return [key, known ? fillIn(known, child) : child];
  });
  return { ...Object.fromEntries(defaults), ...Object.fromEntries(given) } as unknown;
}

function check(schema: StructuralSchema, value: unknown, path: string): readonly string[] {
  if (value === null && schema.nullable) return [];
  switch (schema.type) {
    case 'object':
      return checkFields(schema, value, path);
    case 'array':
      return checkItems(schema, value, path);
    case 'string':
      return checkText(schema, value).map((problem) => `${path}: ${problem}`);
    case 'integer':
      return checkInteger(schema, value).map((problem) => `${path}: ${problem}`);
    case 'boolean':
      return typeof value === 'boolean' ? [] : [`${path}: no boolean`];
  }
}

type SchemaOf<Type extends StructuralSchema['type']> = Extract<StructuralSchema, { readonly type: Type }>;

function checkFields(schema: SchemaOf<'object'>, value: unknown, path: string): readonly string[] {
  if (!isRecord(value)) return [`${path}: no object`];
  const missing = (schema.required ?? []).filter((key) => value[key] === undefined);
  const inner = Object.entries(schema.properties).flatMap(([key, child]) =>
    value[key] === undefined ? [] : check(child, value[key], `${path}.${key}`),
  );
  return [...missing.map((key) => `${path}.${key}: missing`), ...inner];
}

function checkItems(schema: SchemaOf<'array'>, value: unknown, path: string): readonly string[] {
  if (!Array.isArray(value)) return [`${path}: no array`];
  const items: readonly unknown[] = value;
  const keys = schema['x-kubernetes-list-map-keys'];
  const identities = items.map((item, index) =>
    JSON.stringify(keys && isRecord(item) ? keys.map((key) => item[key]) : index),
  );
  return [
    ...(items.length > (schema.maxItems ?? Infinity) ? [`${path}: too many`] : []),
    ...(new Set(identities).size < items.length ? [`${path}: a key twice`] : []),
    ...items.flatMap((item, index) => check(schema.items, item, `${path}[${String(index)}]`)),
  ];
}

function checkText(schema: SchemaOf<'string'>, value: unknown): readonly string[] {
  if (typeof value !== 'string') return ['no string'];
  // Kubernetes counts code points, not the units of which JavaScript makes them.
  const { length } = Array.from(value);
  return [
    ...(length < (schema.minLength ?? 0) ? ['too short'] : []),
    ...(length > (schema.maxLength ?? Infinity) ? ['too long'] : []),
    ...(new RegExp(schema.pattern ?? '').test(value) ? [] : ['not as the pattern wants it']),
    ...(schema.enum?.includes(value) === false ? ['not one of its words'] : []),
    ...(schema.format === 'date-time' && !DATE_TIME.test(value) ? ['no date and time'] : []),
  ];
}

const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

function checkInteger(schema: SchemaOf<'integer'>, value: unknown): readonly string[] {
  const limit = schema.format === 'int32' ? 2 ** 31 : 2 ** 63;
  if (!Number.isInteger(value) || Math.abs(Number(value)) >= limit) return [`no ${schema.format}`];
  return Number(value) < (schema.minimum ?? -Infinity) ? ['too small'] : [];
}

function askRules(schema: StructuralSchema, value: unknown, earlier: unknown, path: string): readonly string[] {
  const own = (schema['x-kubernetes-validations'] ?? []).flatMap(({ rule, message }) =>
    (rule.includes('oldSelf') && earlier === undefined) || holds(rule, value, earlier) ? [] : [`${path}: ${message}`],
  );
  if (!isRecord(value) || schema.type !== 'object') return own;
  const inner = Object.entries(schema.properties).flatMap(([key, child]) =>
    value[key] === undefined
      ? []
      : askRules(child, value[key], isRecord(earlier) ? earlier[key] : undefined, `${path}.${key}`),
  );
  return [...own, ...inner];
}

/**
 * Asks a rule as JavaScript. Ours compare and combine, which both languages spell nearly alike; a rule with anything
 * else is refused, for it would be asked wrongly.
 */
function holds(rule: string, self: unknown, oldSelf: unknown): boolean {
  const code = rule
    .replace(/has\((self(?:\.\w+)+)\)/g, '($1 !== undefined)')
    .replace(/([^=!])==(?!=)/g, '$1===')
    .replace(/!=(?!=)/g, '!==');
  const rest = code
    .replace(/'[^']*'/g, '')
    .replace(/\b(self|oldSelf)(\.\w+)*\b|\bundefined\b|===|!==|&&|\|\||[!()\s]/g, '');
  if (rest !== '') throw new RangeError(`the rule ${rule} has more than is asked here: ${rest}`);
  return runInNewContext(code, { self, oldSelf }) === true;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
