import { beforeEach, describe, expect, it } from "vitest";
import type { Delivered, DurableStreams, StreamEntry } from "../../actors/ports/streams.ts";
import { bodies, ids, LONG_MS, takeAll, text, texts } from "./streams.entries.ts";

/** The part of the contract that is about groups and their consumers. `current` is a client of each test's own. */
export const groupsContract = (connect: () => DurableStreams, current: () => DurableStreams): void => {
  let streams: DurableStreams;
  beforeEach(() => {
    streams = current();
  });

  describe("a group", () => {
    it("has every entry once, beside other groups", async () => {
      await streams.append("s", texts(0, 5));
      const a = await streams.consume("s", "a", "1");
      const b = await streams.consume("s", "b", "1");
      expect(bodies(await takeAll(a, 5, 2))).toEqual(["m0", "m1", "m2", "m3", "m4"]);
      await a.ack(ids(await streams.read("s", "0", 5)));
      expect(bodies(await takeAll(b, 5))).toEqual(["m0", "m1", "m2", "m3", "m4"]);
      expect((await streams.figures(["s"]))[0]?.groups).toEqual([
        { stream: "s", group: "a", lag: 0, pending: 0 },
        { stream: "s", group: "b", lag: 0, pending: 5 },
      ]);
    });

    it("is shared by its consumers, each entry with one of them", async () => {
      const a = await streams.consume("s", "g", "a");
      const b = await connect().consume("s", "g", "b");
      await streams.append("s", texts(0, 40));
      const taken: string[][] = [[], []];
      while (taken.flat().length < 40)
        for (const [i, consumer] of [a, b].entries()) taken[i]?.push(...bodies(await consumer.take(7, 0)));
      expect(taken.map((some) => some.length > 0)).toEqual([true, true]);
      expect(new Set(taken.flat()).size).toBe(40);
      expect(await a.take(1, 0)).toEqual([]);
    });

    it("begins at the start or behind the end, as asked when it is new", async () => {
      await streams.append("s", texts(0, 2));
      const late = await streams.consume("s", "late", "c", { from: "end" });
      const early = await streams.consume("s", "early", "c");
      await streams.append("s", texts(2, 1));
      expect(bodies(await takeAll(late, 1))).toEqual(["m2"]);
      expect(bodies(await takeAll(early, 3))).toEqual(["m0", "m1", "m2"]);
      await early.close();
      const again = await streams.consume("s", "early", "d", { from: "start" });
      expect(await again.take(5, 0)).toEqual([]);
    });

    it("waits for what is not there yet, and no longer than asked", async () => {
      const consumer = await streams.consume("s", "g", "c");
      expect(await consumer.take(5, 0)).toEqual([]);
      expect(await consumer.take(5, 20)).toEqual([]);
      const coming = consumer.take(5, LONG_MS);
      await streams.append("s", texts(0, 1));
      expect(bodies(await coming)).toEqual(["m0"]);
    });

    it("gives two takes at once different entries", async () => {
      await streams.append("s", texts(0, 4));
      const consumer = await streams.consume("s", "g", "c");
      const taken = await Promise.all([consumer.take(2, LONG_MS), consumer.take(2, LONG_MS)]);
      expect(taken.map(bodies)).toEqual([
        ["m0", "m1"],
        ["m2", "m3"],
      ]);
      expect(await consumer.take(0, LONG_MS)).toEqual([]);
    });

    it("does not hold up its source when it is slow, and misses nothing", async () => {
      const consumer = await streams.consume("s", "g", "slow");
      for (let i = 0; i < 20; i += 1) await streams.append("s", texts(i * 50, 50));
      expect((await streams.figures(["s"]))[0]).toMatchObject({ length: 1_000, groups: [{ lag: 1_000, pending: 0 }] });
      const taken: Delivered[] = [];
      while (taken.length < 1_000) {
        const some = await consumer.take(33, LONG_MS);
        taken.push(...some);
        await consumer.ack(ids(some));
      }
      expect(bodies(taken)).toEqual(bodies(texts(0, 1_000) as StreamEntry[]));
    });

    it("begins anew when it was dropped", async () => {
      await streams.append("s", texts(0, 2));
      const consumer = await streams.consume("s", "g", "c");
      await takeAll(consumer, 2);
      await consumer.close();
      await streams.dropGroup("s", "g");
      await streams.dropGroup("nowhere", "g");
      expect((await streams.figures(["s"]))[0]?.groups).toEqual([]);
      expect(bodies(await takeAll(await streams.consume("s", "g", "c"), 2))).toEqual(["m0", "m1"]);
    });

    it("tells its lag also where it began in the middle", async () => {
      await streams.append("s", texts(0, 3));
      const consumer = await streams.consume("s", "g", "c", { from: "end" });
      await streams.append("s", texts(3, 5));
      await consumer.take(2, LONG_MS);
      expect((await streams.figures(["s"]))[0]?.groups).toEqual([{ stream: "s", group: "g", lag: 3, pending: 2 }]);
    });
  });

  describe("what was not acknowledged", () => {
    it("is first for the same name after a restart, counted", async () => {
      await streams.append("s", texts(0, 5));
      const before = await streams.consume("s", "g", "c");
      const first = await takeAll(before, 3, 3);
      await before.ack(ids(first).slice(1, 2));
      await before.close();
      const after = await connect().consume("s", "g", "c");
      const again = await after.take(10, LONG_MS);
      expect(again.map(({ deliveries }) => deliveries)).toEqual([2, 2]);
      expect(bodies(again)).toEqual(["m0", "m2"]);
      expect(bodies(await after.take(10, LONG_MS))).toEqual(["m3", "m4"]);
    });

    it("comes in parts of the size asked for", async () => {
      await streams.append("s", texts(0, 5));
      await takeAll(await connect().consume("s", "g", "c"), 5);
      const after = await streams.consume("s", "g", "c");
      expect(bodies(await after.take(2, LONG_MS))).toEqual(["m0", "m1"]);
      expect(bodies(await after.take(2, LONG_MS))).toEqual(["m2", "m3"]);
      expect(bodies(await after.take(2, LONG_MS))).toEqual(["m4"]);
      expect(await after.take(2, 0)).toEqual([]);
    });

    it("goes to another consumer when its own is dead", async () => {
      await streams.append("s", texts(0, 3));
      const dead = await streams.consume("s", "g", "dead");
      const [first] = await takeAll(dead, 3);
      await dead.ack([first?.id ?? ""]);
      await dead.close();
      const heir = await streams.consume("s", "g", "heir", { claimAfterMs: 30 });
      const inherited = await takeAll(heir, 2);
      expect(bodies(inherited)).toEqual(["m1", "m2"]);
      expect(inherited.map(({ deliveries }) => deliveries)).toEqual([2, 2]);
    });

    it("wakes a consumer that waits", async () => {
      await streams.append("s", texts(0, 1));
      const waiting = (await streams.consume("s", "g", "waiting", { claimAfterMs: 40 })).take(1, LONG_MS);
      await waiting;
      const heir = await connect().consume("s", "g", "heir", { claimAfterMs: 40 });
      expect(bodies(await heir.take(1, LONG_MS))).toEqual(["m0"]);
    });

    it("is not handed twice to one that takes its time", async () => {
      await streams.append("s", texts(0, 1));
      const slow = await streams.consume("s", "g", "slow", { claimAfterMs: 1 });
      const [only] = await takeAll(slow, 1);
      expect(await slow.take(1, 50)).toEqual([]);
      await slow.ack([only?.id ?? ""]);
      expect((await streams.figures(["s"]))[0]).toMatchObject({ groups: [{ pending: 0 }] });
    });

    it("is set aside by itself when it was handed out too often", async () => {
      await streams.append("s", [text("poison", { n: "1" }), text("good")]);
      for (const life of [1, 2, 3]) {
        const consumer = await streams.consume("s", "g", "c", { maxDeliveries: 3 });
        const taken = await takeAll(consumer, 2, 10);
        expect(taken.map(({ deliveries }) => deliveries)).toEqual([life, life]);
        if (life === 3) await consumer.ack(ids(taken).slice(1));
        await consumer.close();
      }
      const last = await streams.consume("s", "g", "c", { maxDeliveries: 3 });
      expect(await last.take(10, 20)).toEqual([]);
      const [letter, ...none] = await streams.deadLetters("s", 10);
      expect(none).toEqual([]);
      expect(letter).toMatchObject({ reason: "delivered 3 times without acknowledgement", group: "g", headers: { n: "1" } });
      expect((await streams.figures(["s"]))[0]).toMatchObject({ deadLetters: 1, groups: [{ pending: 0 }] });
    });

    it("never comes again once it is acknowledged, however often", async () => {
      const [id = ""] = await streams.append("s", texts(0, 1));
      const consumer = await streams.consume("s", "g", "c", { claimAfterMs: 1 });
      await takeAll(consumer, 1);
      await Promise.all([consumer.ack([id]), consumer.ack([id, id])]);
      await consumer.ack(["1-1"]);
      await consumer.ack([]);
      const heir = await streams.consume("s", "g", "heir", { claimAfterMs: 1 });
      expect(await heir.take(1, 30)).toEqual([]);
      await consumer.close();
      expect(await (await streams.consume("s", "g", "c")).take(1, 0)).toEqual([]);
    });
  });
};
