import { describe, expect, it } from "vitest";
import { emit, machine, perform, type Step, tell } from "../../../../actors/actor.ts";
import { createKernel } from "../../../../runtime/kernel/kernel.ts";
import { ms, seq, ticker } from "../../../../streams/domain/units.ts";
import { act, barAt, group, puppet, rig, scribe } from "../../../support/kernelRig.ts";

describe("one queue", () => {
  it("handles messages in the order they were told, whoever they are for", () => {
    const log: string[] = [];
    const r = rig(group("root", [scribe("a", log), scribe("b", log)]));
    r.tell("root/a", 1);
    r.tell("root/b", 2);
    r.tell("root/a", 3);
    r.run();
    expect(log).toEqual(["a:1", "b:2", "a:3"]);
  });

  it("queues what is told while a message is handled behind what was told before", () => {
    const log: string[] = [];
    const r = rig(group("root", [puppet("p"), scribe("s", log)]));
    r.tell(
      "root/p",
      act((c) => [tell(c.ref("root/s"), "inner")]),
    );
    r.tell("root/s", "outer");
    r.run();
    expect(log).toEqual(["s:outer", "s:inner"]);
  });

  it("keeps order while its ring grows and wraps around", () => {
    const log: string[] = [];
    const r = rig(scribe("a", log));
    const told: string[] = [];
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 900 * (round + 1); i++) {
        r.tell("a", i);
        told.push(`a:${i}`);
      }
      r.kernel.drain(700);
    }
    r.run();
    expect(log).toEqual(told);
  });

  it("drains no more than it is asked to, and says whether anything is left", () => {
    const log: string[] = [];
    const r = rig(scribe("a", log));
    r.tell("a", 1, 2, 3);
    expect(r.kernel.drain(2)).toBe(false);
    expect(log).toEqual(["a:1", "a:2"]);
    expect(r.kernel.drain(2)).toBe(true);
    expect(r.kernel.messages).toBe(3);
  });

  it("drops and counts what is told to nobody or to a group", () => {
    const r = rig(group("root", []));
    r.tell("root/nobody", 1);
    r.tell("root", 2);
    r.run();
    expect(r.kernel.undelivered).toBe(2);
    expect(r.kernel.messages).toBe(0);
  });

  it("reaches an actor by a ref of another kind with the same path", () => {
    const log: string[] = [];
    const r = rig(scribe("a", log));
    r.kernel.tell({ path: "a" }, "x");
    r.run();
    expect(log).toEqual(["a:x"]);
  });

  it("shows nothing but the path when a ref is printed", () => {
    const r = rig(scribe("a", []));
    expect(JSON.stringify(r.kernel.ref("a"))).toBe('{"path":"a"}');
  });
});

describe("receive", () => {
  it("keeps the new state, then carries out the effects in order", () => {
    const log: string[] = [];
    const counter = machine<number, string>({
      initial: () => 10,
      receive: (n, m, c): Step<number> =>
        m === "go" ? [n + 1, perform("x", 1), tell(c.self, "again"), perform("x", 2)] : [n, tell(c.ref("root/s"), n)],
    });
    const r = rig(group("root", [{ name: "c", behaviour: counter }, scribe("s", log)]));
    r.tell("root/c", "go");
    r.run();
    expect(r.performed.map((p) => p.request)).toEqual([1, 2]);
    expect(log).toEqual(["s:11"]);
  });

  it("carries out none of the effects when it throws", () => {
    const r = rig(group("root", [puppet("p")]));
    r.tell(
      "root/p",
      act(() => {
        throw new Error("no");
      }),
    );
    r.run();
    expect(r.performed).toEqual([]);
    expect(r.lives("crashed")).toEqual(["root/p"]);
  });

  it("lets an error of the host through: it is no crash of the actor", () => {
    const kernel = createKernel({
      seed: 1,
      startAt: ms(0),
      host: {
        emit: () => {
          throw new Error("disk full");
        },
        perform: () => {},
        recall: () => [],
      },
    });
    kernel.start(puppet("p"));
    kernel.tell(
      kernel.ref("p"),
      act(() => [emit(barAt(1))]),
    );
    expect(() => kernel.drain()).toThrow("disk full");
    expect(kernel.inspect()[0]).toMatchObject({ state: "running", lastError: null });
  });
});

describe("causes", () => {
  it("an event is its own cause, and what it leads to inherits it, timers too", () => {
    const causes: number[] = [];
    const r = rig(
      group("root", [
        {
          name: "a",
          listens: [{ type: "market.bar" }],
          behaviour: machine<null, unknown>({
            initial: () => null,
            receive: (_s, m, c): Step<null> => {
              causes.push(c.cause());
              if (m === "later") return [null, perform("late", 0)];
              return [null, emit(barAt(99)), perform("x", 0), { fx: "after", key: "k", delayMs: 5, msg: "later" }];
            },
          }),
        },
      ]),
    );
    r.kernel.deliver(barAt(7));
    r.run();
    r.tell("root/a", "later");
    r.run(10);
    expect(causes).toEqual([7, 0, 7]);
    expect(r.emitted.map((e) => e.cause)).toEqual([7]);
    expect(r.performed.map((p) => [p.port, p.cause])).toEqual([
      ["x", 7],
      ["late", 0],
      ["late", 7],
    ]);
  });
});

describe("delivering events", () => {
  const AAPL = ticker("AAPL");
  it("tells listeners of the type and of the ticker, in order of subscription", () => {
    const log: string[] = [];
    const r = rig(
      group("root", [
        scribe("one", log, { listens: [{ type: "market.bar", ticker: AAPL }] }),
        scribe("all", log, { listens: [{ type: "market.bar" }] }),
        scribe("two", log, { listens: [{ type: "market.bar", ticker: AAPL }] }),
        scribe("other", log, { listens: [{ type: "market.bar", ticker: ticker("MSFT") }, { type: "market.tick" }] }),
      ]),
    );
    r.kernel.deliver(barAt(1));
    r.run();
    expect(log.map((l) => l.split(":")[0])).toEqual(["one", "all", "two"]);
  });

  it("tells an actor of an event once, however often it listens", () => {
    const log: string[] = [];
    const r = rig(scribe("a", log, { listens: [{ type: "market.bar" }, { type: "market.bar", ticker: AAPL }] }));
    r.kernel.deliver(barAt(1));
    r.run();
    expect(log).toHaveLength(1);
  });

  it("tells of a headline whoever listens to one of its tickers", () => {
    const log: string[] = [];
    const r = rig(
      group("root", [
        scribe("aapl", log, { listens: [{ type: "news.scored", ticker: AAPL }] }),
        scribe("msft", log, { listens: [{ type: "news.scored", ticker: ticker("MSFT") }] }),
        scribe("both", log, {
          listens: [
            { type: "news.scored", ticker: ticker("MSFT") },
            { type: "news.scored", ticker: AAPL },
          ],
        }),
      ]),
    );
    const headline = { type: "news.scored", seq: seq(1), tickers: [AAPL] };
    r.kernel.deliver(headline as unknown as Parameters<typeof r.kernel.deliver>[0]);
    r.run();
    expect(log.map((l) => l.split(":")[0])).toEqual(["aapl", "both"]);
  });

  it("lets the host deliver a decision while it is emitted: listeners hear it in their turn", () => {
    const log: string[] = [];
    const kernel = createKernel({
      seed: 1,
      startAt: ms(0),
      host: {
        emit: (event, cause) => {
          Object.assign(event, { seq: seq(2), cause });
          log.push("taped");
          kernel.deliver(event);
          kernel.drain();
        },
        perform: () => {},
        recall: () => [],
      },
    });
    kernel.start(group("root", [puppet("p"), scribe("ear", log, { listens: [{ type: "market.bar" }] })]));
    const p = kernel.ref("root/p");
    kernel.tell(
      p,
      act((c) => [emit(barAt(9)), tell(c.ref("root/ear"), "after")]),
      seq(1),
    );
    kernel.tell(kernel.ref("root/ear"), "before");
    kernel.drain();
    expect(log.map((l) => (l.includes("{") ? (JSON.parse(l.slice(4)) as { cause: number }).cause : l))).toEqual([
      "taped",
      "ear:before",
      1,
      "ear:after",
    ]);
  });

  it("stops telling an actor that stopped", () => {
    const log: string[] = [];
    const r = rig(group("root", [scribe("a", log, { listens: [{ type: "market.bar", ticker: AAPL }] })]));
    r.kernel.deliver(barAt(1));
    r.run();
    r.kernel.control("root/a", "stop");
    r.kernel.deliver(barAt(2));
    r.run();
    expect(log).toHaveLength(1);
    r.kernel.control("root/a", "restart");
    r.kernel.deliver(barAt(3));
    r.run();
    expect(log).toHaveLength(2);
  });
});

it("refuses a tree with a bad or a doubled name", () => {
  expect(() => rig(group("root", [scribe("a/b", [])]))).toThrow("not a name");
  expect(() => rig(group("root", [scribe("a", []), scribe("a", [])]))).toThrow("two actors at root/a");
});
