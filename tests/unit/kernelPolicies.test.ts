import { describe, expect, it } from "vitest";
import { addRestart, backoffMs, restartsWith } from "../../runtime/kernel/restart.ts";
import { createRng } from "../../runtime/kernel/rng.ts";
import { type Timer, Timers } from "../../runtime/kernel/timers.ts";
import { type Ms, ms, seq } from "../../streams/domain/units.ts";

describe("restart intensity", () => {
  const three = { maxRestarts: 3, withinMs: 1000 };
  it("allows as many restarts as it says within any window, and not one more", () => {
    let past: readonly Ms[] = [];
    for (const t of [0, 10, 20]) past = addRestart(past, ms(t), three) ?? expect.fail(`refused at ${t}`);
    expect(addRestart(past, ms(1000), three)).toBeNull();
    expect(addRestart(past, ms(1001), three)).toEqual([1001, 20, 10]);
  });
  it("of zero allows none", () => {
    expect(addRestart([], ms(0), { maxRestarts: 0, withinMs: 1000 })).toBeNull();
  });
});

describe("backoff", () => {
  const b = { minMs: 100, maxMs: 1000, factor: 2, jitter: 0.2, resetAfterMs: 0 };
  it("grows by its factor up to its maximum", () => {
    expect([0, 1, 2, 3, 4, 1000].map((n) => backoffMs(b, n, 0.5))).toEqual([100, 200, 400, 800, 1000, 1000]);
  });
  it("is spread evenly by its jitter", () => {
    expect(backoffMs(b, 0, 0)).toBe(80);
    expect(backoffMs(b, 0, 0.75)).toBe(110);
  });
  it("of zero stays zero", () => {
    expect(backoffMs({ ...b, minMs: 0 }, 9, 0.9)).toBe(0);
  });
});

it("each strategy restarts its own set, left to right", () => {
  const all = ["a", "b", "c"];
  expect(restartsWith("one_for_one", all, "b")).toEqual(["b"]);
  expect(restartsWith("one_for_all", all, "b")).toEqual(["a", "b", "c"]);
  expect(restartsWith("rest_for_one", all, "b")).toEqual(["b", "c"]);
});

describe("seeded chance", () => {
  const draw = (seed: number, text: string, n: number) => {
    const rng = createRng(seed, text);
    return Array.from({ length: n }, () => rng.next());
  };
  it("is the same for the same seed and text, and another for another", () => {
    expect(draw(1, "a", 5)).toEqual(draw(1, "a", 5));
    expect(draw(1, "a", 5)).not.toEqual(draw(1, "b", 5));
    expect(draw(1, "a", 5)).not.toEqual(draw(2, "a", 5));
  });
  it("is uniform: every tenth of [0, 1) gets a tenth, within five deviations", () => {
    const tenths = new Array<number>(10).fill(0);
    for (const x of draw(3, "uniform", 100_000)) {
      const at = Math.floor(x * 10);
      tenths[at] = (tenths[at] ?? 0) + 1;
    }
    expect(tenths).toHaveLength(10); // nothing below 0, nothing from 1 on
    expect(tenths.reduce((a, b) => a + b)).toBe(100_000);
    for (const n of tenths) expect(Math.abs(n - 10_000)).toBeLessThan(5 * Math.sqrt(100_000 * 0.1 * 0.9));
  });
});

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
