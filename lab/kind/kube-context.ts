import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { AppError } from '../../lib/errors/app-error.ts';
import { CONTEXT, NAMESPACE } from '../../lib/contracts/addresses.ts';
import { KIND_DIR } from './kind-lab.ts';
import { runTool } from './run-tool.ts';

const EARLIER_FILE = path.join(KIND_DIR, 'earlier-context');

/** The context that plain kubectl uses, or nothing. */
export async function readCurrentContext(): Promise<string | undefined> {
  const current = await runTool('kubectl', ['config', 'view', '--output', 'jsonpath={.current-context}']);
  return current === '' ? undefined : current;
}

/** Whether the kubeconfig knows how to reach the lab. */
export async function hasLabContext(): Promise<boolean> {
  return (await listContexts()).includes(CONTEXT);
}

/** @throws AppError `no-such-target` when there is no cluster to deploy to */
export async function requireCluster(): Promise<void> {
  if (await hasLabContext()) return;
  throw new AppError('no-such-target', 'there is no cluster of the lab; `make kind-up` makes one');
}

/** Keeps the context to go back to: making a cluster, kind makes its own current. */
export function rememberContext(current: string | undefined): void {
  // kind makes its own context current before anybody can be asked; what is known from before it stays.
  if (current === CONTEXT) return;
  mkdirSync(KIND_DIR, { recursive: true });
  writeFileSync(EARLIER_FILE, current ?? '');
}

/** Makes plain kubectl talk to the lab. Returns whether anything had to change. */
export async function useLabContext(): Promise<boolean> {
  const namespacePath = `jsonpath={.contexts[?(@.name=="${CONTEXT}")].context.namespace}`;
  const [current, namespace] = [
    await readCurrentContext(),
    await runTool('kubectl', ['config', 'view', '--output', namespacePath]),
  ];
  if (current === CONTEXT && namespace === NAMESPACE) return false;
  rememberContext(current);
  await runTool('kubectl', ['config', 'set-context', CONTEXT, '--namespace', NAMESPACE]);
  await runTool('kubectl', ['config', 'use-context', CONTEXT]);
  return true;
}

/** Puts the earlier context back, unless the user has chosen another one meanwhile. Returns it when it did. */
export async function restoreContext(): Promise<string | undefined> {
  const earlier = readEarlier();
  rmSync(EARLIER_FILE, { force: true });
  if (earlier === undefined || earlier === '' || (await readCurrentContext()) !== undefined) return undefined;
  if (!(await listContexts()).includes(earlier)) return undefined;
  await runTool('kubectl', ['config', 'use-context', earlier]);
  return earlier;
}

async function listContexts(): Promise<readonly string[]> {
  return (await runTool('kubectl', ['config', 'get-contexts', '--output', 'name'])).split('\n');
}

function readEarlier(): string | undefined {
  try {
    return readFileSync(EARLIER_FILE, 'utf8');
  } catch {
    return undefined;
  }
}
