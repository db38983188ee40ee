import { beforeEach, describe, expect, it } from "vitest";
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

describe("a pacer on a source that has nothing yet", () => {
  it("does not know when, and is not at the end", () => {
    const pacer = new Pacer(source, 10, 5_000);
    expect([pacer.dueIn(5_000), pacer.atEnd, pacer.nextAt]).toEqual([null, false, null]);
    expect(pacer.take(5_000)).toBeNull();
    expect(pacer.atEnd).toBe(false);
  });

  it("starts the market's clock with the first that comes, however long that took", () => {
    const pacer = new Pacer(source, 10, 0);
    pacer.dueIn(60_000);
    source.fill(TEN, TEN + 1_000);
    expect(pacer.dueIn(90_000)).toBe(0);
    pacer.take(90_000);
    expect(pacer.dueIn(90_000)).toBe(100);
    expect(pacer.dueIn(90_100)).toBe(0);
  });

  it("lets the market's clock go on while nothing comes: what is late is due at once, what follows at its time", () => {
    source.fill(TEN);
    const pacer = new Pacer(source, 10, 0);
    pacer.take(0);
    expect(pacer.dueIn(50)).toBeNull();
    source.fill(TEN + 1_000, TEN + 3_000);
    expect(pacer.dueIn(200)).toBe(0);
    pacer.take(200);
    expect(pacer.dueIn(200)).toBe(100);
  });

  it("is at the end only when the source says so and nothing is left", () => {
    source.fill(TEN);
    const pacer = new Pacer(source, "max", 0);
    source.fill(TEN + 1);
    source.over = true;
    expect(pacer.atEnd).toBe(false);
    pacer.take(0);
    expect([pacer.nextAt, pacer.atEnd]).toEqual([TEN + 1, false]);
    pacer.take(0);
    expect([pacer.nextAt, pacer.atEnd, pacer.dueIn(0)]).toEqual([null, true, null]);
  });

  it("looks for what comes while it is paused, and gives none of it out", () => {
    const pacer = new Pacer(source, 10, 0);
    pacer.setPlaying(false, 0);
    source.fill(TEN);
    expect([pacer.dueIn(10), pacer.nextAt]).toEqual([null, TEN]);
    pacer.setPlaying(true, 20);
    expect(pacer.dueIn(20)).toBe(0);
  });
});
