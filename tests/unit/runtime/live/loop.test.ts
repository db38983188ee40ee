import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Loop } from "../../../../runtime/live/loop.ts";
import { Pacer } from "../../../../runtime/live/pacer.ts";
import type { Source } from "../../../../runtime/live/source.ts";
import type { InputEvent, TapeEvent } from "../../../../streams/domain/event.ts";
import { bar } from "../../../../streams/domain/market.ts";
import { newsRaw } from "../../../../streams/domain/news.ts";
import { ms } from "../../../../streams/domain/units.ts";
import { AAPL, LiveRig, TEN } from "../../../support/liveRig.ts";

/** A source of single bars, a minute apart, the first seen at ten. */
const minutes = (count: number, with1: (at: number) => readonly InputEvent[] = () => []): Source => {
  let n = 0;
  return {
    kind: "tape",
    playable: true,
    name: "minutes",
    from: null,
    to: null,
    historyUntil: 0,
    next: () => {
      if (n >= count) return null;
      const at = TEN + n++ * 60_000;
      return [bar(AAPL, ms(at - 60_000), ms(at), 100, 100, 100, 100, 1, 60_000), ...with1(at)];
    },
    seek: () => {},
  };
};

let running: Promise<void>;
let loop: Loop;
let wall: number;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setImmediate", "clearImmediate"] });
  wall = 0;
});
afterEach(async () => {
  loop.stop();
  await vi.advanceTimersByTimeAsync(100);
  await running;
  vi.useRealTimers();
});
const play = async (rig: LiveRig, source: Source | null, speed: number | "max" = "max"): Promise<void> => {
  const pacer = source === null ? null : new Pacer(source, speed, wall);
  loop = new Loop({ run: rig.live, pacer, wall: () => (source === null ? TEN + wall : wall), ended: () => {} });
  await rig.live.open(
    () => loop.marketNow(),
    () => loop.wake(),
  );
  running = loop.run();
};
const goOn = async (forMs: number): Promise<void> => {
  for (let passed = 0; passed < forMs; passed += 5) {
    wall += 5;
    await vi.advanceTimersByTimeAsync(5);
  }
};
const bars = (rig: LiveRig): number => rig.entries("market.bar").length;
const timed = (rig: LiveRig, type: TapeEvent["type"]): number[] => rig.entries(type).map((e) => e.tSeen - TEN);

describe("a loop that plays a source, with a model outside", () => {
  const rigOf = (answer: () => Promise<unknown>) =>
    new LiveRig({
      broker: null,
      inOrder: true,
      scorer: { answers: "recorded", scorer: { name: "finbert", score: () => answer() as Promise<never> } },
    });
  const headline = (at: number) => [
    newsRaw({ tEvent: ms(at), tSeen: ms(at) }, { id: `n${at}`, source: "w", tickers: [AAPL], headline: "x", url: null }),
  ];
  const mood = { tickers: [AAPL], score: 0.1, confidence: 1, scorer: "finbert" };

  it("waits for the answer before the next price, and the answer has the moment of its request", async () => {
    let ready: (value: unknown) => void = () => {};
    const rig = rigOf(() => new Promise((resolve) => (ready = resolve)));
    await play(rig, minutes(3, headline));
    await goOn(50);
    expect(bars(rig)).toBe(1);
    await goOn(1_000);
    expect(bars(rig)).toBe(1);
    for (const n of [1, 2, 3]) {
      ready(mood);
      await goOn(50);
      expect(bars(rig)).toBe(Math.min(3, n + 1));
    }
    expect(timed(rig, "news.scored")).toEqual([0, 60_000, 120_000]);
    expect(rig.verify().entries).toBe(rig.tape.entries.length);
  });

  it("decides the same however long the model takes", async () => {
    const hashes: string[] = [];
    for (const delays of [[0], [70, 5, 200], [3]]) {
      let n = 0;
      const rig = rigOf(async () => {
        const delay = delays[n++ % delays.length] as number;
        if (delay > 0) await new Promise((resolve) => setTimeout(resolve, delay));
        return mood;
      });
      await play(rig, minutes(5, headline), 6_000);
      await goOn(2_000);
      expect(bars(rig)).toBe(5);
      hashes.push(JSON.stringify(rig.tape.entries));
      loop.stop();
      await goOn(50);
    }
    expect(new Set(hashes).size).toBe(1);
  });
});

describe("a loop that plays a source, with a broker outside", () => {
  it("stamps what the broker says between two prices with the market's time, before the price to come", async () => {
    const rig = new LiveRig();
    await play(rig, minutes(3), 1);
    await goOn(20);
    rig.broker?.rejects({ id: "x" as never, ticker: AAPL });
    await goOn(5_000);
    rig.broker?.rejects({ id: "y" as never, ticker: AAPL });
    await goOn(20);
    const [first, second] = timed(rig, "order.rejected");
    expect(first).toBeLessThan(50);
    expect(second).toBeGreaterThanOrEqual(5_000);
    expect(second).toBeLessThan(5_100);
  });
});

describe("a loop that only listens", () => {
  it("takes in what a feed pushes when it comes, and lets time pass when a timer is due", async () => {
    const rig = new LiveRig();
    await play(rig, null);
    await goOn(1_000);
    expect(rig.tape.entries).toEqual([]);
    rig.push(bar(AAPL, ms(TEN - 60_000), ms(0), 101, 101, 101, 101, 1, 60_000));
    await goOn(5);
    expect(timed(rig, "market.bar")).toEqual([1_000]);
    expect(rig.broker?.submitted).toHaveLength(1);
    await goOn(10_500);
    expect(rig.broker?.inShort.slice(1)).toEqual([`lookup ${rig.broker?.submitted[0]?.id}`]);
    expect(timed(rig, "clock.mark")).toHaveLength(1);
    expect(timed(rig, "clock.mark")[0]).toBeGreaterThanOrEqual(11_000);
    expect(rig.verify().entries).toBe(rig.tape.entries.length);
  });

  it("puts a command between, at the time at which it was given", async () => {
    const rig = new LiveRig();
    await play(rig, null);
    await goOn(2_000);
    const done = loop.command("me", { do: "pause", reason: "lunch" });
    await goOn(5);
    await done;
    expect(timed(rig, "control.command")).toEqual([2_005]);
  });
});
