import { AsyncLocalStorage } from "node:async_hooks";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Observable } from "rxjs";
import type { StrategyInputs } from "../streams/strategies/define.ts";

/** Whose code runs: what goes wrong later, outside of any message, can be told by it. */
export interface Attribution {
  readonly file: string;
  readonly strategy: string;
  readonly ticker: string;
}

const running = new AsyncLocalStorage<Attribution>();

/** Hears when the code of a strategy begins and is over, so that one which never comes back is known. */
export interface EntryWatch {
  /** @param at core time, epoch ms. @returns what `leave` is told. */
  enter(who: Attribution, at: number): number;
  leave(before: number): void;
}
let watch: EntryWatch | null = null;
/** One for the process or thread; null: none. */
export const watchEntries = (by: EntryWatch | null): void => {
  watch = by;
};

const runAs = <R>(who: Attribution, at: number, code: () => R): R => {
  const watched = watch;
  if (watched === null) return running.run(who, code);
  const before = watched.enter(who, at);
  try {
    return running.run(who, code);
  } finally {
    watched.leave(before);
  }
};

/** The strategy whose code led here, also through promises and timers; undefined: none of people's own. */
export const attributed = (): Attribution | undefined => running.getStore();

/** Everything that a strategy does with what it is given is attributed to it. */
export const attributing = <T>(
  who: Omit<Attribution, "ticker">,
  inputs: StrategyInputs,
  start: (inputs: StrategyInputs) => Observable<T>,
): Observable<T> => {
  const mine: Attribution = { ...who, ticker: inputs.ticker };
  const within = <V>(source: Observable<V>): Observable<V> =>
    new Observable((subscriber) =>
      source.subscribe({
        next: (value) => runAs(mine, inputs.clock.now(), () => subscriber.next(value)),
        error: (error) => subscriber.error(error),
        complete: () => subscriber.complete(),
      }),
    );
  const { bars$, quotes$, news$, position$, orders$ } = inputs;
  return new Observable((subscriber) =>
    runAs(mine, inputs.clock.now(), () =>
      start({
        ...inputs,
        bars$: within(bars$),
        quotes$: within(quotes$),
        news$: within(news$),
        position$: within(position$),
        orders$: within(orders$),
      }).subscribe(subscriber),
    ),
  );
};

/** The code of a strategy reads the machine's clock or its chance: a replay would differ. */
class NotRepeatable extends Error {
  constructor(file: string, what: string, remedy: string) {
    super(`${file} uses ${what}, which a replay cannot repeat: ${remedy}`);
    this.name = "NotRepeatable";
  }
}

const TIMER = "give clock.scheduler to the operator that waits";
const CLOCK = "take clock.now(), or the times of bars and headlines";
const CHANCE = "take rng";
const OUTSIDE = "a strategy knows what it is told and no more";

/** What strategies see in place of globals. `globals`: the real ones. */
const guardOf = (file: string, globals: typeof globalThis) => {
  const refuse = (what: string, remedy: string) => (): never => {
    throw new NotRepeatable(file, what, remedy);
  };
  const without = <T extends object>(target: T, refused: Readonly<Record<string, () => never>>): T =>
    new Proxy(target, { get: (t, key) => (typeof key === "string" ? refused[key] : undefined) ?? Reflect.get(t, key, t) });
  const now = refuse("the machine's time", CLOCK);
  return {
    Date: new Proxy(globals.Date, {
      get: (t, key) => (key === "now" ? now : Reflect.get(t, key, t)),
      construct: (t, args: unknown[], newTarget) =>
        args.length === 0 ? now() : (Reflect.construct(t, args, newTarget) as object),
      apply: now,
    }),
    Math: without(globals.Math, { random: refuse("Math.random", CHANCE) }),
    performance: without(globals.performance, { now: refuse("performance.now", CLOCK) }),
    crypto: without(globals.crypto, {
      getRandomValues: refuse("crypto.getRandomValues", CHANCE),
      randomUUID: refuse("crypto.randomUUID", CHANCE),
    }),
    setTimeout: refuse("setTimeout", TIMER),
    setInterval: refuse("setInterval", TIMER),
    setImmediate: refuse("setImmediate", TIMER),
    fetch: refuse("fetch", OUTSIDE),
  };
};
type Guard = ReturnType<typeof guardOf>;
const NAMES: readonly (keyof Guard)[] = [
  "Date",
  "Math",
  "performance",
  "crypto",
  "setTimeout",
  "setInterval",
  "setImmediate",
  "fetch",
];

const SHARED = Symbol.for("tapedeck.strategyGuards");
const guards = (): Map<string, Guard> => {
  const shared = globalThis as { [SHARED]?: Map<string, Guard> };
  shared[SHARED] ??= new Map();
  return shared[SHARED];
};

const internal = (name: string): string =>
  join(dirname(createRequire(import.meta.url).resolve("rxjs/package.json")), "dist/esm/internal", name);

/**
 * Text of a module whose names take the place of globals in a strategy's bundle (see esbuild's `inject`). An error that no handler of an inner `subscribe`
 * takes is thrown where it happened, in the strategy's turn, instead of later from a timer of the process.
 */
export const guardText = (file: string): string => {
  guards().set(file, guardOf(file, globalThis));
  return [
    `import { timeoutProvider } from ${JSON.stringify(internal("scheduler/timeoutProvider.js"))};`,
    "timeoutProvider.delegate = { setTimeout: (raise) => raise(), clearTimeout: () => {} };",
    `const guard = globalThis[Symbol.for("tapedeck.strategyGuards")].get(${JSON.stringify(file)});`,
    ...NAMES.map((name) => `const guarded_${name} = guard.${name};\nexport { guarded_${name} as ${name} };`),
  ].join("\n");
};
