/**
 * How much work a function does, whatever machine it runs on, in steps of the collections that it works with: each
 * element that is iterated, each look-up and each change. A loop by index counts by what it looks up.
 *
 * @param work must be synchronous: the collections of this realm count while it runs
 */
export function countSteps(work: () => void): number {
  const counter = { steps: 0 };
  const undo = [
    ...COUNTED.map(([owner, name]) => replace(owner, name, (method) => countCalls(method, counter))),
    ...WITH_CALLBACK.map((name) => replace(Array.prototype, name, (method) => countCallbacks(method, counter))),
  ];
  try {
    work();
  } finally {
    for (const restore of undo) restore();
  }
  return counter.steps;
}

type Method = (this: unknown, ...args: unknown[]) => unknown;

const iteratorOf = (collection: Iterable<unknown>): object =>
  Object.getPrototypeOf(collection[Symbol.iterator]()) as object;

const COUNTED: readonly (readonly [object, string])[] = [
  ...['get', 'set', 'has', 'delete'].map((name) => [Map.prototype, name] as const),
  ...['add', 'has', 'delete'].map((name) => [Set.prototype, name] as const),
  ...[[], new Map<unknown, unknown>(), new Set()].map((each) => [iteratorOf(each), 'next'] as const),
  ...['includes', 'indexOf'].map((name) => [Array.prototype, name] as const),
];
const WITH_CALLBACK = ['filter', 'map', 'flatMap', 'reduce', 'some', 'every', 'find', 'findIndex', 'sort', 'toSorted'];

interface Counter {
  steps: number;
}

function countCalls(method: Method, counter: Counter): Method {
  return function (this: unknown, ...args) {
    counter.steps += 1;
    return Reflect.apply(method, this, args);
  };
}

function countCallbacks(method: Method, counter: Counter): Method {
  return function (this: unknown, ...args) {
    const [callback] = args;
    if (typeof callback === 'function') args[0] = countCalls(callback as Method, counter);
    return Reflect.apply(method, this, args);
  };
}

/** @returns what puts it back */
function replace(owner: object, name: string, change: (method: Method) => Method): () => void {
  const own = Object.getOwnPropertyDescriptor(owner, name);
  if (own === undefined) throw new Error(`there is no ${name}`);
  Object.defineProperty(owner, name, { ...own, value: change(own.value as Method) });
  return () => Object.defineProperty(owner, name, own);
}
