import { describe, expect, it } from "vitest";
import { createRng } from "../../../../runtime/kernel/rng.ts";
import { type Timer, Timers } from "../../../../runtime/kernel/timers.ts";
import { ms, seq } from "../../../../streams/domain/units.ts";

describe("waiting timers", () => {
  interface Owner {
    timers: Timer<Owner> | null;
  }
  it("come out in order of due time and creation, cancelled ones never", () => {
    const rng = createRng(9, "timers");
    const timers = new Timers<Owner>();
    const owners: Owner[] = [{ timers: null }, { timers: null }, { timers: null }];
    const set: Timer<Owner>[] = [];
    for (let i = 0; i < 2000; i++) {
      const owner = owners[i % 3] as Owner;
      set.push(timers.set(ms(Math.floor(rng.next() * 500)), "message", owner, i, seq(0)));
    }
    const kept = set.filter((t, i) => {
      if (i % 7 === 0) timers.cancel(t);
      return i % 7 !== 0 && t.owner !== owners[1];
    });
    timers.cancelAll(owners[1] as Owner);
    const out: unknown[] = [];
    for (let t = timers.takeDue(ms(1000)); t !== null; t = timers.takeDue(ms(1000))) out.push(t.load);
    const expected = kept.sort((a, b) => a.due - b.due || a.id - b.id).map((t) => t.load);
    expect(out).toEqual(expected);
    expect(timers.nextAt()).toBeNull();
    expect(owners.every((o) => o.timers === null)).toBe(true);
  });
});
