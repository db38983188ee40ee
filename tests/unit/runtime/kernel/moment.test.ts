import { ignoreElements, startWith, tap } from "rxjs";
import { describe, expect, it } from "vitest";
import {
  type ActorContext,
  atMomentEnd,
  type Effect,
  flow,
  machine,
  type Step,
  tell,
  tellFor,
} from "../../../../actors/actor.ts";
import { ms, seq } from "../../../../streams/domain/units.ts";
import { act, barAt, eager, group, patient, puppet, type Rig, rig, scribe } from "../../../support/kernelRig.ts";

/** Writes down `name:word@time<cause`, and then does what the word stands for. */
const decider = (name: string, log: string[], deeds: Record<string, (c: ActorContext) => Effect[]> = {}, more = {}) => ({
  name,
  behaviour: machine<null, string | (() => Effect[])>({
    initial: () => null,
    receive: (s, m, c): Step<null> => {
      if (typeof m === "function") return [s, ...m()];
      log.push(`${name}:${m}@${c.now()}<${c.cause()}`);
      return [s, ...(deeds[m]?.(c) ?? [])];
    },
  }),
  ...more,
});
const asks = (r: Rig, path: string, ...asked: (readonly [turn: number, key: string, msg: string])[]): void =>
  r.tell(path, () => asked.map(([turn, key, msg]) => atMomentEnd(turn, key, msg)));
const words = (log: readonly string[]): string => log.map((line) => line.replace(/@.*/, "")).join(" ");

describe("the end of a moment", () => {
  it("comes when the core is quiet, the lowest turn first, within a turn by key, then in the order of asking", () => {
    const log: string[] = [];
    const r = rig(group("root", [decider("a", log), decider("b", log)]));
    asks(r, "root/b", [2, "x", "last"], [1, "b", "3rd"], [1, "B", "1st"], [-1, "z", "0th"]);
    asks(r, "root/a", [1, "b", "4th"], [1, "a", "2nd"]);
    r.tell("root/a", "news");
    r.kernel.drain();
    expect(words(log)).toBe("a:news");
    r.kernel.endMoment();
    expect(words(log)).toBe("a:news b:0th b:1st a:2nd b:3rd a:4th b:last");
    r.kernel.endMoment();
    expect(log).toHaveLength(7);
  });

  it("handles what it was told before", () => {
    const log: string[] = [];
    const r = rig(decider("a", log));
    asks(r, "a", [1, "", "decide"]);
    r.tell("a", "fact");
    r.kernel.endMoment();
    expect(words(log)).toBe("a:fact a:decide");
  });

  it("keeps one message of one actor, turn and key: the newest, with its cause, at the place of the first", () => {
    const log: string[] = [];
    const r = rig(group("root", [decider("a", log), decider("b", log)]));
    const ask = (path: string, msg: string, cause: number) =>
      r.kernel.tell(r.kernel.ref(path), () => [atMomentEnd(1, "k", msg)], seq(cause));
    ask("root/a", "old", 4);
    ask("root/b", "own", 5);
    ask("root/a", "new", 7);
    r.kernel.endMoment();
    expect(log).toEqual(["a:new@0<7", "b:own@0<5"]);
  });

  it("has what a turn leads to, at the same turn or a lower one, before the next turn", () => {
    const log: string[] = [];
    const deeds = {
      one: (c: ActorContext) => [tell(c.ref("root/b"), "told"), atMomentEnd(1, "", "again"), atMomentEnd(0, "", "lower")],
    };
    const r = rig(group("root", [decider("a", log, deeds), decider("b", log)]));
    asks(r, "root/b", [2, "", "two"]);
    asks(r, "root/a", [1, "", "one"]);
    r.kernel.endMoment();
    expect(words(log)).toBe("a:one b:told a:lower a:again b:two");
  });

  it("may be asked for by a flow, and as a life begins", () => {
    const log: string[] = [];
    const started = machine<null, string>({
      initial: () => null,
      receive: (s, m) => {
        log.push(m);
        return [s];
      },
      started: (s) => [s, atMomentEnd(2, "", "machine")],
    });
    const r = rig(
      group("root", [
        { name: "m", behaviour: started },
        {
          name: "f",
          behaviour: flow<string>((inbox$) =>
            inbox$.pipe(
              tap((m) => log.push(m)),
              ignoreElements(),
              startWith(atMomentEnd(1, "", "flow")),
            ),
          ),
        },
      ]),
    );
    r.kernel.endMoment();
    expect(log).toEqual(["flow", "machine"]);
  });

  it("goes with the life that asked: crashed, restarted or stopped, it is not told", () => {
    const log: string[] = [];
    const r = rig(
      group(
        "root",
        [
          decider(
            "crashes",
            log,
            {
              bang: () => {
                throw new Error("bang");
              },
            },
            eager,
          ),
          decider("restarts", log),
          decider("stops", log),
        ],
        patient,
      ),
    );
    for (const name of ["crashes", "restarts", "stops"]) asks(r, `root/${name}`, [1, "", "decide"]);
    r.tell("root/crashes", "bang");
    r.kernel.drain();
    r.kernel.control("root/restarts", "restart");
    r.kernel.control("root/stops", "stop");
    r.kernel.endMoment();
    expect(words(log)).toBe("crashes:bang crashes:bang");
    asks(r, "root/restarts", [1, "", "decide"]);
    r.kernel.endMoment();
    expect(words(log.slice(2))).toBe("restarts:decide");
    expect(r.kernel.undelivered).toBe(0);
  });

  it("is told to a paused actor when it goes on", () => {
    const log: string[] = [];
    const r = rig(decider("a", log));
    asks(r, "a", [1, "", "decide"]);
    r.kernel.drain();
    r.kernel.control("a", "pause");
    r.kernel.endMoment();
    expect(log).toEqual([]);
    expect(r.kernel.inspect()[0]?.mailboxDepth).toBe(1);
    r.kernel.control("a", "resume");
    r.kernel.drain();
    expect(words(log)).toBe("a:decide");
  });

  it("crashes an actor that asks again without end, and nobody else", () => {
    let told = 0;
    const log: string[] = [];
    const restless = machine<null, string>({
      initial: () => null,
      receive: (s) => {
        told++;
        return [s, atMomentEnd(1, "", "again")];
      },
    });
    const r = rig(group("root", [{ name: "restless", behaviour: restless }, decider("calm", log)]));
    asks(r, "root/calm", [1, "", "first"], [2, "", "second"]);
    r.tell("root/restless", "go");
    r.kernel.endMoment();
    expect(told).toBe(10_001);
    expect(words(log)).toBe("calm:first calm:second");
    expect(r.lives("crashed")).toEqual(["root/restless"]);
    expect(r.kernel.inspect()[1]?.lastError).toBe("told 10000 times at the end of one moment, and asked again (turn 1)");
  });

  it("counts anew in each moment, however much one moment has to tell", () => {
    const r = rig(puppet("a"));
    for (let moment = 0; moment < 3; moment++) {
      r.tell(
        "a",
        act(() =>
          Array.from({ length: 6_000 }, (_, i) =>
            atMomentEnd(
              i,
              "",
              act(() => []),
            ),
          ),
        ),
      );
      r.kernel.endMoment();
    }
    expect(r.lives("crashed")).toEqual([]);
    expect(r.kernel.messages).toBe(18_003);
  });

  it("is not begun from within", () => {
    const log: string[] = [];
    const r: Rig = rig(
      decider("a", log, {
        one: () => {
          r.kernel.endMoment();
          return [];
        },
      }),
    );
    asks(r, "a", [1, "", "one"], [2, "", "two"]);
    r.kernel.endMoment();
    expect(words(log)).toBe("a:one a:two");
  });
});

describe("moments and time", () => {
  it("a moment ends before time goes on, and each due time is a moment of its own", () => {
    const log: string[] = [];
    const due = (delayMs: number, word: string): Effect => ({ fx: "after", key: word, delayMs, msg: word });
    const deeds = { t: () => [atMomentEnd(1, "", "decide")], u: () => [atMomentEnd(1, "", "decide too")] };
    const r = rig(group("root", [decider("a", log, deeds), decider("b", log, deeds)]));
    r.tell("root/a", () => [due(10, "t"), due(20, "u"), atMomentEnd(1, "", "now")]);
    r.tell("root/b", () => [due(10, "t"), due(30, "u")]);
    r.kernel.advanceTo(ms(30));
    expect(log.map((l) => l.replace(/<.*/, ""))).toEqual([
      ...["a:now@0", "a:t@10", "b:t@10", "a:decide@10", "b:decide@10"],
      ...["a:u@20", "a:decide too@20", "b:u@30"],
    ]);
    r.kernel.endMoment();
    expect(log.at(-1)).toBe("b:decide too@30<0");
  });

  it("fires the timers that the end of a moment sets, also such as are due before where time goes", () => {
    const log: string[] = [];
    const deeds = { decide: () => [0, 5, 50].map((ms): Effect => ({ fx: "after", key: `${ms}`, delayMs: ms, msg: `in ${ms}` })) };
    const r = rig(decider("a", log, deeds));
    asks(r, "a", [1, "", "decide"]);
    r.kernel.advanceTo(ms(10));
    expect(log).toEqual(["a:decide@0<0", "a:in 0@0<0", "a:in 5@5<0"]);
    expect(r.kernel.now()).toBe(10);
  });

  it("does not end when time stands still", () => {
    const log: string[] = [];
    const r = rig(decider("a", log));
    asks(r, "a", [1, "", "decide"]);
    r.kernel.advanceTo(ms(0));
    r.kernel.drain();
    expect(log).toEqual([]);
  });
});

it("tellFor tells under a cause of one's own", () => {
  const log: string[] = [];
  const r = rig(group("root", [puppet("a", { listens: [{ type: "market.bar" }] }), decider("b", log), scribe("c", log)]));
  r.kernel.tell(
    r.kernel.ref("root/a"),
    act((c) => [tellFor(c.ref("root/b"), "other", seq(3)), tell(c.ref("root/b"), "own")]),
    seq(9),
  );
  r.kernel.deliver(barAt(10));
  r.kernel.drain();
  expect(log).toEqual(["b:other@0<3", "b:own@0<9"]);
});
