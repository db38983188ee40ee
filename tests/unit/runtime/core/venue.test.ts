import { describe, expect, it } from "vitest";
import { sha256 } from "../../../../runtime/adapters/system/digest.ts";
import { tradingCore } from "../../../../runtime/core/tradingCore.ts";
import { simulated } from "../../../../runtime/core/venue.ts";
import { deckTree } from "../../../../runtime/tree.ts";
import type { TapeEvent } from "../../../../streams/domain/event.ts";
import { RunConfig } from "../../../../streams/domain/run.ts";
import { bindAll } from "../../../../streams/strategies/registry.ts";
import { minutely } from "../../../support/playing.ts";

const MINUTES = 240;
/** Up and down: it trades all the time. */
const closes = Array.from({ length: MINUTES }, (_, i) => 100 + 10 * Math.sin(i / 5));

describe("a simulated exchange that is broken", () => {
  it("is told as events, and is asked again now and then, not in a circle", () => {
    const config = RunConfig.parse({
      strategies: [{ name: "sma_cross", params: { fast: 2, slow: 5 } }],
      sizing: { by: "shares", shares: 1 },
    });
    const around = simulated(config, {
      name: "builtin",
      score: () => ({ tickers: [], score: 0, confidence: 0, scorer: "builtin" }),
    });
    around.exchange.submit = () => {
      throw new Error("broken");
    };
    const events: TapeEvent[] = [];
    const core = tradingCore({
      ...around,
      config,
      tree: deckTree(config, "t", bindAll(config.strategies)),
      digest: sha256,
      record: (e) => events.push({ ...e }),
      escalated: (path, error) => {
        throw new Error(`${path}: ${error}`);
      },
    });
    core.feed(minutely(closes));
    const count = (type: TapeEvent["type"]): number => events.filter((e) => e.type === type).length;
    expect(count("order.submitted")).toBeGreaterThan(3);
    expect(count("order.submitted")).toBeLessThanOrEqual(MINUTES);
    expect(count("request.failed")).toBe(count("order.submitted"));
    expect(count("order.submitted") - count("order.lost")).toBeLessThanOrEqual(1);
    expect(events.find((e) => e.type === "request.failed")).toMatchObject({
      port: "broker",
      request: "submit",
      sent: "no",
      reason: "broken",
    });
  });
});
