import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { typeWell } from '../../typed-command.ts';

const ENVIRONMENTS = path.resolve(import.meta.dirname, '../../../cdk8s/environments');

/**
 * Synthesizes an environment that is there for as long as it is used.
 *
 * @param lab its name, and its settings in YAML
 * @param use is given the folder of the manifests
 * @param args more of the command line, such as images
 */
export async function withManifests(
  lab: { readonly environment: string; readonly settings: string },
  use: (output: string) => Promise<void>,
  args = '',
): Promise<void> {
  const { environment, settings } = lab;
  const file = path.join(ENVIRONMENTS, `${environment}.yaml`);
  const output = mkdtempSync(path.join(tmpdir(), `kafka-lab-${environment}-`));
  try {
    writeFileSync(file, settings);
    await typeWell(`node cdk8s/main.ts ${environment} --output ${output} ${args}`);
    await use(output);
  } finally {
    rmSync(file, { force: true });
    rmSync(output, { recursive: true, force: true });
  }
}
