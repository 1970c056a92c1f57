import { isDeepStrictEqual } from 'node:util';

/** An object as the API server gives it. */
export interface KubernetesObject {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly [field: string]: unknown };
  readonly [field: string]: unknown;
}

/** What differs from call to call without anybody having changed the object. */
const BOOKKEEPING = ['managedFields', 'resourceVersion', 'generation', 'uid', 'creationTimestamp'];
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/**
 * What applying would change, from the live objects and what a dry run makes of them. kubectl's own word cannot be
 * taken: it calls budgets and StatefulSets configured each time.
 */
export function describeChanges(
  live: readonly KubernetesObject[],
  tried: readonly KubernetesObject[],
): readonly string[] {
  const before = new Map(live.map((object) => [nameOf(object), object]));
  return tried.flatMap((object) => {
    const name = nameOf(object);
    const earlier = before.get(name);
    if (earlier === undefined) return [`${name} created`];
    return isDeepStrictEqual(reduce(earlier), reduce(object)) ? [] : [`${name} changed`];
  });
}

/** The objects of a list as kubectl prints it: one alone is not in a list, and none is nothing. */
export function readList(json: string): readonly KubernetesObject[] {
  if (json.trim() === '') return [];
  const given = JSON.parse(json) as KubernetesObject & { readonly items?: readonly KubernetesObject[] };
  return given.kind === 'List' ? (given.items ?? []) : [given];
}

function nameOf({ kind, metadata }: KubernetesObject): string {
  return `${kind.toLowerCase()}/${metadata.name}`;
}

function reduce(object: KubernetesObject): unknown {
  const metadata = Object.fromEntries(Object.entries(object.metadata).filter(([key]) => !BOOKKEEPING.includes(key)));
  const annotations = Object.entries(metadata['annotations'] ?? {}).filter(([key]) => key !== LAST_APPLIED);
  return { ...object, status: undefined, metadata: { ...metadata, annotations: Object.fromEntries(annotations) } };
}
