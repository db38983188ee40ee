import { describe, expect, it } from "vitest";
import { Beating, HeartWatch, newHeart } from "../../../runtime/heart.ts";
import type { Attribution } from "../../../runtime/strategyGuard.ts";

const who = (ticker: string): Attribution => ({ file: "/a/dip.ts", strategy: "dip", ticker });
const pair = () => {
  const heart = newHeart();
  const watch = new HeartWatch(heart);
  const beating = new Beating(heart, (one) => watch.meet(one));
  const steps = (n: number) => Array.from({ length: n }, () => watch.step(3)).at(-1);
  return { beating, steps };
};

describe("a strategy that does not come back", () => {
  it("is known by name and time when nothing goes on in its code for so many steps", () => {
    const { beating, steps } = pair();
    beating.leave(beating.enter(who("AAPL"), 5));
    beating.enter(who("MSFT"), 7);
    expect(steps(3)).toBeNull();
    expect(steps(1)).toEqual({ who: who("MSFT"), at: 7 });
  });

  it("is none while it comes and goes, however long that takes", () => {
    const { beating, steps } = pair();
    for (let i = 0; i < 10; i++) {
      beating.leave(beating.enter(who("AAPL"), i));
      expect(steps(2)).toBeNull();
    }
  });

  it("is none when the deck itself is busy", () => {
    const { beating, steps } = pair();
    beating.leave(beating.enter(who("AAPL"), 5));
    expect(steps(10)).toBeNull();
  });

  it("is the outer one after an inner one has come back", () => {
    const { beating, steps } = pair();
    beating.enter(who("AAPL"), 5);
    beating.leave(beating.enter(who("MSFT"), 5));
    expect(steps(4)).toMatchObject({ who: who("AAPL") });
  });
});
