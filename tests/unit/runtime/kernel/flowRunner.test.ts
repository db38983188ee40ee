import {
  concatMap,
  debounceTime,
  EMPTY,
  from,
  interval,
  map,
  merge,
  mergeMap,
  of,
  Subject,
  startWith,
  take,
  throwError,
} from "rxjs";
import { describe, expect, it } from "vitest";
import { type ActorSpec, type Effect, flow, perform } from "../../../../actors/actor.ts";
import { barAt, eager, group, rig } from "../../../support/kernelRig.ts";

const did = (request: unknown): Effect => perform("did", request);
const done = (r: ReturnType<typeof rig>) => r.performed.map((p) => p.request);

describe("a flow", () => {
  it("turns its messages into effects, in order, and can emit at once when it begins", () => {
    const r = rig({ name: "f", behaviour: flow<string>((inbox$) => inbox$.pipe(startWith("begun"), map(did))) });
    r.tell("f", "a", "b");
    r.run();
    expect(done(r)).toEqual(["begun", "a", "b"]);
  });

  it("waits on the core's clock", () => {
    const r = rig({
      name: "f",
      behaviour: flow<string>((inbox$, c) =>
        inbox$.pipe(
          debounceTime(10, c.scheduler),
          map((m) => did(`${m}@${c.now()}`)),
        ),
      ),
    });
    r.tell("f", "a");
    r.run(9);
    r.tell("f", "b");
    r.run(9);
    expect(done(r)).toEqual([]);
    r.run(1);
    expect(done(r)).toEqual(["b@19"]);
    expect(r.kernel.nextTimerAt()).toBeNull();
  });

  it("repeats on the core's clock, and stops when its life ends", () => {
    const r = rig({
      name: "f",
      behaviour: flow((inbox$, c) => merge(inbox$.pipe(mergeMap(() => EMPTY)), interval(10, c.scheduler).pipe(map(did)))),
    });
    r.run(35);
    expect(done(r)).toEqual([0, 1, 2]);
    r.kernel.control("f", "stop");
    r.run(100);
    expect(done(r)).toEqual([0, 1, 2]);
    expect(r.kernel.nextTimerAt()).toBeNull();
  });

  it("a timer remembers the cause it was set under", () => {
    const r = rig({
      name: "f",
      listens: [{ type: "market.bar" }],
      behaviour: flow((inbox$, c) =>
        inbox$.pipe(
          debounceTime(10, c.scheduler),
          map(() => did(c.cause())),
        ),
      ),
    });
    r.kernel.deliver(barAt(8));
    r.run(10);
    expect(r.performed).toEqual([{ port: "did", request: 8, cause: 8 }]);
  });

  const breaks: Record<string, ActorSpec["behaviour"]> = {
    "an error in its stream": flow<string>((inbox$) =>
      inbox$.pipe(
        concatMap((m) =>
          m === "boom"
            ? merge(
                of(did("half")),
                throwError(() => new Error("boom")),
              )
            : of(did(m)),
        ),
      ),
    ),
    "a throw in an operator": flow<string>((inbox$) =>
      inbox$.pipe(
        concatMap((m) => from(m === "boom" ? ["half", "boom"] : [m])),
        map((m) => {
          if (m === "boom") throw new Error("boom");
          return did(m);
        }),
      ),
    ),
  };
  for (const [what, behaviour] of Object.entries(breaks))
    it(`crashes on ${what}: the effects of that turn are dropped, the message tried again, then set aside`, () => {
      const r = rig(group("root", [{ name: "f", ...eager, ...(behaviour ? { behaviour } : {}) }]));
      r.tell("root/f", "a", "boom", "b");
      r.run();
      expect(done(r)).toEqual(["a", "b"]);
      expect(r.lives("crashed")).toHaveLength(2);
      expect(r.kernel.deadLetters().map((l) => l.message)).toEqual(["boom"]);
    });

  it("crashes when it cannot even begin", () => {
    const behaviour = flow(() => {
      throw new Error("no stream");
    });
    const r = rig(group("root", [{ name: "f", behaviour }]));
    expect(r.life.at(-1)).toMatchObject({ kind: "crashed", path: "root/f", error: "no stream" });
  });

  it("completing is a normal end: the transient stop, the permanent begin again", () => {
    const once = flow<string>((inbox$) => inbox$.pipe(take(1), map(did)));
    const r = rig(
      group("root", [
        { name: "t", behaviour: once, restart: "transient" },
        { name: "p", behaviour: once, backoff: { jitter: 0 } },
      ]),
    );
    r.tell("root/t", "t1", "t2");
    r.tell("root/p", "p1", "p2");
    r.run();
    expect(done(r)).toEqual(["t1", "p1"]);
    expect(r.stateOf("root/t")).toBe("stopped");
    r.run(100);
    expect(done(r)).toEqual(["t1", "p1", "p2"]);
    expect(r.lives("crashed")).toEqual([]);
  });

  it("is told again what it recalls, effects dropped, when it begins again", () => {
    const counting = flow<unknown>((inbox$) => {
      let n = 0;
      return inbox$.pipe(map(() => did(++n)));
    });
    const r = rig(
      { name: "f", behaviour: counting, recalls: [{ type: "market.bar", last: "all" }] },
      { tape: [barAt(1), barAt(2)] },
    );
    r.tell("f", "x");
    r.run();
    expect(done(r)).toEqual([3]);
  });

  it("may not be driven from elsewhere: what it emits outside of its turn crashes it", () => {
    const elsewhere = new Subject<string>();
    const r = rig(
      group("root", [{ name: "f", behaviour: flow<string>((inbox$) => merge(inbox$, elsewhere).pipe(map(did))), ...eager }]),
    );
    r.tell("root/f", "a");
    r.run();
    elsewhere.next("smuggled");
    r.tell("root/f", "b");
    r.run();
    expect(done(r)).toEqual(["a", "b"]);
    expect(r.kernel.inspect()[1]?.lastError).toContain("outside of its turn");
  });
});
