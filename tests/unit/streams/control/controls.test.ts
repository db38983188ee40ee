import { describe, expect, it } from "vitest";
import { Controls } from "../../../../streams/control/controls.ts";
import { tradingNeeds } from "../../../../streams/control/needs.ts";
import { type Command, controlCommand } from "../../../../streams/domain/control.ts";
import { tradingPaused, tradingStopped } from "../../../../streams/domain/limits.ts";
import { money, ms, seq, ticker } from "../../../../streams/domain/units.ts";

const AAPL = ticker("AAPL");
const MSFT = ticker("MSFT");

const deck = () => {
  const controls = new Controls(tradingNeeds);
  let at = 0;
  const press = (command: Command, by = "ana", touched: readonly (typeof AAPL)[] = []) => {
    at += 1;
    controls.note({ ...controlCommand(by, command, ms(at)), seq: seq(at) }, touched);
  };
  const actor = (path: string, action: "restart" | "pause" | "resume" | "stop") => press({ do: "actor", path, action });
  return { controls, press, actor };
};

describe("a pause", () => {
  it("counts from the first press and ends by resume", () => {
    const { controls, press } = deck();
    press({ do: "pause", reason: "lunch" });
    press({ do: "pause", reason: "tea" }, "ben");
    expect(controls.paused).toEqual({ since: 1, by: "ana", reason: "lunch", seq: 1 });
    expect(controls.halted()).toBe("paused by ana: lunch");
    press({ do: "resume" });
    expect([controls.paused, controls.halted()]).toEqual([null, null]);
  });
});

describe("a kill", () => {
  it("ends by unkill only, and a pause from before it goes on", () => {
    const { controls, press } = deck();
    press({ do: "pause", reason: "lunch" });
    press({ do: "kill", reason: "smoke" });
    press({ do: "kill", reason: "more" }, "ben");
    expect(controls.killed).toMatchObject({ by: "ana", reason: "smoke", since: 2 });
    press({ do: "resume" });
    expect(controls.halted()).toBe("killed by ana: smoke");
    press({ do: "pause", reason: "lunch" });
    press({ do: "unkill" });
    expect(controls.halted()).toBe("paused by ana: lunch");
  });
  it("reaches further when pressed again for the whole account, and never less far", () => {
    const { controls, press } = deck();
    press({ do: "kill", reason: "smoke" });
    press({ do: "kill", reason: "all", wholeAccount: true }, "ben");
    press({ do: "kill", reason: "less" }, "cyd");
    expect(controls.killed).toMatchObject({ by: "ana", reason: "smoke", wholeAccount: true });
  });
  it("is the deck's own when it stops by itself", () => {
    const { controls } = deck();
    controls.note({ ...tradingStopped("the equity is gone", money(-1)), seq: seq(9), tSeen: ms(9) }, []);
    expect(controls.halted()).toBe("killed by deck: the equity is gone");
  });
  it("is a pause where the deck cannot rely on its ledger: it takes the place of a person's, and a person ends it", () => {
    const { controls, press } = deck();
    const e = { ...tradingPaused("a fill is missing", money(1)), seq: seq(9), tSeen: ms(9) };
    press({ do: "pause", reason: "lunch" });
    controls.note(e, []);
    controls.note({ ...e, reason: "another", seq: seq(10) }, []);
    expect([controls.killed, controls.halted()]).toEqual([null, "paused by deck: a fill is missing"]);
    press({ do: "resume" });
    expect(controls.halted()).toBeNull();
  });
  it("leaves no actor stopped", () => {
    const { controls, press, actor } = deck();
    actor("deck/money/risk", "stop");
    press({ do: "kill", reason: "smoke" });
    press({ do: "unkill" });
    expect(controls.halted()).toBeNull();
  });
});

describe("an actor taken out", () => {
  it("pauses trading where trading needs it, and nowhere else", () => {
    const { controls, actor } = deck();
    for (const path of ["deck/ideas/learner", "deck/moneybox", "deck/market"]) actor(path, "stop");
    expect(controls.halted()).toBeNull();
    for (const path of ["deck", "deck/money", "deck/money/risk"]) {
      actor(path, "stop");
      expect(controls.halted()).toBe(`paused by ana: ${path} is stopped`);
      actor(path, "restart");
      expect(controls.halted()).toBeNull();
    }
  });
  it("comes back by resume when it was paused, by restart when it was stopped", () => {
    const { controls, actor } = deck();
    actor("deck/money/risk", "pause");
    actor("deck/money/executor", "stop");
    actor("deck/money", "resume");
    expect([...controls.stopped.keys()]).toEqual(["deck/money/executor"]);
    actor("deck/money/risk", "pause");
    actor("deck/money/risk", "stop");
    actor("deck/money/risk", "resume");
    expect(controls.stopped.get("deck/money/risk" as string)).toMatchObject({ how: "stop", since: 4 });
    actor("deck/money", "restart");
    expect(controls.halted()).toBeNull();
  });
});

describe("a close", () => {
  it("is a state of its ticker until that is flat, and halts nothing", () => {
    const { controls, press } = deck();
    press({ do: "close", ticker: AAPL });
    press({ do: "closeAll", wholeAccount: true }, "ben", [AAPL, MSFT]);
    expect([...controls.closing]).toMatchObject([
      ["AAPL", { by: "ana", since: 1, wholeAccount: true }],
      ["MSFT", { by: "ben", reason: "close all" }],
    ]);
    expect(controls.halted()).toBeNull();
    controls.flat(AAPL);
    expect([...controls.closing.keys()]).toEqual(["MSFT"]);
  });
});
