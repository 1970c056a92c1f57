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
  v1: 'CoreV1',
  'apps/v1': 'AppsV1',
  'batch/v1': 'BatchV1',
  'networking.k8s.io/v1': 'NetworkingV1',
  'policy/v1': 'PolicyV1',
};

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
  const { validate } = (await import(`kubernetes-models/_schemas/IoK8sApi${group}${object.kind}`)) as {
    validate: Validator;
  };
  const read = new Set<string>();
  validate(recordReads(object, '', read));
  const invalid = (validate.errors ?? []).map(
    ({ instancePath, keyword }) => `${instancePath || '/'} breaks ${keyword}`,
  );
  const unknown = listUnread(object, '', read).map((path) => `${path} is no field of ${object.kind}`);
  return [...invalid, ...unknown];
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
