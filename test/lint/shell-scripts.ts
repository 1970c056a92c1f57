import { parse } from 'yaml';

export interface ShellScript {
  readonly name: string;
  readonly text: string;
}

/**
 * The scripts among some files, by their first line. A script that another one sources is left out, because ShellCheck
 * reads it along with that one: only there are the variables that they share assigned.
 */
export function selectScripts(files: readonly ShellScript[]): ShellScript[] {
  const scripts = files.filter(({ text }) => /^#!.*\b(?:ba|da)?sh\b/.test(text));
  const sourced = new Set(
    scripts.flatMap(({ text }) => [...text.matchAll(/^\s*(?:\.|source) .*\/([\w.-]+)"?$/gm)].map(([, file]) => file)),
  );
  return scripts.filter(({ name }) => !sourced.has(name.split('/').at(-1)));
}

/** What the steps of a workflow run, as GitHub's machines run it unless the step names another shell. */
export function extractRunParts(workflow: ShellScript): ShellScript[] {
  const { jobs } = parse(workflow.text) as Workflow;
  return Object.entries(jobs).flatMap(([job, { steps = [] }]) =>
    steps.flatMap(({ run, shell = 'bash' }, index) =>
      run === undefined || shell !== 'bash'
        ? []
        : [
            {
              name: `${workflow.name}, job ${job}, step ${index + 1}`,
              text: `#!/bin/bash -e\n${maskExpressions(run)}`,
            },
          ],
    ),
  );
}

interface Workflow {
  readonly jobs: Readonly<Record<string, { readonly steps?: readonly Step[] }>>;
}

interface Step {
  readonly run?: string;
  readonly shell?: string;
}

/** An expression is replaced before a shell sees it; what stands there then is one word here, in the same columns. */
function maskExpressions(run: string): string {
  return run.replace(/\$\{\{.*?\}\}/gs, (expression) => '_'.repeat(expression.length));
}
