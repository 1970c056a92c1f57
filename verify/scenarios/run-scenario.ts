/**
 * Runs a scenario: step after step, each noted in the journal before it is done and after. Whatever happens, what was
 * impaired is healed at the end, and what was asked gets its answer. Nothing is judged here.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { AppError, messageOf } from '../../lib/errors/app-error.ts';
import type { FaultKind } from '../../lib/contracts/replica.ts';
import type { Platform } from '../../platforms/platform.ts';
import type { StepRecord } from '../checks/history.ts';
import { QUIET_KINDS } from '../checks/measure-run.ts';
import type { Journal } from '../history/journal.ts';
import type { LabObserver } from '../history/lab-observer.ts';
import { snapshotAssignment } from '../history/snapshot-assignment.ts';
import { toAnswers, toInvocations } from '../history/operation-lines.ts';
import { driveLoad, type SteadyLoadDriver } from '../workload/drive-load.ts';
import { askServerRole } from './ask-server-role.ts';
import { chooseTargets, type TargetFacts } from './choose-targets.ts';
import { classifyFailure } from './classify-failure.ts';
import { describeStep } from './describe-step.ts';
import { drawAmount } from './draw-amount.ts';
import { formatDuration } from './duration.ts';
import type { PoisonSender } from './poison.ts';
import type { Random } from './random.ts';
import type { Scenario, Step } from './scenario.ts';
import { waitBalanced, type BalancedGroup } from './wait-balanced.ts';

export interface RunScenarioOptions {
  readonly platform: Platform;
  readonly observer: LabObserver;
  readonly journal: Journal;
  readonly random: Random;
  readonly runId: string;
  /** Partitions of the topic. */
  readonly partitions: number;
  readonly poison: PoisonSender;
  /** Makes the group, which has no member, forget what it has committed. */
  readonly deleteOffsets: () => Promise<void>;
  /** Ends the run before its next step. */
  readonly signal: AbortSignal;
  readonly onStep: (told: ToldStep) => void;
}

/** A step, told when it begins and when it has ended. */
export interface ToldStep {
  readonly index: number;
  readonly text: string;
  readonly outcome: StepRecord['outcome'];
  readonly detail: string | null;
  /** What `wait-balanced` saw. */
  readonly balanced?: BalancedGroup;
  /** How long after the change, in milliseconds; not there when nothing had changed. */
  readonly balanceMs?: number;
}

/** What a step has to say for itself. */
interface Done {
  readonly detail?: string;
  readonly balanceMs?: number;
  readonly balanced?: BalancedGroup;
}

type Impairments = Readonly<Partial<Record<FaultKind, 'paused' | 'stopped'>>>;
const HEAL: Impairments = { pause: 'paused', stop: 'stopped' };
const HEALED: Impairments = { resume: 'paused', start: 'stopped' };
const LASTING: ReadonlySet<Step['kind']> = new Set(['roll', 'drain']);

export async function runScenario(scenario: Scenario, options: RunScenarioOptions): Promise<void> {
  await new ScenarioRun(options).run(scenario);
}

class ScenarioRun {
  readonly #options: RunScenarioOptions;
  readonly #impaired = { paused: new Set<string>(), stopped: new Set<string>() };
  readonly #drained = new Set<string>();
  /** Member ids of the processes that a fault has ended. */
  readonly #former = new Set<string>();
  readonly #facts: TargetFacts;
  #load: SteadyLoadDriver | undefined;
  /** When the change began that the group has not been seen balanced after. */
  #changedAt: number | undefined;
  #index = 0;

  constructor(options: RunScenarioOptions) {
    const { platform, observer } = options;
    this.#options = options;
    this.#facts = {
      listReplicas: (workload) => platform.listReplicas(workload),
      inspectGroup: () => observer.inspectGroup(),
      inspectBrokers: () => observer.inspectBrokers(),
      findLeaders: () => observer.findLeaders(),
      readServerRole: (server) => askServerRole(platform, server),
      impaired: this.#impaired,
    };
  }

  async run({ steps }: Scenario): Promise<void> {
    const { journal } = this.#options;
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
        await this.#load?.stop();
      } finally {
        await this.#heal();
      }
    }
  }

  /** @throws AppError that ends the scenario: what follows a step that was not done would be another scenario */
  async #runSteps(steps: readonly Step[]): Promise<void> {
    for (const step of steps) {
      this.#options.signal.throwIfAborted();
      if (step.kind === 'mix') await this.#mix(step);
      else await this.#runStep(step);
    }
  }

  async #mix({ forMs, of }: Step & { kind: 'mix' }): Promise<void> {
    const end = Date.now() + forMs;
    while (Date.now() < end) await this.#runSteps(this.#options.random.pick(of).steps);
  }

  async #runStep(step: Exclude<Step, { kind: 'mix' }>): Promise<void> {
    const { journal, onStep } = this.#options;
    const index = this.#index;
    this.#index += 1;
    const prepared = await this.#prepare(step);
    const { text } = prepared;
    const begunAt = Date.now();
    journal.write({ kind: 'step-begins', at: begunAt, index, step: step.kind, text });
    onStep({ index, text, outcome: 'pending', detail: null });
    if (!QUIET_KINDS.has(step.kind)) this.#changedAt = begunAt;
    const act = async (): Promise<Done> => {
      const done = await prepared.act();
      // What takes its time is a change until its end.
      if (LASTING.has(step.kind)) this.#changedAt = Date.now();
      return done;
    };
    const end = (outcome: StepRecord['outcome'], { detail, balanceMs, balanced }: Done): void => {
      const told = { outcome, detail: detail ?? null, ...(balanceMs !== undefined && { balanceMs }) };
      journal.write({ kind: 'step-ends', at: Date.now(), index, ...told });
      onStep({ index, text, ...told, ...(balanced !== undefined && { balanced }) });
    };
    try {
      end('done', await act());
    } catch (error) {
      end(classifyFailure(step, error), { detail: messageOf(error) });
      throw error;
    }
  }

  /** Draws what the seed decides, so that the journal tells what is done and not only what was asked for. */
  async #prepare(step: Exclude<Step, { kind: 'mix' }>): Promise<{ text: string; act: () => Promise<Done> }> {
    const { platform, random, partitions, signal, deleteOffsets } = this.#options;
    const text = describeStep(step);
    switch (step.kind) {
      case 'load':
        return {
          text,
          act: () => {
            this.#setLoad(step);
            return Promise.resolve({});
          },
        };
      case 'scale': {
        const replicas = drawAmount(step.replicas, partitions, random);
        const act = async (): Promise<Done> => {
          await platform.scale(step.workload, replicas);
          return {};
        };
        return { text: `scale ${step.workload} to ${String(replicas)}`, act };
      }
      case 'kill':
      case 'pause':
      case 'resume':
      case 'stop':
      case 'start':
        return this.#prepareFault(step, text);
      case 'drain':
        return { text, act: () => this.#drain(step) };
      case 'uncordon':
        return { text, act: () => this.#uncordon() };
      case 'roll':
        return {
          text,
          act: async () => {
            await platform.roll(step.workload);
            return {};
          },
        };
      case 'delete-offsets':
        return { text, act: () => deleteOffsets().then(() => ({})) };
      case 'wait-balanced':
        return { text, act: () => this.#waitBalanced(step.withinMs) };
      case 'hold':
        return {
          text,
          act: async () => {
            await delay(step.forMs, undefined, { signal });
            return {};
          },
        };
      case 'poison':
        return { text, act: () => this.#poison(step.records) };
    }
  }

  #setLoad({ ratePerSecond, keys }: Step & { kind: 'load' }): void {
    const { platform, runId, journal } = this.#options;
    if (this.#load !== undefined) {
      this.#load.setRate(ratePerSecond);
      return;
    }
    this.#load = driveLoad({
      url: platform.addresses.producer,
      runId,
      ratePerSecond,
      keys,
      listener: {
        invoked: (batch) => toInvocations(batch).forEach((line) => journal.write(line)),
        answered: (batch) => toAnswers(batch, Date.now()).forEach((line) => journal.write(line)),
      },
    });
  }

  async #prepareFault(
    { kind, target, phrase }: Extract<Step, { target: unknown; kind: FaultKind }>,
    text: string,
  ): Promise<{ text: string; act: () => Promise<Done> }> {
    const choosing = chooseTargets(target, this.#facts, this.#options.random);
    // A target that there is none of is the step's own failure, and told when it is done.
    const names = await choosing.catch(() => undefined);
    const isTold = names !== undefined && target.about !== 'name';
    const act = async (): Promise<Done> => {
      for (const name of await choosing) await this.#inject(kind, name, phrase);
      return {};
    };
    return { text: isTold ? `${kind} ${names.join(', ')} (${phrase})` : text, act };
  }

  async #inject(kind: FaultKind, target: string, rule: string): Promise<void> {
    const { journal, platform } = this.#options;
    // Before it is done: what is done in part must be healed as well.
    const impairment = HEAL[kind];
    if (impairment !== undefined) this.#impaired[impairment].add(target);
    journal.write({ kind: 'fault', fault: { at: Date.now(), kind, target }, rule });
    const ended = kind === 'kill' || kind === 'stop' ? await this.#findMember(target) : undefined;
    await platform.inject({ kind, target });
    if (ended !== undefined) this.#former.add(ended);
    // A process that has ended is not paused any more.
    if (kind === 'kill' || kind === 'stop') this.#impaired.paused.delete(target);
    const healed = HEALED[kind];
    if (healed !== undefined) this.#impaired[healed].delete(target);
  }

  async #findMember(clientId: string): Promise<string | undefined> {
    if (!clientId.includes('consumer')) return undefined;
    const { members } = await this.#options.observer.inspectGroup();
    return members.find((member) => member.clientId === clientId)?.memberId;
  }

  async #drain({ target, phrase }: Step & { kind: 'drain' }): Promise<Done> {
    const { journal, platform, random } = this.#options;
    if (!platform.abilities.drain)
      throw new AppError('unsupported-by-platform', `there is no node to drain on the ${platform.name} platform`);
    const [name] = await chooseTargets(target, this.#facts, random);
    const node = (await platform.listReplicas()).find((replica) => replica.name === name)?.node ?? '';
    this.#drained.add(node);
    journal.write({ kind: 'fault', fault: { at: Date.now(), kind: 'drain', target: node }, rule: phrase });
    await platform.drain(node);
    return { detail: `${node} is empty` };
  }

  async #uncordon(): Promise<Done> {
    const { journal, platform } = this.#options;
    const nodes = [...this.#drained];
    for (const node of nodes) {
      journal.write({
        kind: 'fault',
        fault: { at: Date.now(), kind: 'uncordon', target: node },
        rule: 'what was drained',
      });
      await platform.uncordon(node);
      this.#drained.delete(node);
    }
    return { detail: nodes.join(', ') };
  }

  async #waitBalanced(withinMs: number): Promise<Done> {
    const { platform, observer, journal, signal } = this.#options;
    const replicas = (await platform.readScale('consumer')) ?? 0;
    const balanced = await waitBalanced(platform, observer, replicas, {
      timeoutMs: withinMs,
      signal,
      formerMembers: this.#former,
    });
    const assignment = snapshotAssignment(balanced.generation, observer.topic, replicas);
    journal.write({ kind: 'assignment', assignment });
    if (this.#changedAt === undefined) return { detail: 'as before', balanced };
    const balanceMs = balanced.at - this.#changedAt;
    this.#changedAt = undefined;
    return { balanceMs, balanced, detail: `${formatDuration(balanceMs)} after the change` };
  }

  async #poison(records: number): Promise<Done> {
    const { poison, random, partitions, journal } = this.#options;
    const places: string[] = [];
    for (let count = 0; count < records; count += 1) {
      const partition = random.integer(0, partitions - 1);
      const sent = await poison.send(partition);
      journal.write({ kind: 'poison', at: Date.now(), poison: sent });
      places.push(`${String(partition)}/${String(sent.offset)}`);
    }
    return { detail: `at ${places.join(', ')}` };
  }

  /** Brings back what is still impaired, whatever became of the run. */
  async #heal(): Promise<void> {
    const attempts: readonly (readonly [FaultKind, ReadonlySet<string>])[] = [
      ['resume', this.#impaired.paused],
      ['start', this.#impaired.stopped],
    ];
    for (const [kind, names] of attempts) {
      // One that is gone, or came back by itself, needs nothing.
      for (const name of [...names]) await this.#inject(kind, name, 'healed at the end').catch(() => undefined);
    }
    await this.#uncordon().catch(() => undefined);
    // Somebody must be there to consume what is left.
    const replicas = await this.#options.platform.readScale('consumer').catch(() => undefined);
    if (replicas === 0) await this.#options.platform.scale('consumer', 1).catch(() => undefined);
  }
}
