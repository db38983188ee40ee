import { describe, expect, it } from "vitest";
import { executorActor } from "../../actors/executor.ts";
import { portfolioActor } from "../../actors/portfolio.ts";
import { createViews } from "../../gateway/views.ts";
import { controlCommand } from "../../streams/domain/control.ts";
import type { TapeEvent } from "../../streams/domain/event.ts";
import { closingBegan, closingEnded } from "../../streams/domain/limits.ts";
import { bar, halt } from "../../streams/domain/market.ts";
import { fill, type Order, orderAccepted, orderLost, orderRejected } from "../../streams/domain/order.ts";
import { accountAdopted, accountOpened } from "../../streams/domain/portfolio.ts";
import { RunConfig } from "../../streams/domain/run.ts";
import { target } from "../../streams/domain/signal.ts";
import { money, ms, orderId, qty, SCALE, seq, shares, type Ticker, ticker } from "../../streams/domain/units.ts";
import { verdict } from "../../streams/domain/verdict.ts";
import { changed, crashOnce } from "../support/crashing.ts";
import { exchangeRig, exit } from "../support/exchangeRig.ts";
import { limits, threeStrategies } from "../support/fakePorts.ts";
import { given, said } from "../support/given.ts";
import { count, order, usd } from "../support/orders.ts";
import { FIRST_OPEN } from "../support/playing.ts";
import { closeOf, fillsOf, heldIn, minutesOf, ordering, pressed, scripted, viewing } from "../support/scripted.ts";

const AAPL = ticker("AAPL");
const MSFT = ticker("MSFT");
const flat = (symbol: Ticker, length = 20, volume?: number) => minutesOf(symbol, Array(length).fill(100), volume);
const DAY = 86_400_000;
const at = ms(1);
let seqs = 100;
const stamped = <E extends TapeEvent>(e: E): E => ({ ...e, seq: seq(++seqs) });
const filled = (o: Order, n: number, leaves = 0) =>
  stamped(
    fill({
      ticker: o.ticker,
      orderId: o.id,
      fillId: `${o.id}#${++seqs}`,
      side: o.side,
      qty: count(n),
      px: usd(100),
      commission: money(0),
      leaves: count(leaves),
      tEvent: at,
      tSeen: at,
      cause: seq(0),
    }),
  );
const restart = (path: string, minute: number, laterMs = 0) => pressed(minute, { do: "actor", path, action: "restart" }, laterMs);

describe("a bracketed entry that expired in part, after a restart", () => {
  const own = ordering("own", (_t, n) =>
    n === 1
      ? [
          {
            do: "submit",
            order: {
              side: "buy",
              kind: "market",
              qty: count(10),
              bracket: { stopLoss: usd(50), takeProfit: usd(200) },
              reason: "",
            },
          },
        ]
      : [],
  );
  const day1 = [...minutesOf(AAPL, [100, 100]), ...minutesOf(AAPL, [100, 100, 100], 4).slice(2)];
  const day2 = flat(AAPL).map((b) => bar(AAPL, ms(b.tEvent + DAY), ms(b.tSeen + DAY), 100, 100, 100, 100, 1_000_000, 60_000));
  const later = (minute: number, command: Parameters<typeof controlCommand>[1]) =>
    controlCommand("ana", command, ms(closeOf(minute) + DAY));
  const play = (restarts: boolean) =>
    scripted(
      [own],
      [
        ...day1,
        ...day2,
        ...(restarts ? [later(3, { do: "actor", path: "deck/money", action: "restart" })] : []),
        later(5, { do: "close", ticker: AAPL }),
      ],
      { volumeShare: 1 },
    );
  it.each([false, true])("closes all the same, restarted (%s)", (restarts) => {
    const p = play(restarts);
    const types = p.events.flatMap((e) =>
      e.type === "order.filled" || e.type === "order.expired" || e.type.startsWith("closing") ? [e.type] : [],
    );
    expect(heldIn(p)).toEqual([]);
    expect(types).toContain("order.expired");
    expect(types).toContain("closing.ended");
  });

  it("closes all the same after a crash of the portfolio, which begins the executor anew", () => {
    const crash = crashOnce((m) => m.type === "market.bar", 9);
    const tape = [...day1, ...day2, later(8, { do: "close", ticker: AAPL })];
    const p = scripted([own], tape, {}, { tree: (deck) => changed(deck, "deck/money/portfolio", crash.on) });
    expect(p.life.filter((e) => e.kind === "crashed")).toHaveLength(1);
    expect(p.exchange.working()).toEqual([]);
    expect(p.events.map((e) => e.type)).toContain("closing.ended");
  });
});

describe("an entry that a pause withdrew, and a restart of the portfolio in the pause", () => {
  const bull = viewing("bull", (_t, n) => (n === 1 ? 1 : undefined));
  it.each([false, true])("is had when the pause ends, restarted (%s)", (restarts) => {
    const p = scripted(
      [bull],
      [
        ...flat(AAPL),
        pressed(1, { do: "pause", reason: "lunch" }, 1_000),
        ...(restarts ? [restart("deck/money/portfolio", 3)] : []),
        pressed(5, { do: "resume" }),
      ],
    );
    expect(heldIn(p)).toEqual(["ensemble AAPL 10"]);
  });
});

describe("close all, widened to the whole account, then a restart", () => {
  const own = ordering("own", (_t, n) =>
    n === 1 ? [{ do: "submit", order: { side: "buy", kind: "market", qty: count(10), reason: "" } }] : [],
  );
  it.each([false, true])("sells the account's shares too, restarted (%s)", (restarts) => {
    const adopted = accountAdopted(
      {
        ticker: AAPL,
        book: "account",
        shares: shares(5 * SCALE),
        cost: money(500 * SCALE),
        openFees: money(0),
        mark: 100,
        openedAt: ms(FIRST_OPEN),
        openedBy: orderId("elsewhere"),
        tEvent: ms(FIRST_OPEN),
        tSeen: ms(FIRST_OPEN),
      } as never,
      ms(FIRST_OPEN) as never,
    );
    const p = scripted(
      [own],
      [
        adopted,
        ...flat(AAPL),
        ...flat(AAPL).map((b) => bar(AAPL, ms(b.tEvent + DAY), ms(b.tSeen + DAY), 100, 100, 100, 100, 1_000_000, 60_000)),
        halt(AAPL, { tEvent: ms(closeOf(3)), tSeen: ms(closeOf(3)) } as never, true, "news"),
        pressed(4, { do: "close", ticker: AAPL }),
        pressed(5, { do: "closeAll", wholeAccount: true }),
        ...(restarts ? [restart("deck/money/portfolio", 6)] : []),
        halt(AAPL, { tEvent: ms(closeOf(8) + DAY), tSeen: ms(closeOf(8) + DAY) } as never, false, "over"),
      ],
    );
    expect(heldIn(p)).toEqual([]);
  });
});

describe("a stopped executor", () => {
  it.each(["executor", "risk"])("stopped %s: no working order that may open fills", (actor) => {
    const own = ordering("own", (_t, n) =>
      n === 1 ? [{ do: "submit", order: { side: "buy", kind: "limit", qty: count(10), limitPx: usd(95), reason: "" } }] : [],
    );
    const p = scripted(
      [own],
      [
        ...minutesOf(AAPL, [100, 100, 100, 100, 100, 94, 94, 94]),
        pressed(3, { do: "actor", path: `deck/money/${actor}`, action: "stop" }),
      ],
    );
    expect(fillsOf(p)).toEqual([]);
  });
});

describe("prices replaced twice", () => {
  it("the first ones hold in the bar that began after them, whatever comes during it", () => {
    const e = exchangeRig();
    e.send({ id: orderId("in"), qty: count(10) });
    e.bar([100, 100, 100, 100]);
    e.send(exit({ id: orderId("sl"), kind: "stop", stopPx: usd(90) }));
    const t0 = FIRST_OPEN + 60_000;
    e.exchange.replace(orderId("sl"), { limitPx: null, stopPx: usd(95), bracket: null }, ms(t0), seq(1));
    e.exchange.replace(orderId("sl"), { limitPx: null, stopPx: usd(97), bracket: null }, ms(t0 + 30_000), seq(1));
    expect(e.bar([100, 100, 94, 94])).toEqual(["sl sell 10 at 95"]);
  });
});

describe("an order that was given up and turns up whole", () => {
  const entry = order({ id: orderId("r-dip-AAPL-1"), by: "dip", bracket: { stopLoss: usd(90), takeProfit: null } });
  it("has its legs followed and withdrawn", () => {
    const e = given(executorActor(true));
    e.when({ type: "approved", order: entry });
    e.when(
      stamped({
        type: "request.failed",
        seq: seq(0),
        v: 1,
        tEvent: at,
        tSeen: at,
        cause: seq(0),
        port: "broker",
        request: "submit",
        about: entry.id,
        sent: "no",
        reason: "down",
      } as never),
    );
    expect(said(e.when({ type: "waited.long", orderId: entry.id }))).toContain("emit order.lost");
    expect(said(e.when(filled(entry, 10)))).toEqual(
      expect.arrayContaining(["emit order.cancelRequested", "perform broker cancel"]),
    );
  });
  it("after a restart is followed and withdrawn until it is gone", () => {
    const e = given(executorActor(true), [stamped(orderLost(AAPL, entry.id, "x", entry))]);
    expect(said(e.when(stamped(orderAccepted(AAPL, entry.id, "b", at, seq(1)))))).toContain("perform broker cancel");
    const flushed = e.when({ type: "flush", n: 1 });
    expect((flushed[0] as { msg: { known: Set<string> } }).msg.known.has(entry.id)).toBe(true);
  });
});

describe("a late fill of an order from before a close, in a later life", () => {
  const id = (n: number) => orderId(`r-dip-AAPL-${n}`);
  const denied = (n: number) =>
    stamped(verdict({ ticker: AAPL, orderId: id(n), outcome: "denied", asked: count(1), granted: qty(0), denial: null }));
  const price = stamped(bar(AAPL, at, at, 100, 100, 100, 100, 1, 60_000));
  it.each([[2], [9]])("is sold again, with %i verdicts since", (verdicts) => {
    // what RecallStore tells: verdicts are the last 8 of a ticker
    const before = [
      denied(5),
      stamped(controlCommand("me", { do: "close", ticker: AAPL }, at)),
      stamped({ type: "closing.ended", seq: seq(0), v: 1, tEvent: at, tSeen: at, cause: seq(0), ticker: AAPL } as never),
    ] as TapeEvent[];
    const after = Array.from({ length: verdicts }, (_, i) => denied(6 + i));
    const all = [...before, ...after];
    const vs = all.filter((e) => e.type === "risk.verdict").slice(-8);
    const told = all.filter((e) => e.type !== "risk.verdict" || vs.includes(e));
    const p = given(portfolioActor(RunConfig.parse({}), "r"), [...told, price]);
    p.when({ type: "flushed", n: 1, known: new Set(), held: [] });
    expect(said(p.when(filled(order({ id: id(3), by: "dip" }), 10)))).toContain("emit closing.began");
  });
});

describe("a kill pressed again", () => {
  const bull = viewing("bull", (_t, n) => (n === 5 ? 1 : undefined));
  it.each([false, true])("changes nothing: a view newer than the kill is tried when it ends; repeated (%s)", (again) => {
    const p = scripted(
      [bull],
      [
        ...flat(AAPL),
        pressed(3, { do: "kill", reason: "x" }),
        ...(again ? [pressed(6, { do: "kill", reason: "x" })] : []),
        pressed(8, { do: "unkill" }),
      ],
    );
    expect(heldIn(p)).toEqual(["ensemble AAPL 10"]);
  });
});

describe("a close with a stopped risk starts it", () => {
  it("and the pause that the stop made is over with it", () => {
    const bull = viewing("bull", (t, n) => ((t === AAPL && n === 1) || (t === MSFT && n === 8) ? 1 : undefined));
    const p = scripted(
      [bull],
      [
        ...flat(AAPL),
        ...flat(MSFT),
        pressed(3, { do: "actor", path: "deck/money/risk", action: "stop" }),
        pressed(5, { do: "close", ticker: AAPL }),
        pressed(7, { do: "actor", path: "deck/money/risk", action: "resume" }),
      ],
    );
    expect(heldIn(p)).toEqual(["ensemble MSFT 10"]);
  });
});

describe("the state of controls for people", () => {
  it("shows a closing that began again by a fill that came late", () => {
    const deck = createViews({ limits, strategies: threeStrategies });
    const now = 1_780_408_800_000;
    let place = 0;
    const give = (event: TapeEvent) => deck.offer({ ...event, seq: seq(++place), tSeen: ms(now), tEvent: ms(now) } as TapeEvent);
    give(accountOpened(money(10_000 * SCALE), ms(now)));
    give(controlCommand("ana", { do: "close", ticker: AAPL }, ms(now)));
    give(closingBegan({ ticker: AAPL, by: "ana", reason: "close", wholeAccount: false }));
    give(closingEnded(AAPL));
    give(filled(order({ id: orderId("r-dip-AAPL-1"), by: "dip" }), 10)); // it had been given up before the close
    give(closingBegan({ ticker: AAPL, by: "ana", reason: "close", wholeAccount: false }));
    expect(deck.control().closing.map((c) => [c.ticker, c.left])).toEqual([["AAPL", "10"]]);
  });
});

describe("an exit for a target that failed, and a restart before it is tried again", () => {
  it.each([false, true])("is tried again, restarted (%s)", (restarts) => {
    const price = stamped(bar(AAPL, at, at, 100, 100, 100, 100, 1, 60_000));
    const bought = order({ id: orderId("r-ensemble-AAPL-1") });
    const t = stamped(target({ ticker: AAPL, strength: 0, weight: 0, contributions: [] }));
    const out = order({ id: orderId("r-ensemble-AAPL-2"), side: "sell", reduceOnly: true });
    const passed = {
      ...stamped(verdict({ ticker: AAPL, orderId: out.id, outcome: "approved", asked: out.qty, granted: out.qty, denial: null })),
      cause: t.seq,
    };
    const rejected = stamped(orderRejected(AAPL, out.id, "BUSY", "later", at, seq(0)));
    const p = given(
      portfolioActor(RunConfig.parse({ sizing: { by: "shares", shares: 10 } }), "r"),
      restarts ? [filled(bought, 10), t, passed, rejected, price] : [filled(bought, 10), price],
    );
    const asked: string[] = [];
    const note = (es: ReturnType<typeof p.when>) => asked.push(...said(es));
    note(p.when({ type: "flushed", n: 1, known: new Set(), held: [] }));
    if (!restarts) {
      note(p.when(t));
      asked.length = 0;
      for (const e of [{ ...passed, orderId: orderId("r-ensemble-AAPL-1") }]) p.when(e);
      note(
        p.when({ ...rejected, orderId: [...(p.state() as { working: { byId: Map<string, unknown> } }).working.byId.keys()][0] }),
      );
    }
    note(p.when(price));
    expect(asked.some((a) => a === "after" || a === "tell risk proposed")).toBe(true);
  });
});
