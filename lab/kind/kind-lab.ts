import path from 'node:path';
import { CONTEXT, LAB_LABEL, NAMESPACE } from '../../lib/contracts/addresses.ts';
import { runTool, type ToolOptions } from './run-tool.ts';

export const ROOT = path.resolve(import.meta.dirname, '..', '..');

/** What the lab on kind remembers on this machine. */
export const KIND_DIR = path.join(ROOT, '.lab', 'kind');

/** Folder of the manifests. */
export const MANIFESTS = path.join(ROOT, 'dist');

/** Selects everything that is the lab's. */
export const LAB_SELECTOR = `${LAB_LABEL.key}=${LAB_LABEL.value}`;

/** Runs kubectl on the lab's cluster and namespace, whatever the current context is. */
export function runKubectl(args: readonly string[], options?: ToolOptions): Promise<string> {
  return runTool('kubectl', ['--context', CONTEXT, '--namespace', NAMESPACE, ...args], options);
}
