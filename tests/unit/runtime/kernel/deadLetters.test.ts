import { describe, expect, it } from "vitest";
import { type ActorSpec, machine, perform, type Step } from "../../../../actors/actor.ts";
import type { TapeEvent } from "../../../../streams/domain/event.ts";
import { barAt, eager, group, patient, rig, scribe } from "../../../support/kernelRig.ts";

describe("a message that crashes its actor", () => {
  it("is tried once more first thing in the next life, then becomes a dead letter, and the actor goes on", () => {
    const log: string[] = [];
    const r = rig(group("root", [scribe("a", log, eager)]));
    r.tell("root/a", 1, "boom", 2);
    r.run();
    expect(log).toEqual(["a:1", "a:2"]);
    expect(r.lives("crashed")).toHaveLength(2);
    expect(r.kernel.deadLetters()).toMatchObject([{ id: 1, path: "root/a", at: 0, error: "boom", message: "boom" }]);
    expect(r.lives("dead_letter")).toEqual(["root/a"]);
  });

  it("is handled once, in its place, when it was the life that was broken", () => {
    const log: string[] = [];
    let crashes = 1;
    const once = machine<null, string>({
      initial: () => null,
      receive: (s, m) => {
        if (m === "b" && crashes-- > 0) throw new Error("bad moment");
        log.push(m);
        return [s];
      },
    });
    const r = rig(group("root", [{ name: "p", behaviour: once }]));
    r.tell("root/p", "a", "b", "c");
    r.run(1000);
    expect(log).toEqual(["a", "b", "c"]);
    expect(r.kernel.deadLetters()).toEqual([]);
  });

  it("can be told again as a dead letter", () => {
    const log: string[] = [];
    let fixed = false;
    const picky = machine<null, string>({
      initial: () => null,
      receive: (s, m) => {
        if (m === "odd" && !fixed) throw new Error("odd");
        log.push(m);
        return [s];
      },
    });
    const r = rig(group("root", [{ name: "p", behaviour: picky, ...eager }]));
    r.tell("root/p", "odd");
    r.run();
    fixed = true;
    expect(r.kernel.retryDeadLetter(7)).toBe(false);
    expect(r.kernel.retryDeadLetter(1)).toBe(true);
    r.run();
    expect(log).toEqual(["odd"]);
    expect(r.kernel.deadLetters()).toEqual([]);
  });

  it("is told to its actor as set aside, first thing in the next life, once, under its cause", () => {
    const log: string[] = [];
    const strict = (more = {}): ActorSpec => ({
      name: "p",
      behaviour: machine<string[], unknown>({
        initial: () => [],
        receive: (s, m) => {
          const what = typeof m === "string" ? m : String((m as TapeEvent).seq);
          if (what === "boom" || what === "2") throw new Error(`no ${what}`);
          log.push(what);
          return [s];
        },
        started: (s) => {
          log.push("started");
          return [s];
        },
        setAside: (s, { message, error }) => [s, perform("without", [(message as TapeEvent).seq ?? message, error])],
      }),
      ...eager,
      ...more,
    });
    const r = rig(group("root", [strict({ listens: [{ type: "market.bar" }] })], patient));
    r.tell("root/p", "boom", "a");
    r.kernel.deliver(barAt(2));
    r.run();
    r.kernel.control("root/p", "restart");
    expect(log).toEqual(["started", "started", "started", "a", "started", "started", "started"]);
    expect(r.performed).toEqual([
      { port: "without", request: ["boom", "no boom"], cause: 0 },
      { port: "without", request: [2, "no 2"], cause: 2 },
    ]);
    const again = rig(group("root", [strict({ recalls: [{ type: "market.bar", last: "all" }] })], patient), {
      tape: [barAt(1), barAt(2)],
    });
    again.run();
    expect(again.performed).toMatchObject([{ request: [2, "crashed its actor twice while it was recalled"], cause: 2 }]);
  });

  it("stays a dead letter while nobody is there to hear it", () => {
    const r = rig(group("root", [scribe("a", [], eager)]));
    r.tell("root/a", "boom");
    r.run();
    r.kernel.control("root/a", "stop");
    expect(r.kernel.retryDeadLetter(1)).toBe(false);
    expect(r.kernel.deadLetters()).toHaveLength(1);
  });
});

describe("a new life", () => {
  /** Keeps the seqs it was told; effects say which were live. */
  const keeper = (log: string[], poison: number) =>
    machine<readonly number[], { seq: number } | "state">({
      initial: () => [],
      receive: (s, m): Step<readonly number[]> => {
        if (m === "state") {
          log.push(s.join());
          return [s];
        }
        if (m.seq === poison) throw new Error(`no ${m.seq}`);
        return [[...s, m.seq], { fx: "perform", port: "did", request: m.seq }];
      },
      started: (s) => [s, { fx: "perform", port: "started", request: s.join() }],
    });
  const tree = (log: string[], poison: number) =>
    group(
      "root",
      [
        {
          name: "k",
          behaviour: keeper(log, poison),
          listens: [{ type: "market.bar" }],
          recalls: [{ type: "market.bar", last: "all" }],
        },
      ],
      patient,
    );
  const feed = (r: ReturnType<typeof rig>, n: number) => {
    const event = barAt(n);
    r.tape.push(event);
    r.kernel.deliver(event);
  };

  it("is told again what it recalls, effects dropped, then started, then what waited", () => {
    const log: string[] = [];
    const r = rig(tree(log, 3));
    for (const n of [1, 2, 3, 4]) feed(r, n);
    r.run(50);
    feed(r, 5);
    r.run(10_000);
    r.tell("root/k", "state");
    r.run();
    // 3 crashed it twice: set aside and never recalled; 4 and 5 waited and are told once
    expect(log).toEqual(["1,2,4,5"]);
    expect(r.performed.map((p) => `${p.port} ${p.request}`)).toEqual([
      "started ",
      "did 1",
      "did 2",
      "started 1,2",
      "started 1,2",
      "did 4",
      "did 5",
    ]);
    expect(r.kernel.deadLetters().map((l) => l.message)).toEqual([r.tape[2]]);
  });

  it("is not held down by an event that crashes it while it is recalled", () => {
    const log: string[] = [];
    const r = rig(tree(log, 2), { tape: [barAt(1), barAt(2), barAt(3)] });
    r.run(1000);
    r.tell("root/k", "state");
    r.run();
    expect(log).toEqual(["1,3"]);
    expect(r.lives("crashed")).toHaveLength(2);
    expect(r.kernel.deadLetters().map((l) => l.message)).toEqual([r.tape[1]]);
  });

  it("begins from the tape when the process starts with one", () => {
    const log: string[] = [];
    const r = rig(tree(log, 0), { tape: [barAt(1), barAt(2)] });
    r.tell("root/k", "state");
    r.run();
    expect(log).toEqual(["1,2"]);
    expect(r.performed.map((p) => p.port)).toEqual(["started"]);
  });

  it("does not tell twice an event that waits in the queue while it starts at once", () => {
    const log: string[] = [];
    const r = rig(tree(log, 0));
    for (const n of [1, 2, 3]) feed(r, n);
    r.kernel.drain(1);
    r.kernel.control("root/k", "restart");
    r.run();
    r.tell("root/k", "state");
    r.run();
    expect(log).toEqual(["1,2,3"]);
  });

  it("draws the same chance again, so that recalling leads to the same", () => {
    const drawn: number[] = [];
    const gambler = machine<null, unknown>({
      initial: (c) => {
        drawn.push(c.rng.next());
        return null;
      },
      receive: (s) => [s],
    });
    const r = rig(
      group("root", [
        { name: "g", behaviour: gambler },
        { name: "h", behaviour: gambler },
      ]),
    );
    r.kernel.control("root/g", "restart");
    expect(drawn[2]).toBe(drawn[0]);
    expect(drawn[1]).not.toBe(drawn[0]);
  });
});
