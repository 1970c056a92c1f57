import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseAllDocuments } from 'yaml';

/** As much of a Kubernetes object as is looked at here. */
export interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec?: {
    readonly replicas?: number;
    readonly template?: { readonly spec?: PodSpec };
  };
  /** Of a ConfigMap. */
  readonly data?: Readonly<Record<string, string>>;
}

interface PodSpec {
  readonly containers?: readonly { readonly image: string }[];
  readonly affinity?: {
    readonly nodeAffinity?: {
      readonly requiredDuringSchedulingIgnoredDuringExecution?: {
        readonly nodeSelectorTerms: readonly {
          readonly matchExpressions: readonly { readonly values: readonly string[] }[];
        }[];
      };
    };
  };
}

/** The objects of a folder of manifests, in the order in which kubectl applies them. */
export function readManifests(folder: string): readonly Manifest[] {
  const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
  return files
    .sort()
    .flatMap((name) => parseAllDocuments(readFileSync(path.join(folder, name), 'utf8')))
    .map((document) => document.toJS() as Manifest);
}

/** The images of all workloads, each once. */
export function listImages(manifests: readonly Manifest[]): readonly string[] {
  const images = manifests.flatMap(({ spec }) => (spec?.template?.spec?.containers ?? []).map(({ image }) => image));
  return [...new Set(images)];
}
