/**
 * Runs a scenario: step after step, each noted in the journal before it is done and after. Whatever happens, what was
 * impaired is healed at the end, and what was asked gets its answer. Nothing is judged here.
 */
import { AppError, messageOf } from '../../lib/errors/app-error.ts';
import type { StepRecord } from '../checks/history.ts';
import { askServerRole } from './ask-server-role.ts';
import { createLoadDial } from './load-dial.ts';
import type { Scenario } from './scenario.ts';
import type { Stage } from './stage.ts';
import { isComposite, requireStepKind, STEP_KINDS, type Step } from './steps/registry.ts';
import type { Done, StepKind } from './steps/step-kind.ts';

/** What steps reach the lab by, and who hears of them. */
export interface RunScenarioOptions extends Pick<
  Stage,
  'platform' | 'observer' | 'journal' | 'random' | 'partitions' | 'poison' | 'deleteOffsets' | 'signal'
> {
  readonly runId: string;
  readonly onStep: (told: ToldStep) => void;
}

/** A step, told when it begins and when it has ended. */
export interface ToldStep extends Pick<Done, 'balanced' | 'balanceMs'> {
  readonly index: number;
  readonly text: string;
  readonly outcome: StepRecord['outcome'];
  readonly detail: string | null;
}

/** A step that fails ends the scenario; why is in the journal, and not thrown. */
export async function runScenario(scenario: Scenario, options: RunScenarioOptions): Promise<void> {
  await new ScenarioRun(options).run(scenario);
}

class ScenarioRun {
  readonly #onStep: RunScenarioOptions['onStep'];
  readonly #stage: Stage;
  /** When the change began that the group has not been seen balanced after. */
  #changedAt: number | undefined;
  #index = 0;

  constructor({ onStep, runId, ...options }: RunScenarioOptions) {
    const { platform, observer, journal } = options;
    const impaired = { paused: new Set<string>(), stopped: new Set<string>() };
    this.#onStep = onStep;
    this.#stage = {
      ...options,
      load: createLoadDial(platform, runId, journal),
      facts: {
        listReplicas: (workload) => platform.listReplicas(workload),
        inspectGroup: () => observer.inspectGroup(),
        inspectBrokers: () => observer.inspectBrokers(),
        findLeaders: () => observer.findLeaders(),
        readServerRole: (server) => askServerRole(platform, server),
        impaired,
      },
      impaired,
      drained: new Set(),
      variables: new Map(),
      formerMembers: new Set(),
      takeChange: () => {
        const changedAt = this.#changedAt;
        this.#changedAt = undefined;
        return changedAt;
      },
      runSteps: (steps) => this.#runSteps(steps),
    };
  }

  async run({ steps }: Scenario): Promise<void> {
    const { journal, load } = this.#stage;
    let isComplete = false;
    let reason = 'every step was done';
    try {
      await this.#runSteps(steps);
      isComplete = true;
    } catch (error) {
      reason = messageOf(error);
    } finally {
      journal.write({ kind: 'over', at: Date.now(), isComplete, reason });
      try {
        await load.stop();
      } finally {
        await this.#heal();
      }
    }
  }

  /** @throws AppError that ends the scenario: what follows a step that was not done would be another scenario */
  async #runSteps(steps: readonly Step[]): Promise<void> {
    for (const step of steps) {
      this.#stage.signal.throwIfAborted();
      const kind = requireStepKind(step.kind);
      if (isComposite(kind)) await kind.perform(step, this.#stage);
      else await this.#runStep(step, kind);
    }
  }

  async #runStep(step: Step, kind: StepKind<Step>): Promise<void> {
    const { journal } = this.#stage;
    const index = this.#index;
    this.#index += 1;
    const { text, act } = await kind.prepare(step, this.#stage);
    const begunAt = Date.now();
    journal.write({ kind: 'step-begins', at: begunAt, index, step: kind.kind, text });
    this.#onStep({ index, text, outcome: 'pending', detail: null });
    if (kind.isChange) this.#changedAt = begunAt;
    const end = (outcome: StepRecord['outcome'], { detail, balanceMs, balanced }: Done): void => {
      const told = { outcome, detail: detail ?? null, ...(balanceMs !== undefined && { balanceMs }) };
      journal.write({ kind: 'step-ends', at: Date.now(), index, ...told });
      this.#onStep({ index, text, ...told, ...(balanced !== undefined && { balanced }) });
    };
    try {
      const done = await act();
      // What takes its time is a change until its end.
      if (kind.isLasting) this.#changedAt = Date.now();
      end('done', done ?? {});
    } catch (error) {
      end(classifyFailure(kind, error), { detail: messageOf(error) });
      throw error;
    }
  }

  /** Brings back what is still impaired, whatever became of the run. */
  async #heal(): Promise<void> {
    const { platform } = this.#stage;
    for (const kind of STEP_KINDS) {
      if (!isComposite(kind)) await kind.heal?.(this.#stage);
    }
    // Somebody must be there to consume what is left.
    const replicas = await platform.readScale('consumer').catch(() => undefined);
    if (replicas === 0) await platform.scale('consumer', 1).catch(() => undefined);
  }
}

/** Whose fault it is that a step was not done: the group's, the platform's limits, or nobody knows. */
function classifyFailure({ isDeadline }: StepKind<Step>, error: unknown): StepRecord['outcome'] {
  if (!(error instanceof AppError)) return 'error';
  if (error.code === 'unsupported-by-platform') return 'unsupported';
  return isDeadline && error.code === 'timed-out' ? 'failed' : 'error';
}
