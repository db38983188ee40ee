import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { DurableStreams, Message, StreamEntry } from "../../actors/ports/streams.ts";
import { Fenced, StaleTail, StreamsUnavailable } from "../../actors/ports/streams.ts";
import { bodies, ids, LONG_MS, type StreamsUnderTest, takeAll, text, texts } from "./streams.entries.ts";
import { groupsContract } from "./streams.groups.ts";

const plain = ({ headers, body }: Message) => ({ headers: { ...headers }, body: [...body] });

/** What every kind of streams does. */
export const streamsContract = (adapter: string, open: () => Promise<StreamsUnderTest>) =>
  describe(`streams contract: ${adapter}`, () => {
    let under: StreamsUnderTest;
    let made: DurableStreams[];
    let streams: DurableStreams;
    const connect = (): DurableStreams => {
      const client = under.connect();
      made.push(client);
      return client;
    };
    beforeEach(async () => {
      under = await open();
      made = [];
      streams = connect();
    });
    afterEach(async () => {
      await Promise.all(made.map((client) => client.close(1_000)));
      await under.dispose();
    });

    describe("what is appended", () => {
      it("is read in order under growing ids, which the append told", async () => {
        const told = [await streams.append("s", texts(0, 3)), await streams.append("s", texts(3, 2))].flat();
        const entries = await streams.read("s", "0", 100);
        expect(bodies(entries)).toEqual(["m0", "m1", "m2", "m3", "m4"]);
        expect(ids(entries)).toEqual(told);
        expect(told.every((id) => /^\d+-\d+$/.test(id))).toBe(true);
        expect(bodies(await streams.read("s", told[2] ?? "", 1))).toEqual(["m3"]);
        expect(await streams.read("s", told[4] ?? "", 1)).toEqual([]);
      });

      it("lands in the order of the calls, though nobody waits for them", async () => {
        const calls = Array.from({ length: 300 }, (_, i) => streams.append(`s${i % 3}`, texts(i * 10, 1 + (i % 4))));
        const told = await Promise.all(calls);
        for (const s of [0, 1, 2]) {
          const expected = told.map((_, i) => i).filter((i) => i % 3 === s);
          const entries = await streams.read(`s${s}`, "0", 1_000);
          expect(bodies(entries)).toEqual(expected.flatMap((i) => bodies(texts(i * 10, 1 + (i % 4)) as StreamEntry[])));
          expect(ids(entries)).toEqual(expected.flatMap((i) => told[i] ?? []));
        }
      });

      it("comes back to the byte, with its headers", async () => {
        const every = Uint8Array.from({ length: 256 }, (_, i) => i);
        const messages: Message[] = [
          { headers: {}, body: new Uint8Array() },
          { headers: { b: "no body", n: "", "": "nameless", Größe: "zwölf\r\n\0", trace: "x".repeat(3_000) }, body: every },
          { headers: { "2": "two", "1": "one" }, body: every.subarray(100, 140) },
          { headers: {}, body: Buffer.alloc(300_000, 0xff) },
        ];
        await streams.append("s", messages);
        const consumer = await streams.consume("s", "g", "c");
        expect((await takeAll(consumer, 4)).map(plain)).toEqual(messages.map(plain));
        expect((await streams.read("s", "0", 10)).map(plain)).toEqual(messages.map(plain));
      });

      it("is nothing when there are no messages, and nothing is where nothing was", async () => {
        expect(await streams.append("s", [])).toEqual([]);
        expect(await streams.length("s")).toBe(0);
        expect(await streams.last("s")).toBeNull();
        expect(await streams.read("s", "0", 5)).toEqual([]);
        expect(await streams.trim("s", { keep: 0 })).toBe(0);
        expect(await streams.deadLetters("s", 5)).toEqual([]);
        expect(await streams.figures(["s"])).toEqual([{ stream: "s", length: 0, deadLetters: 0, groups: [] }]);
      });

      it("is counted, and the newest is known, to every client", async () => {
        const told = await streams.append("s", texts(0, 4));
        const other = connect();
        expect(await other.length("s")).toBe(4);
        expect(await other.last("s")).toMatchObject({ id: told[3] });
        expect(streams.buffered).toBe(0);
        await streams.room();
      });
    });

    groupsContract(connect, () => streams);

    describe("a dead letter", () => {
      const broken: Message = { headers: { n: "1", trace: "t" }, body: Uint8Array.from([0, 255, 10, 13]) };
      const setAside = async (reason: string) => {
        const consumer = await streams.consume("s", "g", "c");
        const [entry] = await takeAll(consumer, 1, 1);
        if (entry) await consumer.setAside(entry, reason);
        await consumer.close();
        return entry;
      };

      it("keeps bytes, headers, reason and where it came from", async () => {
        await streams.append("s", [broken]);
        const entry = await setAside("does not parse: Ünexpected");
        const [letter] = await streams.deadLetters("s", 5);
        expect(letter && plain(letter)).toEqual(plain(broken));
        expect(letter).toMatchObject({ reason: "does not parse: Ünexpected", from: entry?.id, group: "g" });
        expect((await streams.figures(["s"]))[0]).toMatchObject({ length: 1, deadLetters: 1, groups: [{ pending: 0 }] });
      });

      it("goes to the end of its stream again, once", async () => {
        await streams.append("s", [broken, text("next")]);
        await setAside("first");
        const [letter] = await streams.deadLetters("s", 5);
        expect(await streams.retry("s", letter?.id ?? "")).toBe(true);
        expect(await streams.retry("s", letter?.id ?? "")).toBe(false);
        expect(await streams.retry("s", "1-1")).toBe(false);
        expect(await streams.retry("s", "no id")).toBe(false);
        expect(await streams.deadLetters("s", 5)).toEqual([]);
        const consumer = await streams.consume("s", "g", "c");
        expect((await takeAll(consumer, 2)).map(plain)).toEqual([text("next"), broken].map(plain));
      });

      it("is listed oldest first, as many as asked", async () => {
        await streams.append("s", texts(0, 3));
        for (const reason of ["a", "b", "c"]) await setAside(reason);
        expect((await streams.deadLetters("s", 2)).map(({ reason }) => reason)).toEqual(["a", "b"]);
        expect(bodies(await streams.deadLetters("s", 9))).toEqual(["m0", "m1", "m2"]);
        expect(await streams.deadLetters("s", 0)).toEqual([]);
      });
    });

    describe("trimming", () => {
      it("cuts nothing without a group", async () => {
        await streams.append("s", texts(0, 5));
        expect(await streams.trim("s", { keep: 1 })).toBe(0);
        expect(await streams.length("s")).toBe(5);
      });

      it("cuts what nobody has to read when told so, and still not what a group has not acknowledged", async () => {
        await streams.append("s", texts(0, 300));
        expect(await streams.trim("s", { keep: 200, unread: true })).toBe(100);
        expect(bodies(await streams.read("s", "0", 1))).toEqual(["m100"]);
        const late = await streams.consume("s", "late", "c");
        expect(await streams.trim("s", { keep: 0, unread: true })).toBe(0);
        await late.ack(ids(await takeAll(late, 200)));
        expect(await streams.trim("s", { keep: 0, unread: true })).toBe(200);
      });

      it("never cuts what a group has not acknowledged", async () => {
        await streams.append("s", texts(0, 600));
        const ahead = await streams.consume("s", "ahead", "c");
        await ahead.ack(ids(await takeAll(ahead, 600)));
        const behind = await streams.consume("s", "behind", "c");
        expect(await streams.trim("s", { keep: 0 })).toBe(0);
        const taken = await takeAll(behind, 300, 300);
        await behind.ack(ids(taken).filter((_, i) => i !== 200));
        expect(await streams.trim("s", { keep: 0 })).toBe(200);
        expect(bodies(await streams.read("s", "0", 1))).toEqual(["m200"]);
        await behind.ack(ids(taken));
        expect(await streams.trim("s", { keep: 0 })).toBe(100);
        expect(bodies(await takeAll(behind, 300))).toEqual(bodies(texts(300, 300) as StreamEntry[]));
        expect((await streams.figures(["s"]))[0]?.groups).toEqual([
          { stream: "s", group: "ahead", lag: 0, pending: 0 },
          { stream: "s", group: "behind", lag: 0, pending: 300 },
        ]);
      });

      it("keeps as many as asked", async () => {
        await streams.append("s", texts(0, 500));
        const consumer = await streams.consume("s", "g", "c");
        await consumer.ack(ids(await takeAll(consumer, 500)));
        expect(await streams.trim("s", { keep: 600 })).toBe(0);
        expect(await streams.trim("s", { keep: 120 })).toBe(380);
        expect(bodies(await streams.read("s", "0", 1))).toEqual(["m380"]);
        expect(await streams.trim("s", { keep: 0 })).toBe(120);
        expect(await streams.length("s")).toBe(0);
        await streams.append("s", texts(500, 1));
        expect(bodies(await takeAll(consumer, 1))).toEqual(["m500"]);
      });

      it("cuts what is too old, however few there are", async () => {
        await streams.append("s", texts(0, 3));
        const consumer = await streams.consume("s", "g", "c");
        const taken = await takeAll(consumer, 3);
        await consumer.ack(ids(taken).slice(0, 2));
        expect(await streams.trim("s", { keep: 10, keepMs: 3_600_000 })).toBe(0);
        await expect.poll(() => streams.trim("s", { keep: 10, keepMs: 1 })).toBe(2);
        expect(bodies(await streams.read("s", "0", 9))).toEqual(["m2"]);
      });
    });

    describe("a fence", () => {
      const under1 = (after: number, to: number) => ({ name: "account", epoch: 1, after, to });
      const under2 = (after: number, to: number) => ({ name: "account", epoch: 2, after, to });

      it("lets one writer go on from seq to seq", async () => {
        expect(await streams.tailOf("s", "account")).toBe(0);
        const told = [
          streams.appendFenced("s", under1(0, 3), text("1-3")),
          streams.appendFenced("s", under1(3, 4), text("4")),
          streams.appendFenced("s", under1(4, 9), text("5-9")),
        ];
        const [first = "", ...more] = await Promise.all(told);
        const entries = await streams.read("s", "0", 9);
        expect(bodies(entries)).toEqual(["1-3", "4", "5-9"]);
        expect(ids(entries)).toEqual([first, ...more]);
        expect(await streams.tailOf("s", "account")).toBe(9);
        expect(await streams.tailOf("other", "account")).toBe(0);
      });

      it("refuses a writer that does not know the end, and takes it when it does", async () => {
        await streams.appendFenced("s", under1(0, 3), text("a"));
        const calls = [streams.appendFenced("s", under1(2, 5), text("b")), streams.appendFenced("s", under1(5, 6), text("c"))];
        const refused = await Promise.allSettled(calls);
        expect(refused.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
        await expect(streams.appendFenced("s", under1(0, 5), text("b"))).rejects.toThrow(StaleTail);
        await expect(streams.appendFenced("s", under1(4, 5), text("b"))).rejects.toMatchObject({ after: 4, tail: 3 });
        await expect(streams.appendFenced("s", under1(3, 3), text("b"))).rejects.toThrow(RangeError);
        expect(await streams.length("s")).toBe(1);
        await streams.appendFenced("s", under1(3, 5), text("b"));
        expect(bodies(await streams.read("s", "0", 9))).toEqual(["a", "b"]);
      });

      it("refuses the old writer once a newer one has written", async () => {
        await streams.appendFenced("s", under1(0, 3), text("old"));
        const other = connect();
        await other.appendFenced("s", under2(3, 4), text("new"));
        const late = [
          streams.appendFenced("s", under1(3, 5), text("late")),
          streams.appendFenced("s", under1(5, 6), text("late")),
        ];
        for (const call of await Promise.allSettled(late))
          expect(call).toMatchObject({ status: "rejected", reason: { name: "Fenced", epoch: 1, newest: 2 } });
        await expect(streams.appendFenced("t", under1(0, 1), text("late"))).rejects.toThrow(Fenced);
        expect(bodies(await streams.read("s", "0", 9))).toEqual(["old", "new"]);
        expect(await streams.length("t")).toBe(0);
      });

      it("is taken without writing, and only forward", async () => {
        await streams.takeFence("account", 2);
        await streams.takeFence("account", 2);
        await expect(streams.appendFenced("s", under1(0, 1), text("late"))).rejects.toThrow(Fenced);
        await expect(streams.takeFence("account", 1)).rejects.toMatchObject({ epoch: 1, newest: 2 });
        await streams.appendFenced("s", under2(0, 1), text("a"));
        await streams.takeFence("account", 10);
        await expect(streams.appendFenced("s", under2(1, 2), text("b"))).rejects.toThrow(Fenced);
        await streams.takeFence("another", 1);
      });

      it("knows a message that is sent again", async () => {
        const id = await streams.appendFenced("s", under1(0, 3), text("a"));
        expect(await connect().appendFenced("s", under1(0, 3), text("a"))).toBe(id);
        await expect(streams.appendFenced("s", under1(0, 3), text("not a"))).rejects.toThrow(StaleTail);
        await expect(streams.appendFenced("s", under2(0, 3), text("a"))).rejects.toThrow(StaleTail);
        expect(await streams.length("s")).toBe(1);
      });
    });

    it("keeps small values beside the streams", async () => {
      expect(await streams.get("position")).toBeNull();
      await streams.put("position", "1-1");
      await streams.put("position", "2-0 ü");
      expect(await connect().get("position")).toBe("2-0 ü");
      expect(await streams.length("position")).toBe(0);
    });

    describe("closing", () => {
      it("ends a wait at once with nothing", async () => {
        const own = await streams.consume("s", "g", "a");
        const waiting = own.take(1, LONG_MS);
        await own.close();
        expect(await waiting).toEqual([]);
        expect(await own.take(1, LONG_MS)).toEqual([]);
        const other = (await streams.consume("s", "g", "b")).take(1, LONG_MS);
        await streams.close();
        expect(await other).toEqual([]);
      });

      it("leaves what was appended, and takes no more", async () => {
        const client = connect();
        const appended = client.append("s", texts(0, 3));
        await client.close();
        await client.close();
        expect(await appended).toHaveLength(3);
        await expect(client.append("s", texts(3, 1))).rejects.toThrow(StreamsUnavailable);
        await expect(client.appendFenced("s", { name: "f", epoch: 1, after: 0, to: 1 }, text("x"))).rejects.toThrow(
          StreamsUnavailable,
        );
        await expect(client.length("s")).rejects.toThrow(StreamsUnavailable);
        await expect(client.consume("s", "g", "c")).rejects.toThrow(StreamsUnavailable);
        await expect(client.room()).rejects.toThrow(StreamsUnavailable);
        expect(await streams.length("s")).toBe(3);
      });
    });
  });
