import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { DeadLetter, Lifecycle } from "../../actors/ports/supervisor.ts";
import { ms } from "../../streams/domain/units.ts";
import { ops, play, type Story, trees } from "./kernelWorld.ts";

const RUNS = { numRuns: Number(process.env.KERNEL_RUNS ?? 600) };
const seeds = fc.integer();
const parentOf = (path: string): string => path.slice(0, path.lastIndexOf("/"));
const isRestart = (e: Lifecycle): boolean =>
  (e.kind === "crashed" && e.retryInMs !== null) || (e.kind === "stopped" && e.reason === "ended by itself, starts again");

/** Plays on until nothing waits that will not wait for ever. */
const settle = ({ kernel }: Story): void => {
  for (let i = 0; i < 5; i++) kernel.advanceTo(ms(kernel.now() + 100_000));
};

/** What is wrong about births and deaths: they take turns, parents are born first and die last. */
const faultsOf = (lifecycle: readonly Lifecycle[]): string[] => {
  const alive = new Set<string>();
  const faults: string[] = [];
  for (const e of lifecycle)
    if (e.kind === "started") {
      if (alive.has(e.path)) faults.push(`${e.path} started twice`);
      if (e.path !== "root" && !alive.has(parentOf(e.path))) faults.push(`${e.path} started before its parent`);
      alive.add(e.path);
    } else if (e.kind === "stopped" || e.kind === "crashed") {
      for (const other of alive) if (other.startsWith(`${e.path}/`)) faults.push(`${other} alive when ${e.path} ${e.kind}`);
      alive.delete(e.path);
    }
  return faults;
};

describe("whatever the tree, the messages, the crashes and what people do", () => {
  it("no actor has two lives at once", () => {
    fc.assert(
      fc.property(trees, ops, seeds, (tree, todo, seed) => {
        const story = play(tree, todo, seed);
        settle(story);
        const faults = faultsOf(story.lifecycle);
        const latest = new Map<string, number>();
        let b = 0;
        story.handled.forEach(({ path, life }, i) => {
          for (; b < story.born.length && (story.born[b]?.afterHandled ?? 0) <= i; b++)
            latest.set(story.born[b]?.path ?? "", story.born[b]?.life ?? 0);
          if (life !== latest.get(path)) faults.push(`${path} handles in a life that is over`);
        });
        expect(faults).toEqual([]);
      }),
      RUNS,
    );
  });

  it("no message is handled twice, out of its sender's order, or lost without a count", () => {
    fc.assert(
      fc.property(trees, ops, seeds, (tree, todo, seed) => {
        const story = play(tree, todo, seed);
        const balance = (): void => {
          const letters = story.kernel
            .deadLetters()
            .filter((l: DeadLetter) => typeof l.message === "object" && "id" in (l.message ?? {}));
          const waiting = story.kernel.inspect().reduce((sum, f) => sum + f.mailboxDepth, 0);
          expect(story.handled.length + letters.length + story.kernel.undelivered + waiting).toBe(story.told());
        };
        settle(story);
        balance();
        const seen = new Set<number>();
        const last = new Map<string, number>();
        for (const { path, letter } of story.handled) {
          expect(seen.has(letter.id), `letter ${letter.id} twice`).toBe(false);
          seen.add(letter.id);
          const pair = `${letter.from} > ${path}`;
          expect(letter.id).toBeGreaterThan(last.get(pair) ?? 0);
          last.set(pair, letter.id);
        }
        story.kernel.stop();
        balance();
        expect(story.kernel.inspect().every((f) => f.state === "stopped" && f.mailboxDepth === 0)).toBe(true);
      }),
      RUNS,
    );
  });

  it("no supervisor restarts more often than its intensity allows, in any window of its life", () => {
    fc.assert(
      fc.property(trees, ops, seeds, (tree, todo, seed) => {
        const story = play(tree, todo, seed);
        settle(story);
        const restarts = new Map<string, number[]>();
        for (const e of story.lifecycle) {
          if (e.kind === "started") restarts.set(e.path, []);
          if (!isRestart(e)) continue;
          const parent = parentOf(e.path);
          const node = story.nodes.get(parent);
          if (node === undefined) continue; // a spawned parent has no children
          const times = restarts.get(parent) ?? [];
          times.push(e.at);
          const inWindow = times.filter((t) => t >= e.at - node.withinMs);
          expect(inWindow.length, `${parent} at ${e.at}`).toBeLessThanOrEqual(node.maxRestarts);
        }
      }),
      RUNS,
    );
  });

  it("whatever crashed is back after its backoff, unless it may not be", () => {
    fc.assert(
      fc.property(trees, ops, seeds, (tree, todo, seed) => {
        const story = play(tree, todo, seed);
        settle(story);
        const figures = story.kernel.inspect();
        if (figures[0]?.state === "stopped") return;
        for (const f of figures) expect(["running", "stopped", "paused"], f.path).toContain(f.state);
        for (const f of figures) if (f.state === "running" && !f.group) expect(f.mailboxDepth, f.path).toBe(0);
      }),
      RUNS,
    );
  });

  it("the same seed tells the same story", () => {
    const told = (s: Story): string =>
      JSON.stringify([s.handled, s.lifecycle, s.born, s.kernel.inspect(), s.kernel.deadLetters(), s.kernel.now()]);
    fc.assert(
      fc.property(trees, ops, seeds, (tree, todo, seed) => {
        const [one, two] = [play(tree, todo, seed), play(tree, todo, seed)];
        settle(one);
        settle(two);
        expect(told(one)).toBe(told(two));
      }),
      { numRuns: RUNS.numRuns / 2 },
    );
  });
});
