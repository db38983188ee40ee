import { describe, expect, it } from "vitest";
import { type ActorContext, atMomentEnd, type Effect, machine, perform, type Step, tell } from "../../../../actors/actor.ts";
import { Door, type DoorOptions } from "../../../../runtime/kernel/door.ts";
import { clockMark, controlCommand } from "../../../../streams/domain/control.ts";
import type { BrokerReply, InputEvent, TapeEvent } from "../../../../streams/domain/event.ts";
import { type Bar, bar, halt } from "../../../../streams/domain/market.ts";
import { orderAccepted } from "../../../../streams/domain/order.ts";
import { ms, orderId, seq, ticker } from "../../../../streams/domain/units.ts";
import { group, scribe } from "../../../support/kernelRig.ts";

const AAPL = ticker("AAPL");
const MSFT = ticker("MSFT");
const price = (from: number, seen: number, of = AAPL): Bar => bar(of, ms(from), ms(seen), 2, 3, 1, 2, 10, 10);
const word = (at: number): InputEvent => halt(AAPL, { tEvent: ms(at), tSeen: ms(at) }, true, "word");
const mark = (at: number): InputEvent => clockMark(ms(at));
const accepted = (id: string, at: number): BrokerReply => orderAccepted(AAPL, orderId(id), "b", ms(at), seq(0));

/** What a message is, in short. */
const short = (m: unknown): string => {
  if (typeof m === "string") return m;
  const e = m as TapeEvent;
  return e.type === "market.bar"
    ? `bar ${e.ticker}`
    : e.type === "order.accepted"
      ? `accepted ${e.orderId}`
      : e.type.replace(/.*\./, "");
};
type Deeds = Record<string, (c: ActorContext) => Effect[]>;
const LISTENS = (["market.bar", "market.halt", "market.barRefused", "order.accepted", "clock.mark"] as const).map((type) => ({
  type,
}));
const hearer = (log: string[], deeds: Deeds) => ({
  name: "hearer",
  listens: LISTENS,
  behaviour: machine<null, unknown>({
    initial: () => null,
    receive: (s, m, c): Step<null> => {
      log.push(`${short(m)}@${c.now()}`);
      return [s, ...(deeds[short(m)]?.(c) ?? [])];
    },
  }),
});

const doored = (deeds: Deeds, more: Partial<DoorOptions> = {}) => {
  const log: string[] = [];
  const tape: TapeEvent[] = [];
  const shown: string[] = [];
  const door = new Door({
    seed: 1,
    startAt: ms(0),
    tree: group("root", [hearer(log, deeds)]),
    lister: "nobody",
    needs: [],
    performers: {
      echo: { perform: (request, now, offer) => offer(orderAccepted(AAPL, orderId(String(request)), "b", now, seq(0))) },
    },
    venue: {
      onBars: (bars, now) => {
        shown.push(`${bars.map((b) => b.ticker).join(" ")}@${now}`);
        return [];
      },
    },
    recorder: { bar: (b) => tape.push({ ...b }), other: (e) => tape.push({ ...e }) },
    ...more,
  });
  return { door, log, tape, shown };
};
const decide =
  (turn = 1, key = "") =>
  () => [atMomentEnd(turn, key, "decide")];

describe("a moment at the door", () => {
  it("ends where the next input was seen later, and at the end of what is fed", () => {
    const { door, log } = doored({ "bar AAPL": decide(), mark: decide() });
    door.feed([price(0, 10), mark(10), mark(5), price(10, 20), mark(20)]);
    expect(log).toEqual(["bar AAPL@10", "mark@10", "mark@10", "decide@10", "bar AAPL@20", "mark@20", "decide@20"]);
    door.feed([mark(20)]);
    door.admit(mark(20));
    expect(log.slice(7)).toEqual(["mark@20", "decide@20", "mark@20", "decide@20"]);
  });

  it("ends before the venue is shown the bars of the next, so that what was decided can trade in them", () => {
    const { door, shown, log } = doored({ "bar AAPL": () => [atMomentEnd(1, "", "decide")] });
    door.feed([price(0, 10), price(10, 20)]);
    expect(shown).toEqual(["AAPL@0", "AAPL@10"]);
    expect(log).toEqual(["bar AAPL@10", "decide@10", "bar AAPL@20", "decide@20"]);
  });

  it("goes on while what is asked of ports brings something back that asks again", () => {
    const { door, log, tape } = doored({
      mark: decide(2),
      decide: () => [perform("echo", "one")],
      "accepted one": () => [atMomentEnd(1, "", "decide more"), atMomentEnd(3, "", "last")],
      "decide more": () => [perform("echo", "two")],
    });
    door.feed([mark(10), mark(20)]);
    const moment = (at: number) =>
      ["mark", "decide", "accepted one", "decide more", "accepted two", "last"].map((w) => `${w}@${at}`);
    expect(log).toEqual([...moment(10), ...moment(20)]);
    expect(tape.map((e) => e.tSeen)).toEqual([10, 10, 10, 20, 20, 20]);
  });

  it("of a timer ends at its due time, its requests done, before time goes on", () => {
    const { door, log } = doored({
      mark: () => [{ fx: "after", key: "", delayMs: 5, msg: "timer" }],
      timer: decide(),
      decide: () => [perform("echo", "one")],
    });
    door.feed([mark(10), word(30)]);
    expect(log).toEqual(["mark@10", "timer@15", "decide@15", "accepted one@15", "halt@30"]);
    door.admit(mark(30));
    door.advanceTo(ms(35));
    expect(log.slice(-3)).toEqual(["timer@35", "decide@35", "accepted one@35"]);
  });
});

describe("the bars of one moment", () => {
  it("are shown to the venue together, others of the moment in between or not", () => {
    const { door, shown, log } = doored({});
    door.feed([word(20), price(10, 20), word(20), price(10, 20, MSFT), mark(15), price(12, 18), price(20, 30), price(20, 31)]);
    expect(shown).toEqual(["AAPL MSFT AAPL@20", "AAPL@20", "AAPL@30"]);
    expect(log.filter((l) => l.startsWith("bar"))).toHaveLength(5);
  });

  it("have what they did entered before the first of them, by time, then in the order said", () => {
    const replies = [accepted("c", 20), accepted("a", 12), accepted("b", 12)];
    const { door, log } = doored({}, { venue: { onBars: () => replies } });
    door.feed([price(10, 20), price(10, 20, MSFT)]);
    expect(log).toEqual(["accepted a@12", "accepted b@12", "accepted c@20", "bar AAPL@20", "bar MSFT@20"]);
  });

  it("come after what is due before the first of them begins", () => {
    const { door, log, shown } = doored({ mark: () => [{ fx: "after", key: "", delayMs: 5, msg: "timer" }] });
    door.feed([mark(10), price(30, 40), price(20, 40, MSFT)]);
    expect(log.slice(0, 2)).toEqual(["mark@10", "timer@15"]);
    expect(shown).toEqual(["AAPL MSFT@20"]);
  });
});

describe("a bar that can be none", () => {
  const good = { open: 2, high: 3, low: 1, close: 2, volume: 10, barMs: 10 };
  const bad: readonly (readonly [what: string, change: Partial<Bar>, reason: string])[] = [
    ["low above high", { low: 4 }, "high 3 is below low 4"],
    ["no price", { close: Number.NaN }, "a price is missing or not above zero"],
    ["open above high", { open: 5 }, "high 3 is below open or close"],
    ["close under low", { low: 2.5, close: 2, open: 2.7 }, "low 2.5 is above open or close"],
    ["a price without end", { high: Number.POSITIVE_INFINITY }, "a price is not finite"],
    ["a price of zero", { low: 0 }, "a price is missing or not above zero"],
    ["volume below zero", { volume: -1 }, "volume is missing or negative"],
    ["volume without end", { volume: Number.POSITIVE_INFINITY }, "volume is not finite"],
    ["no length", { barMs: 0 }, "its length is 0 ms"],
    ["a begin after it was seen", { tEvent: ms(21) }, "it begins at 21, after it was seen at 20"],
  ];

  it.each(bad)("with %s is on the tape as refused, and neither the venue nor an actor sees it", (_, change, reason) => {
    const { door, tape, shown, log } = doored({});
    door.feed([{ ...price(10, 20), ...good, ...change }, price(10, 20, MSFT)]);
    expect(tape.map((e) => e.type)).toEqual(["market.barRefused", "market.bar"]);
    expect(tape[0]).toMatchObject({ ticker: AAPL, tSeen: 20, seq: 1 });
    expect((tape[0] as { reason: string }).reason).toContain(reason);
    expect((tape[0] as TapeEvent).tEvent).toBeLessThanOrEqual(20);
    expect(shown).toEqual(["MSFT@20"]);
    expect(log).toEqual(["barRefused@20", "bar MSFT@20"]);
    expect(door.refusedBars).toBe(1);
  });

  it("is refused with its numbers, also alone and without a venue, and lists no ticker", () => {
    const heard: string[] = [];
    const { door, tape } = doored({}, { venue: null, tree: group("root", [scribe("lister", heard)]), lister: "root/lister" });
    door.admit({ ...price(10, 20), low: 4 });
    expect((tape[0] as { reason: string }).reason).toBe("high 3 is below low 4 (open 2, high 3, low 4, close 2, volume 10)");
    expect(heard).toEqual([]);
  });

  it("is an input like others when its tape is played", () => {
    const first = doored({});
    first.door.feed([{ ...price(10, 20), low: 4 }, price(20, 30)]);
    const again = doored({});
    again.door.feed(first.tape.map((e) => ({ ...e })) as InputEvent[]);
    expect(again.tape).toEqual(first.tape);
    expect(again.door.refusedBars).toBe(1);
  });
});

describe("a command that ends trading", () => {
  const kill = controlCommand("me", { do: "kill", reason: "enough" }, ms(0));
  const control = (path: string, action: "restart" | "pause" | "resume" | "stop") =>
    controlCommand("me", { do: "actor", path, action }, ms(0));
  const NEEDS = ["root", "root/money", "root/money/book", "root/money/sender"];
  const money = () => {
    const log: string[] = [];
    let crashes = 1;
    const obey = (name: string, more = {}) => ({
      name,
      listens: [{ type: "control.command" as const }],
      recalls: [{ type: "control.command" as const, last: "all" as const }],
      behaviour: machine<number, unknown>({
        initial: () => 0,
        receive: (n, m): Step<number> => {
          if (m === "boom" && crashes-- > 0) throw new Error("boom");
          if (typeof m === "object" && (m as TapeEvent).type === "control.command") {
            const { command } = m as typeof kill;
            if (command.do === "actor") return [n];
            return [n + 1, tell({ path: "root/log" }, `${name} hears ${command.do}, ${n} before`)];
          }
          return [n, tell({ path: "root/log" }, `${name} does ${m}`)];
        },
      }),
      ...more,
    });
    const tree = group("root", [
      scribe("log", log),
      group("money", [obey("book"), obey("sender")], { supervision: { strategy: "rest_for_one" } }),
      obey("other"),
    ]);
    const lives: string[] = [];
    const d = doored(
      {},
      {
        tree,
        needs: NEEDS.map((path) => ({ path, keepsMail: path === "root/money/book" })),
        lifecycle: (e) => lives.push(`${e.path} ${e.kind}`),
      },
    );
    lives.length = 0;
    const state = (path: string) => d.door.kernel.inspect().find((f) => f.path === path)?.state;
    const send = (path: string, what: string) => {
      d.door.kernel.tell(d.door.kernel.ref(path), what);
      d.door.kernel.drain();
    };
    return { ...d, log, lives, state, send };
  };
  const HEARD = ["log:book hears kill, 0 before", "log:sender hears kill, 0 before"];
  const rest = ["log:other hears kill, 0 before"];

  it("leaves alone who runs", () => {
    const m = money();
    m.door.admit({ ...kill });
    expect(m.log).toEqual([...HEARD, ...rest]);
    expect(m.lives).toEqual([]);
  });

  it("is heard by an actor that was stopped, in a life that began before it came", () => {
    const m = money();
    m.door.admit(control("root/money/sender", "stop"));
    m.door.admit({ ...kill });
    expect([...m.log].sort()).toEqual([...HEARD, ...rest].sort());
    expect(m.lives).toEqual(["root/money/sender stopped", "root/money/sender started"]);
    expect(m.tape.map((e) => e.type)).toEqual(["control.command", "control.command"]);
  });

  it("has an actor that was paused forget what waits for it", () => {
    const m = money();
    m.door.admit(control("root/money/sender", "pause"));
    m.send("root/money/sender", "an order");
    m.door.admit({ ...kill });
    expect(m.log.filter((l) => l.startsWith("log:sender"))).toEqual([HEARD[1]]);
    expect(m.state("root/money/sender")).toBe("running");
    expect(m.door.kernel.undelivered).toBe(1); // the order; the command that paused it was heard
    m.door.admit(control("root/money/sender", "resume"));
    expect(m.log.join()).not.toContain("an order");
  });

  it("has an actor that keeps its mail do what waited, before the command", () => {
    const m = money();
    m.door.admit(control("root/money/book", "pause"));
    m.send("root/money/book", "a fill");
    m.door.admit({ ...kill });
    expect(m.log.filter((l) => l.startsWith("log:book"))).toEqual(["log:book does a fill", HEARD[0]]);
  });

  it("has an actor that backs off forget what waits for it", () => {
    const m = money();
    m.send("root/money/sender", "boom");
    m.send("root/money/sender", "an order");
    m.door.admit({ ...kill });
    expect(m.log.filter((l) => l.startsWith("log:sender"))).toEqual([HEARD[1]]);
  });

  it("has a whole group that was paused go on with it", () => {
    const m = money();
    m.door.admit(control("root/money", "pause"));
    m.door.admit({ ...kill });
    expect([...m.log].sort()).toEqual([...HEARD, ...rest].sort());
  });

  it("ends a backoff, also of those that wait with the one that crashed", () => {
    const m = money();
    m.send("root/money/book", "boom");
    expect([m.state("root/money/book"), m.state("root/money/sender")]).toEqual(["backing_off", "backing_off"]);
    m.door.admit({ ...kill });
    expect(m.log).toContain(HEARD[1]);
    expect(m.lives).toContain("root/money/book started");
    m.door.advanceTo(ms(60_000));
    expect([m.state("root/money/book"), m.state("root/money/sender")]).toEqual(["running", "running"]);
    expect([...m.log].filter((l) => l.includes("kill")).sort()).toEqual([...HEARD, ...rest].sort());
  });

  it.each([["root/money"], ["root"]])("starts %s when it was stopped", (path) => {
    const m = money();
    m.door.admit(control(path, "stop"));
    m.door.admit({ ...kill });
    expect(NEEDS.map(m.state)).toEqual(NEEDS.map(() => "running"));
    if (path === "root/money") expect([...m.log].sort()).toEqual([...HEARD, ...rest].sort());
  });

  it("does no more when it comes twice", () => {
    const m = money();
    m.door.admit(control("root/money", "stop"));
    m.door.admit({ ...kill });
    const { length } = m.lives;
    m.door.admit({ ...kill });
    expect(m.lives).toHaveLength(length);
    expect(m.log.filter((l) => l.startsWith("log:sender"))).toEqual([HEARD[1], "log:sender hears kill, 1 before"]);
  });

  it("starts nobody when it is another command", () => {
    const m = money();
    m.door.admit(control("root/money/sender", "stop"));
    m.door.admit(controlCommand("me", { do: "pause", reason: "" }, ms(0)));
    expect(m.state("root/money/sender")).toBe("stopped");
  });
});
