import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { LiveRun } from "../../../../runtime/live/liveRun.ts";
import { Loop } from "../../../../runtime/live/loop.ts";
import { Pacer } from "../../../../runtime/live/pacer.ts";
import type { Source } from "../../../../runtime/live/source.ts";
import type { InputEvent } from "../../../../streams/domain/event.ts";
import { bar } from "../../../../streams/domain/market.ts";
import { ms, ticker } from "../../../../streams/domain/units.ts";

/** Tuesday, 2 June 2026, 10:00 in New York: the market is open. */
const TEN = 1_780_408_800_000;
const momentAt = (tSeen: number): readonly InputEvent[] => [bar(ticker("AAPL"), ms(tSeen - 1), ms(tSeen), 1, 1, 1, 1, 1, 1_000)];

/** A source that others fill. */
class Filled implements Source {
  readonly kind = "tape";
  readonly playable = true;
  readonly name = "filled";
  readonly from = null;
  readonly to = null;
  readonly moments: (readonly InputEvent[])[] = [];
  historyUntil = 0;
  over = false;
  get ended(): boolean {
    return this.over && this.moments.length === 0;
  }
  fill(...at: readonly number[]): void {
    this.moments.push(...at.map(momentAt));
  }
  next(): readonly InputEvent[] | null {
    return this.moments.shift() ?? null;
  }
  seek(): void {}
}

let source: Filled;
beforeEach(() => {
  source = new Filled();
});

describe("a loop", () => {
  let fed: number[];
  let commands: string[];
  let held: boolean;
  let ends: number;
  let loop: Loop;
  let running: Promise<void>;
  const start = (): void => {
    const run = {
      inFlight: 0,
      takeIn: () => false,
      feed: (batch: readonly InputEvent[]) => fed.push(batch[0]?.tSeen ?? 0),
      seal: () => {},
      command: (by: string) => commands.push(by),
    } as unknown as LiveRun;
    const ended = (): void => {
      ends += 1;
    };
    loop = new Loop({ run, pacer: new Pacer(source, "max", 0), wall: () => 0, ended, held: () => held });
    running = loop.run();
  };
  /** Everything that is not a nap. */
  const settle = () => vi.advanceTimersByTimeAsync(0);
  beforeEach(() => {
    vi.useFakeTimers();
    [fed, commands, held, ends] = [[], [], false, 0];
  });
  afterEach(async () => {
    loop.stop();
    await vi.advanceTimersByTimeAsync(1_000);
    await running;
    vi.useRealTimers();
  });

  it("naps while nothing is there, and is woken by what comes", async () => {
    start();
    await settle();
    source.fill(TEN);
    await settle();
    expect(fed).toEqual([]);
    loop.wake();
    await settle();
    expect(fed).toEqual([TEN]);
    source.fill(TEN + 1);
    await vi.advanceTimersByTimeAsync(25); // nobody woke it: it looks by itself
    expect(fed).toEqual([TEN, TEN + 1]);
    loop.wake();
    loop.wake();
  });

  it("feeds nothing while it is held, and obeys all the same", async () => {
    source.fill(TEN, TEN + 1);
    held = true;
    start();
    const obeyed = loop.command("owner", { do: "pause", reason: "asked" });
    await vi.advanceTimersByTimeAsync(100);
    await obeyed;
    expect([fed, commands]).toEqual([[], ["owner"]]);
    held = false;
    await vi.advanceTimersByTimeAsync(25);
    expect(fed).toEqual([TEN, TEN + 1]);
  });

  it("tells the end once, when the source that others fill is over", async () => {
    source.fill(TEN);
    start();
    await vi.advanceTimersByTimeAsync(100);
    expect([fed, ends]).toEqual([[TEN], 0]);
    source.fill(TEN + 1);
    source.over = true;
    await vi.advanceTimersByTimeAsync(100);
    expect([fed, ends]).toEqual([[TEN, TEN + 1], 1]);
  });
});
