import { type ActorContext, type ActorSpec, type Effect, machine, type Recall, type Step } from "../../actors/actor.ts";
import type { Lifecycle } from "../../actors/ports/supervisor.ts";
import { createKernel, type Kernel } from "../../runtime/kernel/kernel.ts";
import type { TapeEvent } from "../../streams/domain/event.ts";
import { bar } from "../../streams/domain/market.ts";
import { ms, seq, ticker } from "../../streams/domain/units.ts";

/** A kernel with a host that writes down what it is asked for. Time starts at 0. */
export interface Rig {
  readonly kernel: Kernel;
  readonly life: Lifecycle[];
  readonly emitted: { event: TapeEvent; cause: number }[];
  readonly performed: { port: string; request: unknown; cause: number }[];
  readonly escalated: string[];
  /** What `recall` gives back. */
  tape: TapeEvent[];
  /** Runs to quiescence, `forMs` later when given. */
  run(forMs?: number): void;
  tell(path: string, ...messages: unknown[]): void;
  stateOf(path: string): string | undefined;
  lives(kind: Lifecycle["kind"]): string[];
}

export const rig = (tree: ActorSpec, options: { seed?: number; tape?: TapeEvent[]; stopwatch?: boolean } = {}): Rig => {
  const life: Lifecycle[] = [];
  const emitted: Rig["emitted"] = [];
  const performed: Rig["performed"] = [];
  const escalated: string[] = [];
  let us = 0;
  const kernel = createKernel({
    seed: options.seed ?? 1,
    startAt: ms(0),
    host: {
      emit: (event, cause) => void emitted.push({ event, cause }),
      perform: (port, request, cause) => void performed.push({ port, request, cause }),
      recall: (recalls: readonly Recall[]) => made.tape.filter((e) => recalls.some((r) => r.type === e.type)),
      lifecycle: (e) => void life.push(e),
      escalated: (path, error) => void escalated.push(`${path}: ${error}`),
      ...(options.stopwatch ? { stopwatch: () => (us += 10) } : {}),
    },
  });
  const made: Rig = {
    kernel,
    life,
    emitted,
    performed,
    escalated,
    tape: options.tape ?? [],
    run: (forMs = 0) => {
      kernel.drain();
      kernel.advanceTo(ms(kernel.now() + forMs));
    },
    tell: (path, ...messages) => {
      for (const m of messages) kernel.tell(kernel.ref(path), m);
    },
    stateOf: (path) => kernel.inspect().find((f) => f.path === path)?.state,
    lives: (kind) => life.filter((e) => e.kind === kind).map((e) => e.path),
  };
  kernel.start(tree);
  return made;
};

export const group = (name: string, children: readonly ActorSpec[], more: Partial<ActorSpec> = {}): ActorSpec => ({
  name,
  children,
  ...more,
});

/** Crash at once and start again at once, without limits: for tests about something else. */
export const eager = { backoff: { minMs: 0 } } as const;
export const patient = { supervision: { maxRestarts: 1_000_000, withinMs: 1 } } as const;

/** Writes down every message it handles as `name:message`; "boom" crashes it. Its state counts what it handled. */
export const scribe = (name: string, log: string[], more: Partial<ActorSpec> = {}): ActorSpec => ({
  name,
  behaviour: machine<number, unknown>({
    initial: () => 0,
    receive: (n, m) => {
      if (m === "boom") throw new Error("boom");
      log.push(`${name}:${typeof m === "string" || typeof m === "number" ? m : JSON.stringify(m)}`);
      return [n + 1];
    },
  }),
  ...more,
});

/** Does as it is told: a message is a function from context to effects. */
export const puppet = (name: string, more: Partial<ActorSpec> = {}): ActorSpec => ({
  name,
  behaviour: machine<number, unknown>({
    initial: () => 0,
    receive: (n, m, context): Step<number> => [n + 1, ...(typeof m === "function" ? (m as Act)(context, n) : [])],
  }),
  ...more,
});
export type Act = (context: ActorContext, handled: number) => Effect[];
export const act = (f: Act): Act => f;

export const barAt = (n: number, symbol = "AAPL"): TapeEvent => {
  const made = bar(ticker(symbol), ms(n), ms(n), 1, 1, 1, 1, 1, 60_000);
  return { ...made, seq: seq(n) };
};
