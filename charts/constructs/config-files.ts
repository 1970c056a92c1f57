import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { ConfigMap } from 'cdk8s-plus-27';
import { Construct } from 'constructs';

/** Where every pod of the lab finds its configuration files. */
export const CONFIG_DIR = '/etc/kafka-lab';

interface ConfigFilesProps {
  /** Name of the ConfigMap. */
  readonly name: string;
  /** Content by file name. */
  readonly files: Readonly<Record<string, string>>;
  /** Files of charts/scripts to put beside them. */
  readonly scripts: readonly string[];
}

/** Configuration files and scripts of a pod: a ConfigMap to mount at CONFIG_DIR, and what tells that it changed. */
export class ConfigFiles extends Construct {
  readonly configMapName: string;

  /** Changes with any byte of the files; as an annotation of a pod template it rolls the pods. */
  readonly checksum: string;

  constructor(scope: Construct, id: string, props: ConfigFilesProps) {
    super(scope, id);
    const scripts = props.scripts.map((name) => [name, readScript(name)] as const);
    const data = { ...props.files, ...Object.fromEntries(scripts) };
    this.configMapName = props.name;
    this.checksum = computeChecksum(data);
    new ConfigMap(this, 'config-map', { metadata: { name: props.name }, data });
  }
}

/** The command that runs one of the mounted scripts: they need no executable bit. */
export function runScript(name: string, ...args: readonly string[]): readonly string[] {
  return ['sh', `${CONFIG_DIR}/${name}`, ...args];
}

/** Short hash of any JSON value. */
export function computeChecksum(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);
}

function readScript(name: string): string {
  return readFileSync(new URL(`../scripts/${name}`, import.meta.url), 'utf8');
}
