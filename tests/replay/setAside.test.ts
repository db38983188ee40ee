import { describe, expect, it } from "vitest";
import type { ActorSpec } from "../../actors/actor.ts";
import { type Command, controlCommand } from "../../streams/domain/control.ts";
import type { EventOf, EventType, InputEvent } from "../../streams/domain/event.ts";
import { ms, ticker } from "../../streams/domain/units.ts";
import { imbalance, type Ledger, sharesOf } from "../../streams/portfolio/ledger.ts";
import { changed } from "../support/crashing.ts";
import { market, type Played, played, taped } from "../support/playing.ts";

const PORTFOLIO = "deck/money/portfolio";
const tickers = ["AAPL", "MSFT", "NVDA"].map(ticker);
const days: readonly InputEvent[] = market({ seed: 5, tickers, barMs: 300_000, volatility: 3, newsPerDay: 60, halts: false }, 4);

/** The portfolio cannot stand one fill, the nth: so many times. */
const fussy = (nth: number, times: number) => {
  const seen = new Set<string>();
  let bad: string | null = null;
  let left = times;
  let ledger: Ledger | null = null;
  const on = (spec: ActorSpec): ActorSpec => {
    const { behaviour } = spec;
    if (behaviour === undefined || !("receive" in behaviour)) throw new Error("no machine");
    return {
      ...spec,
      backoff: { minMs: 0, maxMs: 0 },
      behaviour: {
        ...behaviour,
        receive: (state, msg, context) => {
          const m = msg as { readonly type: string; readonly fillId?: string };
          if (m.type === "order.filled" && m.fillId !== undefined && !seen.has(m.fillId)) {
            seen.add(m.fillId);
            if (seen.size === nth) bad = m.fillId;
          }
          if (m.fillId !== undefined && m.fillId === bad && left > 0) {
            left -= 1;
            throw new Error("cannot be counted");
          }
          const step = behaviour.receive(state, msg, context);
          ledger = (step[0] as { readonly ledger: Ledger }).ledger;
          return step;
        },
      },
    };
  };
  return { on, bad: () => bad, ledger: () => ledger as Ledger | null };
};

const at = (when: number, command: Command): InputEvent => controlCommand("owner", command, ms(when));
const typed = <T extends EventType>(p: Played, type: T) => p.events.filter((e): e is EventOf<T> => e.type === type);
const play = (f: ReturnType<typeof fussy>, commands: readonly InputEvent[] = []) =>
  played(taped([...days, ...commands]), { tree: (deck) => changed(deck, PORTFOLIO, f.on) });
const later = (days[Math.floor(days.length / 2)] as InputEvent).tSeen;

describe("a fill that crashes the portfolio twice", () => {
  const f = fussy(4, 2);
  const p = play(f);
  const stops = typed(p, "trading.stopped");

  it("stops trading: the reason names it, nothing opens any more, and nothing is closed by a ledger that is wrong", () => {
    expect(p.door.kernel.deadLetters().map((l) => [l.path, (l.message as { fillId: string }).fillId])).toEqual([
      [PORTFOLIO, f.bad()],
    ]);
    expect(stops).toHaveLength(1);
    expect(stops[0]).toMatchObject({ keepsPositions: true, reason: expect.stringContaining(`fill ${f.bad()} of`) });
    const since = stops[0]?.seq ?? 0;
    const sent = typed(p, "order.submitted").filter((e) => e.seq > since);
    expect(sent.filter((e) => !e.order.reduceOnly)).toEqual([]);
    expect(typed(p, "closing.began")).toEqual([]);
    expect(typed(p, "risk.verdict").some((v) => v.seq > since && v.denial?.code === "TRADING_HALTED")).toBe(true);
  });

  it("is a state: it outlasts the crash of all that trade, until a person ends it", () => {
    const restarts = ["portfolio", "executor", "risk"].map((name) =>
      at(later, { do: "actor", path: `deck/money/${name}`, action: "restart" }),
    );
    const g = fussy(4, 2);
    const still = play(g, restarts);
    const since = typed(still, "trading.stopped")[0]?.seq ?? 0;
    expect(since).toBeGreaterThan(0);
    expect(typed(still, "order.submitted").filter((e) => e.seq > since && !e.order.reduceOnly)).toEqual([]);
    expect(typed(still, "trading.stopped")).toHaveLength(1);
  });

  it("can be told again: the ledger is right then, and trading goes on when a person says so", () => {
    const g = fussy(4, 2);
    const whole = play(g, [at(later, { do: "retry", letter: 1 }), at(later, { do: "resume" })]);
    const since = typed(whole, "control.command").at(-1)?.seq ?? 0;
    expect(whole.door.kernel.deadLetters()).toEqual([]);
    expect(typed(whole, "order.submitted").some((e) => e.seq > since && !e.order.reduceOnly)).toBe(true);
    const ledger = g.ledger() as Ledger;
    expect(imbalance(ledger)).toBe(0);
    expect(ledger.cash).toBe(whole.exchange.cash());
    for (const t of tickers)
      expect(sharesOf(ledger, t)).toBe(whole.exchange.positions().find((h) => h.ticker === t)?.shares ?? 0);
  });

  it("is told to stop trading each time, when it cannot be counted again either", () => {
    const g = fussy(4, 4);
    const again = play(g, [at(later, { do: "retry", letter: 1 }), at(later, { do: "resume" })]);
    expect(typed(again, "trading.stopped")).toHaveLength(2);
    expect(again.door.kernel.deadLetters().map((l) => l.id)).toEqual([2]);
  });

  it("plays again to the same decisions", () => {
    expect(play(fussy(4, 2)).hash.hex()).toBe(p.hash.hex());
  });
});
