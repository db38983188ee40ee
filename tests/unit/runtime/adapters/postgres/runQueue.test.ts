import { describe, expect, it } from "vitest";
import { RunQueue } from "../../../../../runtime/adapters/postgres/runQueue.ts";
import { signals } from "../../../../contract/storeEvents.ts";

describe("the queue of a run", () => {
  const queue = (maxQueued = 100, canReplay = false) => new RunQueue("a", 1, 0, maxQueued, canReplay);
  const seqs = (q: RunQueue, batch: number) => q.peek(batch).events.map((event) => event.seq);

  it("hands out in order, and again until it is told that they are written", () => {
    const q = queue();
    q.offer(signals(1, 5));
    expect(seqs(q, 3)).toEqual([1, 2, 3]);
    expect(seqs(q, 3)).toEqual([1, 2, 3]);
    q.done(3, []);
    expect(seqs(q, 3)).toEqual([4, 5]);
    expect(q.backlog).toBe(2);
  });

  it("passes over what it was offered before", () => {
    const q = queue();
    q.offer(signals(1, 5));
    q.done(5, []);
    q.offer(signals(3, 4));
    expect(seqs(q, 10)).toEqual([6]);
  });

  it("is emptied when it is too long, and counts on", () => {
    const q = queue(10, true);
    q.offer(signals(1, 11));
    expect([q.behind, q.backlog, seqs(q, 5)]).toEqual([true, 11, []]);
    q.offer(signals(12, 3));
    q.done(13, []);
    expect([q.caughtUp(), q.backlog]).toEqual([false, 1]);
    q.done(14, []);
    expect([q.caughtUp(), q.behind]).toEqual([true, false]);
    q.offer(signals(15, 1));
    expect(seqs(q, 5)).toEqual([15]);
  });

  it("falls behind over a gap only when a tape can fill it", () => {
    const [with_, without] = [queue(100, true), queue(100, false)];
    for (const q of [with_, without]) q.offer(signals(4, 2));
    expect([with_.behind, without.behind]).toEqual([true, false]);
    expect(seqs(without, 5)).toEqual([4, 5]);
  });

  it("thins marks when there are too many, and never holds events back for them", () => {
    const q = queue();
    q.offerMarks(Array.from({ length: 20_001 }, (_, i) => [i, 1, 1] as const));
    expect(q.peek(1).marks.length).toBe(10_000);
    const { marks } = q.peek(1);
    q.offerMarks([[99_999, 2, 2]]);
    q.done(0, marks);
    expect(q.peek(1).marks).toEqual([[99_999, 2, 2]]);
    expect(q.marksDone).toBe(20_001);
  });
});
