import { describe, expect, it } from "vitest";
import type { Command } from "../../streams/domain/control.ts";
import type { OrderAction } from "../../streams/domain/order.ts";
import { type Ticker, ticker } from "../../streams/domain/units.ts";
import { count, usd } from "../support/orders.ts";
import type { Played } from "../support/playing.ts";
import { closeOf, fillsOf, heldIn, minutesOf, ordering, pressed, refusalsOf, scripted, viewing } from "../support/scripted.ts";

const AAPL = ticker("AAPL");
const MSFT = ticker("MSFT");
const flatMarket = (symbol: Ticker, length = 20, volume?: number) => minutesOf(symbol, Array(length).fill(100), volume);
/** Long of everything from the second bar on. */
const bull = viewing("bull", (_t, n) => (n === 1 ? 1 : undefined));
const typed = <T extends Played["events"][number]["type"]>(p: Played, type: T) => p.events.filter((e) => e.type === type);
const market = (side: "buy" | "sell", n: number): OrderAction => ({
  do: "submit",
  order: { side, kind: "market", qty: count(n), reason: "" },
});
const limit = (side: "buy" | "sell", n: number, at: number): OrderAction => ({
  do: "submit",
  order: { side, kind: "limit", qty: count(n), limitPx: usd(at), reason: "" },
});
const kill: Command = { do: "kill", reason: "smoke" };

describe("a control that closes", () => {
  const eleven = Array.from({ length: 11 }, (_, i) => ticker(`T${String.fromCharCode(65 + i)}`));
  /** Eleven positions of five shares, of which two a minute can be sold. */
  const deck = (...commands: (readonly [minute: number, command: Command])[]) =>
    scripted(
      [bull],
      [
        ...eleven.flatMap((t) => minutesOf(t, Array(20).fill(100), 20)),
        ...commands.map(([minute, command]) => pressed(minute, command)),
      ],
      { sizing: { by: "shares", shares: 5 }, volumeShare: 0.1 },
    );

  it("is needed: without one all eleven positions stay open", () => {
    expect(heldIn(deck())).toHaveLength(11);
  });

  it.each([
    ["kill, in the same moment", kill, 6, 6],
    ["kill, a minute later", kill, 6, 7],
    ["close of everything, in the same moment", { do: "closeAll" }, 6, 6],
    ["close of everything, a minute later", { do: "closeAll" }, 6, 7],
  ] as const)("ends flat when pressed twice: %s", (_what, command, first, second) => {
    const once = deck([first, command]);
    const twice = deck([first, command], [second, command]);
    expect(heldIn(once)).toEqual([]);
    expect(fillsOf(twice)).toEqual(fillsOf(once));
    expect(typed(twice, "order.submitted")).toHaveLength(22);
    expect(typed(twice, "order.cancelled")).toEqual([]);
  });

  it("ends flat when it is followed by the other", () => {
    expect(heldIn(deck([6, { do: "closeAll" }], [7, kill]))).toEqual([]);
    expect(heldIn(deck([6, kill], [7, { do: "closeAll" }], [8, { do: "close", ticker: eleven[0] as Ticker }]))).toEqual([]);
  });

  it.each(["risk", "executor", "portfolio"] as const)("ends flat when it is a kill and %s was stopped", (actor) => {
    const p = deck([5, { do: "actor", path: `deck/money/${actor}`, action: "stop" }], [6, kill]);
    expect(heldIn(p)).toEqual([]);
  });

  it.each(["risk", "executor", "portfolio"] as const)("ends flat when it is a kill and %s was paused", (actor) => {
    const p = deck([5, { do: "actor", path: `deck/money/${actor}`, action: "pause" }], [6, kill]);
    expect(heldIn(p)).toEqual([]);
  });

  it("ends flat when it comes while entries are on their way, and in part filled", () => {
    for (const minute of [1, 2, 3]) {
      expect(heldIn(deck([minute, kill]))).toEqual([]);
    }
  });

  it("says when the closing of each ticker began and ended, and no more than once", () => {
    const p = deck([6, { do: "closeAll" }], [7, { do: "closeAll" }]);
    const said = (type: "closing.began" | "closing.ended") => typed(p, type).flatMap((e) => ("ticker" in e ? [e.ticker] : []));
    expect(said("closing.began").sort()).toEqual([...eleven].sort());
    expect(said("closing.ended").sort()).toEqual([...eleven].sort());
  });
});

describe("after a kill", () => {
  const views = viewing("views", (_t, n) => (n === 1 || n === 8 || n === 12 ? 1 : n === 6 || n === 10 ? -1 : undefined));

  it("nothing opens until it is taken back, not by resume; then a view newer than the kill does", () => {
    const p = scripted(
      [views],
      [...flatMarket(AAPL), pressed(4, kill), pressed(5, { do: "resume" }), pressed(9, { do: "unkill" })],
    );
    expect(fillsOf(p).slice(0, 3)).toEqual([
      "1 ensemble AAPL buy 10 @ 100",
      "4 ensemble AAPL sell 10 @ 100",
      "9 ensemble AAPL buy 10 @ 100",
    ]);
  });
});

describe("after a close", () => {
  it("only a newer view opens the ticker again, not the one that stood", () => {
    const views = viewing("views", (t, n) => (n === 1 || (n === 9 && t === AAPL) ? 1 : undefined));
    const p = scripted([views], [...flatMarket(AAPL), ...flatMarket(MSFT), pressed(4, { do: "close", ticker: AAPL })]);
    expect(fillsOf(p)).toEqual([
      "1 ensemble AAPL buy 10 @ 100",
      "1 ensemble MSFT buy 10 @ 100",
      "4 ensemble AAPL sell 10 @ 100",
      "9 ensemble AAPL buy 10 @ 100",
    ]);
  });

  it("is over when the ticker is flat, and until then nothing enters it", () => {
    const views = viewing("views", (_t, n) => (n === 1 || n === 7 ? 1 : undefined));
    const p = scripted([views], [...flatMarket(AAPL, 20, 20), pressed(6, { do: "close", ticker: AAPL })], { volumeShare: 0.2 });
    expect(typed(p, "closing.began").map((e) => e.tSeen)).toEqual([closeOf(6)]);
    const [ended] = typed(p, "closing.ended");
    expect(refusalsOf(p)).toContain("7 AAPL denied 10: CLOSING");
    const sold = typed(p, "order.filled").filter((e) => e.type === "order.filled" && e.side === "sell");
    expect(ended?.tSeen).toBe(sold.at(-1)?.tSeen);
    expect(heldIn(p)).toEqual(["ensemble AAPL 10"]); // the view of minute 7 is newer than the close
  });

  it("of a ticker that is not held changes nothing but that it began and ended", () => {
    const p = scripted([viewing("quiet", () => undefined)], [...flatMarket(AAPL), pressed(4, { do: "close", ticker: AAPL })]);
    expect(fillsOf(p)).toEqual([]);
    expect([typed(p, "closing.began"), typed(p, "closing.ended")].map((e) => e.length)).toEqual([1, 1]);
  });
});

describe("a pause", () => {
  it("withdraws what may open, keeps exits, and opens nothing", () => {
    const own = ordering("own", (_t, n) =>
      n === 1
        ? [market("buy", 10)]
        : n === 3
          ? [
              limit("buy", 5, 90),
              {
                do: "submit",
                order: { side: "sell", kind: "limit", qty: count(10), limitPx: usd(110), reduceOnly: true, reason: "" },
              },
            ]
          : n === 6
            ? [market("buy", 1)]
            : [],
    );
    const prices = [100, 100, 100, 100, 100, 100, 100, 85, 100, 115, 100];
    const p = scripted([own], [...minutesOf(AAPL, prices), pressed(4, { do: "pause", reason: "lunch" })]);
    expect(fillsOf(p)).toEqual(["1 own AAPL buy 10 @ 100", "9 own AAPL sell 10 @ 110"]);
    expect(refusalsOf(p)).toEqual(["6 AAPL denied 1: TRADING_HALTED"]);
    expect(typed(p, "order.cancelled").map((e) => e.tSeen)).toEqual([closeOf(4)]);
  });

  it("is over by resume: the target that was denied is tried again, without a new view", () => {
    const p = scripted([bull], [...flatMarket(AAPL), pressed(0, { do: "pause", reason: "lunch" }), pressed(5, { do: "resume" })]);
    expect(refusalsOf(p)).toEqual(["1 AAPL denied 10: TRADING_HALTED"]);
    expect(fillsOf(p)).toEqual(["5 ensemble AAPL buy 10 @ 100"]);
  });

  it("that withdrew the entry for a target is over by resume too", () => {
    const p = scripted(
      [bull],
      [...flatMarket(AAPL), pressed(1, { do: "pause", reason: "lunch" }, 1), pressed(5, { do: "resume" })],
    );
    expect(typed(p, "order.cancelled")).toHaveLength(1);
    expect(fillsOf(p)).toEqual(["5 ensemble AAPL buy 10 @ 100"]);
  });

  it.each(["risk", "executor", "portfolio"] as const)("comes by itself while %s is stopped", (actor) => {
    const path = `deck/money/${actor}`;
    const p = scripted(
      [viewing("views", (_t, n) => (n === 1 ? 1 : n === 4 || n === 9 ? -1 : n === 5 ? 0 : undefined))],
      [
        ...flatMarket(AAPL),
        pressed(3, { do: "actor", path, action: "stop" }),
        pressed(8, { do: "actor", path, action: "restart" }),
      ],
    );
    const during = fillsOf(p).filter((f) => Number(f.split(" ")[0]) > 3 && Number(f.split(" ")[0]) < 8);
    expect(during).toEqual([]);
    expect(heldIn(p)).toEqual(["ensemble AAPL -10"]);
    expect(p.exchange.working()).toEqual([]);
  });

  it.each(["risk", "executor"] as const)("by a stopped %s is over when it starts: what was wanted meanwhile is done", (actor) => {
    const path = `deck/money/${actor}`;
    const p = scripted(
      [viewing("views", (_t, n) => (n === 1 ? 1 : n === 4 ? -1 : undefined))],
      [
        ...flatMarket(AAPL),
        pressed(3, { do: "actor", path, action: "stop" }),
        pressed(8, { do: "actor", path, action: "restart" }),
      ],
    );
    expect(fillsOf(p).slice(1)).toEqual(["8 ensemble AAPL sell 10 @ 100", "8 ensemble AAPL sell 10 @ 100"]);
  });
});
