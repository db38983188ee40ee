import { beforeAll, describe, expect, it } from "vitest";
import { sha256 } from "../../runtime/adapters/system/digest.ts";
import { tradingCore } from "../../runtime/core/tradingCore.ts";
import { simulated } from "../../runtime/core/venue.ts";
import { deckTree } from "../../runtime/tree.ts";
import type { TapeEvent } from "../../streams/domain/event.ts";
import type { Order } from "../../streams/domain/order.ts";
import { RunConfig } from "../../streams/domain/run.ts";
import { newYorkDate } from "../../streams/market/calendar.ts";
import { COMPANIES } from "../../streams/market/companies.ts";
import { generatedMarket } from "../../streams/market/generated.ts";
import { directoryOf } from "../../streams/news/extract.ts";
import { builtinScorer } from "../../streams/news/score.ts";
import { bindAll, DEFAULT_STRATEGIES } from "../../streams/strategies/registry.ts";

const SESSIONS = 63;
const LAST_MONTH = 21;

/** What is kept of an order: when it was sent, in which session, and whether anything more may come of it. */
interface Sent {
  readonly order: Order;
  readonly session: number;
}

/** The default market, as `npm start` plays it, for a quarter, at max. */
const quarter = () => {
  const config = RunConfig.parse({ strategies: DEFAULT_STRATEGIES, costs: { commission: 0, slippage: 0.0002 } });
  const proposed = new Set<string>();
  const sent = new Map<string, Sent>();
  const open = new Map<string, Sent>();
  const found = { twice: [] as string[], pastTheirDay: [] as string[], bars: 0, fills: 0 };
  const lastMonth = new Map<string, { buys: number; sells: number }>();
  let session = 0;
  let date = "";
  const close = (id: string): boolean => open.delete(id);
  const note = (e: TapeEvent): void => {
    switch (e.type) {
      case "risk.verdict":
        if (proposed.has(e.orderId)) found.twice.push(e.orderId);
        proposed.add(e.orderId);
        return;
      case "order.submitted":
        if (sent.has(e.order.id)) found.twice.push(e.order.id);
        sent.set(e.order.id, { order: e.order, session });
        open.set(e.order.id, { order: e.order, session });
        return;
      case "order.filled": {
        found.fills += 1;
        if (e.leaves === 0) close(e.orderId);
        if (session <= SESSIONS - LAST_MONTH) return;
        const of = lastMonth.get(e.ticker) ?? { buys: 0, sells: 0 };
        if (e.side === "buy") of.buys += 1;
        else of.sells += 1;
        lastMonth.set(e.ticker, of);
        return;
      }
      case "order.rejected":
      case "order.cancelled":
      case "order.expired":
        close(e.orderId);
        return;
      case "market.bar":
        found.bars += 1;
        return;
      default:
        return;
    }
  };
  const around = simulated(config, builtinScorer(directoryOf(COMPANIES)));
  const core = tradingCore({
    ...around,
    config,
    tree: deckTree(config, "s0123456789", bindAll(config.strategies)),
    digest: sha256,
    record: note,
    escalated: (path, error) => {
      throw new Error(`${path}: ${error}`);
    },
  });
  const tickers = COMPANIES.map((c) => c.ticker);
  const source = generatedMarket({ seed: 1, tickers, start: "2026-01-05", quotesPerBar: 2, newsPerDay: 60 });
  for (;;) {
    const batch = source.next();
    const at = batch.find((e) => e.type === "market.bar")?.tSeen;
    if (at !== undefined && newYorkDate(at) !== date) {
      date = newYorkDate(at);
      session += 1;
      // A day order may rest until the first bar of the next day: what was sent in the session before the last is past its day.
      for (const [id, one] of open) if (one.order.tif === "day" && one.session < session - 1) found.pastTheirDay.push(id);
      if (session > SESSIONS) break;
    }
    core.feed(batch);
  }
  return { ...found, lastMonth, exchange: around.exchange };
};

describe("a quarter of the default market", () => {
  let played: ReturnType<typeof quarter>;
  beforeAll(() => {
    played = quarter();
  }, 300_000);

  it("was traded all along", () => {
    expect(played.bars).toBeGreaterThan(63 * 390 * COMPANIES.length * 0.9);
    expect(played.fills).toBeGreaterThan(1_000);
    expect(played.lastMonth.size).toBe(COMPANIES.length);
  });

  it("uses no order id twice", () => {
    expect(played.twice).toEqual([]);
  });

  it("has no order working past its day", () => {
    expect(played.pastTheirDay).toEqual([]);
    expect(played.exchange.working().filter((o) => o.tif === "day").length).toBeLessThanOrEqual(COMPANIES.length);
  });

  it("buys and sells in every ticker to its end: each side has 30 to 70 % of the last month's fills", () => {
    const shares = [...played.lastMonth].map(([ticker, { buys, sells }]) => ({ ticker, buys: buys / (buys + sells) }));
    expect(shares.filter(({ buys }) => buys < 0.3 || buys > 0.7)).toEqual([]);
  });
});
