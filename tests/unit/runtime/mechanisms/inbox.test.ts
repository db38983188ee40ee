import { describe, expect, it } from "vitest";
import { Inbox } from "../../../../runtime/mechanisms/inbox.ts";

const turns = () => {
  const waiting: (() => void)[] = [];
  return {
    defer: (run: () => void) => waiting.push(run),
    next: () => waiting.shift()?.(),
    get left() {
      return waiting.length;
    },
  };
};

const inboxOf = (turn: ReturnType<typeof turns>, max = 1_000) => {
  const heard: number[] = [];
  const dropped: number[] = [];
  const errors: unknown[] = [];
  const inbox = new Inbox<number>({
    hear: (item) => {
      if (item < 0) throw new Error("below zero");
      heard.push(item);
    },
    max,
    onSlow: (count) => dropped.push(count),
    onError: (error) => errors.push(error),
    defer: turn.defer,
  });
  return { inbox, heard, dropped, errors };
};

describe("an inbox", () => {
  it("hears in order, and lets others in between", () => {
    const turn = turns();
    const [slow, quick] = [inboxOf(turn), inboxOf(turn)];
    for (let i = 0; i < 200; i++) slow.inbox.offer(i);
    quick.inbox.offer(7);
    turn.next();
    expect(slow.heard.length).toBeLessThan(200);
    turn.next();
    expect(quick.heard).toEqual([7]);
    while (turn.left > 0) turn.next();
    expect(slow.heard).toEqual(Array.from({ length: 200 }, (_, i) => i));
  });

  it("keeps the newest and tells once how many went", () => {
    const turn = turns();
    const { inbox, heard, dropped } = inboxOf(turn, 3);
    for (let i = 0; i < 10; i++) inbox.offer(i);
    turn.next();
    expect([heard, dropped]).toEqual([[7, 8, 9], [7]]);
    for (let i = 10; i < 14; i++) inbox.offer(i);
    turn.next();
    expect([heard.slice(3), dropped]).toEqual([
      [11, 12, 13],
      [7, 1],
    ]);
  });

  it("goes on after what cannot be heard", () => {
    const turn = turns();
    const { inbox, heard, errors } = inboxOf(turn);
    for (const item of [1, -1, 2]) inbox.offer(item);
    turn.next();
    expect(heard).toEqual([1, 2]);
    expect(errors).toEqual([new Error("below zero")]);
  });

  it("is drained once all is heard, also when it is closed instead", async () => {
    const turn = turns();
    const { inbox, heard } = inboxOf(turn);
    await inbox.drained();
    inbox.offer(1);
    const drained = inbox.drained();
    turn.next();
    await drained;
    inbox.offer(2);
    const closed = inbox.drained();
    inbox.close();
    turn.next();
    await closed;
    inbox.offer(3);
    expect([heard, turn.left]).toEqual([[1], 0]);
  });
});
