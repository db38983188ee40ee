import { expect, it } from "vitest";
import { memoryStreams } from "../../../../../runtime/adapters/memory/streams.ts";

const one = { headers: {}, body: Uint8Array.of(1) };

it("numbers entries by the clock it is given, and never backwards", async () => {
  let now = 1_000;
  const streams = memoryStreams({ now: () => now });
  expect(await streams.append("s", [one, one])).toEqual(["1000-0", "1000-1"]);
  now = 900;
  expect(await streams.append("s", [one])).toEqual(["1000-2"]);
  now = 1_001;
  expect(await streams.append("s", [one])).toEqual(["1001-0"]);
});

it("hands on what was left for as long as claimAfterMs, not before", async () => {
  let now = 0;
  const streams = memoryStreams({ now: () => now });
  await streams.append("s", [one]);
  await (await streams.consume("s", "g", "dead")).take(1, 0);
  const heir = await streams.consume("s", "g", "heir", { claimAfterMs: 1_000 });
  now = 999;
  expect(await heir.take(1, 0)).toEqual([]);
  now = 1_999;
  expect(await heir.take(1, 0)).toMatchObject([{ id: "0-1", deliveries: 2 }]);
});

it("cuts by age on the clock it is given", async () => {
  let now = 1_000;
  const streams = memoryStreams({ now: () => now });
  await streams.append("s", [one]);
  now = 2_000;
  const [id = ""] = await streams.append("s", [one]);
  const consumer = await streams.consume("s", "g", "c");
  await consumer.ack((await consumer.take(9, 0)).map((entry) => entry.id));
  expect(await streams.trim("s", { keep: 9, keepMs: 1_000 })).toBe(0);
  now = 2_001;
  expect(await streams.trim("s", { keep: 9, keepMs: 1_000 })).toBe(1);
  expect(await streams.last("s")).toMatchObject({ id });
});

it("keeps its own copy of what it is given", async () => {
  const streams = memoryStreams();
  const body = Uint8Array.of(1, 2);
  await streams.append("s", [{ headers: {}, body }]);
  body[0] = 9;
  expect([...((await streams.last("s"))?.body ?? [])]).toEqual([1, 2]);
});
