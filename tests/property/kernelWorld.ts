import fc from "fast-check";
import { concatMap } from "rxjs";
import {
  type ActorContext,
  type ActorSpec,
  type Behaviour,
  type Effect,
  flow,
  machine,
  type Step,
  tell,
} from "../../actors/actor.ts";
import type { Lifecycle } from "../../actors/ports/supervisor.ts";
import { createKernel, type Kernel } from "../../runtime/kernel/kernel.ts";
import { ms } from "../../streams/domain/units.ts";

/** A node of a random tree. */
export interface Node {
  readonly kind: "group" | "machine" | "flow";
  readonly restart: "permanent" | "transient" | "temporary";
  readonly strategy: "one_for_one" | "one_for_all" | "rest_for_one";
  readonly maxRestarts: number;
  readonly withinMs: number;
  readonly minMs: number;
  /** Lives, counted from the first, that crash as they begin. */
  readonly stillborn: number;
  readonly children: readonly Node[];
}

export interface Letter {
  readonly id: number;
  readonly from: string;
  /** Times it crashes whoever handles it. */
  readonly crashes: number;
  /** Index of the actor it is passed on to; -1 none. */
  readonly passTo: number;
  readonly deed: "nothing" | "stop" | "spawn";
}

export type Op =
  | {
      readonly op: "tell";
      readonly to: number;
      readonly from: number;
      readonly letter: Pick<Letter, "crashes" | "passTo" | "deed">;
    }
  | { readonly op: "drain"; readonly max: number }
  | { readonly op: "advance"; readonly byMs: number }
  | { readonly op: "restart" | "pause" | "resume" | "stop"; readonly to: number };

/** What happened, as seen from inside the actors and by the host. */
export interface Story {
  readonly kernel: Kernel;
  readonly paths: readonly string[];
  readonly lifecycle: readonly Lifecycle[];
  readonly handled: readonly { readonly path: string; readonly life: number; readonly letter: Letter; readonly at: number }[];
  readonly born: readonly { readonly path: string; readonly life: number; readonly afterHandled: number }[];
  told(): number;
  readonly nodes: ReadonlyMap<string, Node>;
}

const node = (depth: number): fc.Arbitrary<Node> =>
  fc.record({
    kind: fc.constantFrom("group", "machine", "flow"),
    restart: fc.constantFrom("permanent", "permanent", "transient", "temporary"),
    strategy: fc.constantFrom("one_for_one", "one_for_all", "rest_for_one"),
    maxRestarts: fc.integer({ min: 0, max: 6 }),
    withinMs: fc.constantFrom(50, 1000, 60_000),
    minMs: fc.constantFrom(0, 0, 20, 100),
    stillborn: fc.constantFrom(0, 0, 0, 0, 1, 2),
    children: depth === 0 ? fc.constant([]) : fc.array(node(depth - 1), { maxLength: 3 }),
  });

/** The root stands for itself: a group that allows much, so that most runs live long. */
export const trees: fc.Arbitrary<Node> = fc.array(node(2), { minLength: 1, maxLength: 4 }).chain((children) =>
  fc
    .record({
      strategy: fc.constantFrom("one_for_one", "one_for_all", "rest_for_one"),
      maxRestarts: fc.constantFrom(3, 20, 1000),
    })
    .map((s) => ({
      ...s,
      kind: "group" as const,
      restart: "permanent" as const,
      withinMs: 60_000,
      minMs: 0,
      stillborn: 0,
      children,
    })),
) as fc.Arbitrary<Node>;

const who = fc.nat({ max: 30 });
const letter = fc.record({
  crashes: fc.constantFrom(0, 0, 0, 0, 1, 2, 3),
  passTo: fc.constantFrom(-1, -1, 0, 1, 2, 3, 4),
  deed: fc.constantFrom("nothing", "nothing", "nothing", "nothing", "stop", "spawn") as fc.Arbitrary<Letter["deed"]>,
});
export const ops: fc.Arbitrary<readonly Op[]> = fc.array(
  fc.oneof(
    { weight: 10, arbitrary: fc.record({ op: fc.constant("tell" as const), to: who, from: fc.nat({ max: 2 }), letter }) },
    { weight: 3, arbitrary: fc.record({ op: fc.constant("drain" as const), max: fc.integer({ min: 1, max: 20 }) }) },
    { weight: 3, arbitrary: fc.record({ op: fc.constant("advance" as const), byMs: fc.constantFrom(0, 1, 30, 200, 5000) }) },
    {
      weight: 2,
      arbitrary: fc.record({ op: fc.constantFrom("restart" as const, "pause" as const, "resume" as const), to: who }),
    },
    { weight: 1, arbitrary: fc.record({ op: fc.constant("stop" as const), to: who }) },
  ),
  { minLength: 5, maxLength: 80 },
);

interface State {
  readonly life: number;
  readonly kids: number;
}

/** Plays the ops on the tree. The same arguments make the same story. */
export const play = (tree: Node, todo: readonly Op[], seed: number): Story => {
  const lifecycle: Lifecycle[] = [];
  const handled: Story["handled"][number][] = [];
  const born: Story["born"][number][] = [];
  const nodes = new Map<string, Node>();
  const lives = new Map<string, number>();
  const attempts = new Map<number, number>();
  const actors: string[] = [];
  let told = 0;
  const write = (from: string, what: Pick<Letter, "crashes" | "passTo" | "deed">): Letter => ({ id: ++told, from, ...what });

  const begin = (path: string, stillborn: number): State => {
    const life = (lives.get(path) ?? 0) + 1;
    lives.set(path, life);
    if (life <= stillborn) throw new Error("stillborn");
    born.push({ path, life, afterHandled: handled.length });
    return { life, kids: 0 };
  };
  const handle = (path: string, s: State, m: Letter, c: ActorContext): Step<State> => {
    const tried = (attempts.get(m.id) ?? 0) + 1;
    attempts.set(m.id, tried);
    if (tried <= m.crashes) throw new Error(`letter ${m.id}`);
    handled.push({ path, life: s.life, letter: m, at: c.now() });
    const effects: Effect[] = [];
    const next = actors[m.passTo];
    if (next !== undefined)
      effects.push(tell(c.ref(next), write(path, { crashes: m.id % 5 === 0 ? 1 : 0, passTo: -1, deed: "nothing" })));
    if (m.deed === "stop") effects.push({ fx: "stop" });
    if (m.deed !== "spawn") return [s, ...effects];
    const kid = behaviour(`${path}/kid${s.kids}`, 0, "machine");
    return [
      { ...s, kids: s.kids + 1 },
      ...effects,
      { fx: "spawn", child: { name: `kid${s.kids}`, behaviour: kid, restart: "transient" } },
    ];
  };
  const behaviour = (path: string, stillborn: number, kind: "machine" | "flow"): Behaviour =>
    kind === "machine"
      ? machine<State, Letter>({ initial: () => begin(path, stillborn), receive: (s, m, c) => handle(path, s, m, c) })
      : flow<Letter>((inbox$, c) => {
          let state = begin(path, stillborn);
          return inbox$.pipe(
            concatMap((m) => {
              const [next, ...effects] = handle(path, state, m, c);
              state = next;
              return effects;
            }),
          );
        });
  const spec = (n: Node, name: string, above: string): ActorSpec => {
    const path = above === "" ? name : `${above}/${name}`;
    nodes.set(path, n);
    if (n.kind !== "group") actors.push(path);
    return {
      name,
      ...(n.kind === "group" ? {} : { behaviour: behaviour(path, n.stillborn, n.kind) }),
      restart: n.restart,
      backoff: { minMs: n.minMs },
      supervision: { strategy: n.strategy, maxRestarts: n.maxRestarts, withinMs: n.withinMs },
      children: n.children.map((child, i) => spec(child, `n${i}`, path)),
    };
  };
  const root = spec(tree, "root", "");
  const kernel = createKernel({
    seed,
    startAt: ms(0),
    host: { emit: () => {}, perform: () => {}, recall: () => [], lifecycle: (e) => void lifecycle.push(e) },
  });
  kernel.start(root);
  const paths = [...nodes.keys()];
  for (const step of todo) {
    if (step.op === "tell") {
      const to = actors[step.to % Math.max(1, actors.length)];
      if (to !== undefined) kernel.tell(kernel.ref(to), write(`sender ${step.from}`, step.letter));
    } else if (step.op === "drain") kernel.drain(step.max);
    else if (step.op === "advance") kernel.advanceTo(ms(kernel.now() + step.byMs));
    else kernel.control(paths[step.to % paths.length] as string, step.op);
  }
  return { kernel, paths, lifecycle, handled, born, told: () => told, nodes };
};
