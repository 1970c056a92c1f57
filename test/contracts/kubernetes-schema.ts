/** An object as it stands in a manifest. */
export interface ManifestObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
}

/** A validator of `kubernetes-models`, as ajv compiled it from Kubernetes' OpenAPI document. */
interface Validator {
  (data: unknown): boolean;
  readonly errors?: readonly { readonly instancePath: string; readonly message?: string; readonly keyword: string }[];
}

/** API groups of the lab's objects, as the validators' names spell them. */
const GROUPS: Readonly<Record<string, string>> = {
  v1: 'IoK8sApiCoreV1',
  'apps/v1': 'IoK8sApiAppsV1',
  'batch/v1': 'IoK8sApiBatchV1',
  'networking.k8s.io/v1': 'IoK8sApiNetworkingV1',
  'policy/v1': 'IoK8sApiPolicyV1',
  'rbac.authorization.k8s.io/v1': 'IoK8sApiRbacV1',
  'apiextensions.k8s.io/v1': 'IoK8sApiextensionsApiserverPkgApisApiextensionsV1',
};

/** Fields of a definition that its validators leave alone, although Kubernetes has them. */
const LEFT_ALONE: readonly string[] = [
  'description',
  'x-kubernetes-list-map-keys',
  'x-kubernetes-list-type',
  'x-kubernetes-validations',
];

/**
 * Checks an object against the schema of its kind.
 *
 * The validators let unknown fields pass. They read every field that they know, though, so the object is handed to them
 * behind a proxy that takes notes: a field that nobody read is a field that Kubernetes does not have.
 *
 * @returns the problems in words; none when the object is fine.
 */
export async function findSchemaProblems(object: ManifestObject): Promise<readonly string[]> {
  const group = GROUPS[object.apiVersion];
  if (group === undefined) return [`no schema for ${object.apiVersion}`];
  const { invalid, unread } = await readBy(`${group}${object.kind}`, object);
  const unknown = (paths: readonly string[]) => paths.map((path) => `${path} is no field of ${object.kind}`);
  if (object.kind !== 'CustomResourceDefinition') return [...invalid, ...unknown(unread)];

  // What an array is of is any value to the validator of a definition: it is asked for each by itself.
  const items = await Promise.all(listItems(object).map((schema) => readBy(`${group}JSONSchemaProps`, schema)));
  const missed = [...unread, ...items.flatMap((found) => found.unread)].filter(
    (path) => !path.includes('/items/') && !LEFT_ALONE.includes(path.slice(path.lastIndexOf('/') + 1)),
  );
  return [...invalid, ...items.flatMap((found) => found.invalid), ...unknown(missed)];
}

/** What a validator finds wrong, and the topmost fields that it does not read. */
async function readBy(name: string, value: unknown) {
  const { validate } = (await import(`kubernetes-models/_schemas/${name}`)) as { validate: Validator };
  const read = new Set<string>();
  validate(recordReads(value, '', read));
  const invalid = (validate.errors ?? []).map(
    ({ instancePath, keyword }) => `${instancePath || '/'} breaks ${keyword}`,
  );
  return { invalid, unread: listUnread(value, '', read) };
}

/** The schemas of the items of all arrays in it. */
function listItems(value: unknown): readonly unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  const own: unknown = 'type' in value && value.type === 'array' ? Reflect.get(value, 'items') : undefined;
  return [...(own === undefined ? [] : [own]), ...Object.values(value).flatMap(listItems)];
}

function recordReads(value: unknown, path: string, read: Set<string>): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return new Proxy(value, {
    get(target, key): unknown {
      const child: unknown = Reflect.get(target, key);
      if (typeof key !== 'string') return child;
      read.add(`${path}/${key}`);
      return recordReads(child, `${path}/${key}`, read);
    },
  });
}

/** The topmost fields that nobody read. */
function listUnread(value: unknown, path: string, read: ReadonlySet<string>): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, child]: [string, unknown]) => {
    const childPath = `${path}/${key}`;
    return read.has(childPath) ? listUnread(child, childPath, read) : [childPath];
  });
}
