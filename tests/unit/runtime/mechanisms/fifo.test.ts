import { describe, expect, it } from "vitest";
import { Fifo } from "../../../../runtime/mechanisms/fifo.ts";

describe("a first-in-first-out list", () => {
  it("gives back what it was given, however long it gets", () => {
    const list = new Fifo<number>();
    const out: number[] = [];
    for (let i = 0; i < 10_000; i++) {
      list.push(i);
      if (i % 3 !== 0) out.push(list.shift() ?? Number.NaN);
    }
    while (list.size > 0) out.push(list.shift() ?? Number.NaN);
    expect(out).toEqual(Array.from({ length: 10_000 }, (_, i) => i));
    expect(list.shift()).toBeUndefined();
  });
});
