import { Testing, type App, type Chart } from 'cdk8s';

/** An object of a manifest, as much of it as every test needs. */
export interface SynthesizedObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  /** Of a ConfigMap. */
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: unknown;
}

/** The objects of the chart that the function builds. */
export function synthesize(build: (app: App) => Chart): readonly SynthesizedObject[] {
  return Testing.synth(build(Testing.app())) as readonly SynthesizedObject[];
}

/** @throws RangeError when there is no such object. */
export function findObject(objects: readonly SynthesizedObject[], kind: string, name: string): SynthesizedObject {
  const found = objects.find((object) => object.kind === kind && object.metadata.name === name);
  if (!found)
    throw new RangeError(`no ${kind} ${name} among ${objects.map(({ metadata }) => metadata.name).join(', ')}`);
  return found;
}

/** The objects for a snapshot: scripts are tested by running them, so only their names stand there. */
export function withoutScripts(objects: readonly SynthesizedObject[]): readonly SynthesizedObject[] {
  return objects.map((object) => {
    if (!object.data) return object;
    const data = Object.entries(object.data).map(([name, text]) => [name, name.endsWith('.sh') ? '(script)' : text]);
    return { ...object, data: Object.fromEntries(data) as Record<string, string> };
  });
}
