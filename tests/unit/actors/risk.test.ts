import { describe, expect, it } from "vitest";
import { riskActor } from "../../../actors/risk.ts";
import { controlCommand } from "../../../streams/domain/control.ts";
import type { TapeEvent } from "../../../streams/domain/event.ts";
import { brokerPressure } from "../../../streams/domain/request.ts";
import { RunConfig } from "../../../streams/domain/run.ts";
import { money, ms, SCALE, seq, ticker } from "../../../streams/domain/units.ts";
import { given, said } from "../../support/given.ts";
import { order, usd } from "../../support/orders.ts";

const AAPL = ticker("AAPL");
const at = ms(1);
let seqs = 100;
const stamped = <E extends TapeEvent>(e: E): E => ({ ...e, seq: seq(++seqs) });

describe("the risk manager", () => {
  const asking = (r: ReturnType<typeof given>) => said(asked(r));
  const asked = (r: ReturnType<typeof given>) =>
    r.when({
      type: "proposed",
      order: order(),
      account: {
        equity: money(100_000 * SCALE),
        dayStartEquity: money(100_000 * SCALE),
        held: 0,
        price: usd(100),
        priceAt: ms(1_000_000),
        barMs: 60_000,
        now: { position: 0, gross: 0, openPositions: 0, isOpen: false, covers: 0, opposes: null },
        later: null,
        closing: null,
        exceeded: null,
      },
      others: [],
    });
  const through = ["emit risk.verdict", "tell executor approved"];

  it.each([
    ["pause", "resume", "unkill"],
    ["kill", "unkill", "resume"],
  ] as const)("opens nothing from a %s until a %s, and a %s does not end it", (what, end, other) => {
    const r = given(riskActor(RunConfig.parse({}).risk));
    expect(asking(r)).toEqual(through);
    r.when(controlCommand("me", { do: what, reason: "x" }, at));
    r.when(controlCommand("me", { do: other }, at));
    expect(asking(r)).toEqual(["emit risk.verdict"]);
    r.when(controlCommand("me", { do: end }, at));
    expect(asking(r)).toEqual(through);
  });

  it("lets nothing be opened while replies of the broker wait, and says so", () => {
    const r = given(riskActor(RunConfig.parse({}).risk));
    const denials = (): unknown[] =>
      asked(r).flatMap((e) => (e.fx === "emit" && e.event.type === "risk.verdict" ? [e.event.denial] : []));
    r.when(stamped(brokerPressure(true, 1_001, at)));
    expect(denials()).toEqual([{ code: "TRADING_HALTED", reason: "1001 replies of the broker wait to be taken in" }]);
    r.when(stamped(brokerPressure(false, 0, at)));
    expect(denials()).toEqual([null]);
  });

  it("passes withdrawals and flushes on behind the orders they are about", () => {
    const r = given(riskActor(RunConfig.parse({}).risk));
    expect(said(r.when({ type: "withdraw", ticker: AAPL, by: "x", reason: "" }))).toEqual(["tell executor withdraw"]);
    expect(said(r.when({ type: "flush" }))).toEqual(["tell executor flush"]);
  });
});
