import fc from "fast-check";
import { expect } from "vitest";
import type { Consumer, DurableStreams, StreamEntry } from "../../actors/ports/streams.ts";
import { text } from "./streams.entries.ts";

/** What may happen to a group of three members. A member that is killed comes again, under its name or another, when it is next needed. */
type Act =
  | { readonly type: "append"; readonly count: number }
  | { readonly type: "take"; readonly member: number; readonly max: number }
  | { readonly type: "ack"; readonly member: number; readonly every: number }
  | { readonly type: "kill"; readonly member: number; readonly renamed: boolean }
  | { readonly type: "trim"; readonly keep: number };

const member = fc.nat({ max: 2 });
const act: fc.Arbitrary<Act> = fc.oneof(
  fc.record({ type: fc.constant("append" as const), count: fc.integer({ min: 1, max: 8 }) }),
  fc.record({ type: fc.constant("take" as const), member, max: fc.integer({ min: 1, max: 5 }) }),
  fc.record({ type: fc.constant("ack" as const), member, every: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ type: fc.constant("kill" as const), member, renamed: fc.boolean() }),
  fc.record({ type: fc.constant("trim" as const), keep: fc.nat({ max: 4 }) }),
);
/** Many, so that a life sees some of each. */
export const lives = fc.array(act, { minLength: 20, maxLength: 60 });

const OPTIONS = { claimAfterMs: 1, maxDeliveries: 1_000_000 };
const numberOf = (entry: StreamEntry): number => Number(entry.headers.n);

interface Life {
  readonly name: string;
  readonly consumer: Consumer;
  hands: StreamEntry[];
}

/** Plays the acts and drains what is left: every message must have come at least once, and none after it was acknowledged. */
export const liveThrough = async (streams: DurableStreams, stream: string, acts: readonly Act[]): Promise<void> => {
  const members: (Life | undefined)[] = [];
  const names = ["a", "b", "c"];
  const delivered = new Set<number>();
  const acknowledged = new Set<number>();
  let appended = 0;

  const lifeOf = async (index: number): Promise<Life> => {
    const known = members[index];
    if (known) return known;
    const name = names[index] ?? "";
    const made = { name, consumer: await streams.consume(stream, "g", name, OPTIONS), hands: [] };
    members[index] = made;
    return made;
  };
  const take = async (life: Life, max: number, waitMs: number): Promise<number> => {
    const taken = await life.consumer.take(max, waitMs);
    for (const entry of taken) {
      expect(acknowledged.has(numberOf(entry)), `${numberOf(entry)} came after it was acknowledged`).toBe(false);
      delivered.add(numberOf(entry));
    }
    life.hands.push(...taken);
    return taken.length;
  };
  const ack = async (life: Life, every: number): Promise<void> => {
    const done = life.hands.filter((_, i) => i % every === 0);
    life.hands = life.hands.filter((_, i) => i % every !== 0);
    await life.consumer.ack(done.map(({ id }) => id));
    for (const entry of done) acknowledged.add(numberOf(entry));
  };
  const play = async (one: Act): Promise<void> => {
    switch (one.type) {
      case "append": {
        const messages = Array.from({ length: one.count }, (_, i) => text("", { n: String(appended + i) }));
        await streams.append(stream, messages);
        appended += one.count;
        return;
      }
      case "take":
        await take(await lifeOf(one.member), one.max, 0);
        return;
      case "ack":
        return ack(await lifeOf(one.member), one.every);
      case "kill":
        await members[one.member]?.consumer.close();
        members[one.member] = undefined;
        if (one.renamed) names[one.member] += "'";
        return;
      case "trim":
        await streams.trim(stream, { keep: one.keep });
    }
  };

  await lifeOf(0);
  for (const one of acts) await play(one);
  for (const life of members) await life?.consumer.close();
  members.length = 0;
  const heir = await lifeOf(0);
  while (acknowledged.size < appended) {
    expect(await take(heir, 10, 20_000), `${acknowledged.size} of ${appended} were acknowledged`).toBeGreaterThan(0);
    await ack(heir, 1);
  }
  await heir.consumer.close();
  expect(delivered.size).toBe(appended);
  const [figures] = await streams.figures([stream]);
  expect(figures?.groups).toEqual([{ stream, group: "g", lag: 0, pending: 0 }]);
};
