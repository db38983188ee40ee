import { EMPTY, from, interval, map, merge, mergeMap, Observable, range, take } from "rxjs";
import { describe, expect, it } from "vitest";
import { type ActorSpec, type Effect, flow, machine, perform, type Recall, tell } from "../../../../actors/actor.ts";
import { MOST_EFFECTS, MOST_MESSAGES, MOST_TURNS_AT_ONCE } from "../../../../runtime/kernel/budgets.ts";
import { barAt, eager, group, rig, scribe } from "../../../support/kernelRig.ts";

const did = (request: unknown): Effect => perform("did", request);
const done = (r: ReturnType<typeof rig>) => r.performed.map((p) => p.request);
const TOO_MANY = `emitted more than ${MOST_EFFECTS} effects in one turn`;

describe("the effects of one turn of a flow", () => {
  /** Emits as many as it is told, and counts how many it was asked for. */
  const flooding = (count: { made: number }, more: Partial<ActorSpec> = {}): ActorSpec => ({
    name: "f",
    behaviour: flow<number>((inbox$) =>
      inbox$.pipe(
        mergeMap((n) => range(1, n)),
        map((n) => {
          count.made++;
          return did(n);
        }),
      ),
    ),
    ...more,
  });

  it("may be as many as the budget, in order", () => {
    const count = { made: 0 };
    const r = rig(group("root", [flooding(count)]));
    r.tell("root/f", MOST_EFFECTS, 3);
    r.run();
    expect(r.lives("crashed")).toEqual([]);
    expect(r.performed).toHaveLength(MOST_EFFECTS + 3);
    expect(done(r).slice(-3)).toEqual([1, 2, 3]);
  });

  it("past the budget crash it: its source stops there, none of that turn is carried out, the message becomes a dead letter", () => {
    const count = { made: 0 };
    const r = rig(group("root", [flooding(count, eager)]));
    r.tell("root/f", 1, 1_000_000, 2);
    r.run();
    expect(count.made).toBe(1 + 2 * (MOST_EFFECTS + 1) + 2);
    expect(done(r)).toEqual([1, 1, 2]);
    expect(r.life.filter((e) => e.kind === "crashed").map((e) => e.error)).toEqual([TOO_MANY, TOO_MANY]);
    expect(r.kernel.deadLetters().map((l) => [l.message, l.error])).toEqual([[1_000_000, TOO_MANY]]);
  });

  it("are bounded too as it begins, and while it is told again", () => {
    const begins = (behaviour: ActorSpec["behaviour"], recalls: readonly Recall[] = []) =>
      rig(group("root", [{ name: "f", recalls, ...(behaviour ? { behaviour } : {}) }]), { tape: [barAt(1)] });
    const million = from({ length: 1_000_000 }).pipe(map(() => did(1)));
    for (const r of [
      begins(flow((inbox$) => merge(million, inbox$.pipe(mergeMap(() => EMPTY))))),
      begins(
        flow((inbox$) => inbox$.pipe(mergeMap(() => million))),
        [{ type: "market.bar", last: "all" }],
      ),
    ]) {
      expect(r.life.find((e) => e.kind === "crashed")).toMatchObject({ path: "root/f", error: TOO_MANY });
      expect(r.performed).toEqual([]);
    }
  });

  it("are not kept of a source that does not heed that nobody listens", () => {
    const deaf = new Observable<Effect>((subscriber) => {
      for (let i = 0; i < 100_000; i++) subscriber.next(did(i));
    });
    const r = rig(group("root", [{ name: "f", behaviour: flow((inbox$) => inbox$.pipe(mergeMap(() => deaf))), ...eager }]));
    r.tell("root/f", "go");
    r.run();
    expect(r.performed).toEqual([]);
    expect(r.kernel.deadLetters()).toHaveLength(1);
  });

  it("end in the supervisor's intensity when each life goes past the budget", () => {
    const spec: ActorSpec = { name: "f", behaviour: flow(() => range(1, 1_000_000).pipe(map(did))) };
    const r = rig(group("root", [group("g", [spec], { supervision: { maxRestarts: 2, withinMs: 60_000 } })]));
    r.run(60_000);
    expect(r.life.find((e) => e.kind === "gave_up")).toMatchObject({ path: "root/g", restarts: 2 });
  });
});

describe("turns that a flow's scheduler gives it", () => {
  const ticking = (everyMs: number, atMost: number): ActorSpec => ({
    name: "f",
    behaviour: flow((inbox$, c) =>
      merge(inbox$.pipe(mergeMap(() => EMPTY)), interval(everyMs, c.scheduler).pipe(take(atMost), map(did))),
    ),
  });

  it("may be as many as the budget at one time, and more as time goes on", () => {
    const r = rig(group("root", [ticking(0, MOST_TURNS_AT_ONCE)]));
    r.run(1);
    expect(r.performed).toHaveLength(MOST_TURNS_AT_ONCE);
    const slow = rig(group("root", [ticking(1, MOST_TURNS_AT_ONCE + 100)]));
    slow.run(MOST_TURNS_AT_ONCE + 200);
    expect(slow.performed).toHaveLength(MOST_TURNS_AT_ONCE + 100);
    expect([...r.lives("crashed"), ...slow.lives("crashed")]).toEqual([]);
  });

  it("past the budget crash it, so that time goes on: restarts are counted, and end", () => {
    const r = rig(
      group("root", [group("g", [ticking(0, Number.POSITIVE_INFINITY)], { supervision: { maxRestarts: 2, withinMs: 60_000 } })]),
    );
    r.run(5_000);
    expect(r.kernel.now()).toBe(5_000);
    expect(r.life.find((e) => e.kind === "crashed")).toMatchObject({
      path: "root/g/f",
      error: `its scheduler gave it more than ${MOST_TURNS_AT_ONCE} turns at one time, 0 ms`,
    });
    expect(r.life.find((e) => e.kind === "gave_up")).toMatchObject({ path: "root/g", restarts: 2 });
    expect(r.kernel.deadLetters()).toEqual([]);
  });
});

describe("the messages that one input leads to", () => {
  /** Says what it is told to another, for ever. */
  const echo = (name: string, to: string): ActorSpec => ({
    name,
    behaviour: machine<number, unknown>({ initial: () => 0, receive: (n, m, c) => [n + 1, tell(c.ref(to), m)] }),
  });

  it("past the budget crash an actor that leads to one more, not one that only listens", () => {
    const log: string[] = [];
    const loud: ActorSpec = {
      name: "b",
      behaviour: machine<number, unknown>({
        initial: () => 0,
        receive: (n, m, c) => [n + 1, tell(c.ref("root/a"), m), ...(n % 1_000 === 0 ? [tell(c.ref("root/c"), n)] : [])],
      }),
    };
    const r = rig(group("root", [echo("a", "root/b"), loud, scribe("c", log)]));
    r.tell("root/a", "ping");
    r.kernel.drain();
    expect(r.kernel.messages).toBeLessThan(MOST_MESSAGES + 10);
    expect(r.lives("crashed")).toHaveLength(1);
    expect(["root/a", "root/b"]).toContain(r.lives("crashed")[0]);
    expect(r.kernel.inspect().find((f) => f.path === r.lives("crashed")[0])?.lastError).toContain(
      "one input has led to more than",
    );
    expect(log.length).toBeGreaterThan(400);
    expect(r.kernel.deadLetters()).toEqual([]);
  });

  it("are counted anew for each input", () => {
    const log: string[] = [];
    const r = rig(scribe("a", log));
    for (let i = 0; i < 5; i++) {
      for (let n = 0; n < MOST_MESSAGES / 4; n++) r.kernel.tell(r.kernel.ref("a"), 1);
      r.kernel.drain();
      log.length = 0;
    }
    expect(r.kernel.messages).toBe((MOST_MESSAGES / 4) * 5);
    expect(r.lives("crashed")).toEqual([]);
  });
});
