import { beforeEach, describe, expect, it } from "vitest";
import { type DurableStreams, Fenced, StaleTail } from "../../../../../actors/ports/streams.ts";
import { memoryStreams } from "../../../../../runtime/adapters/memory/streams.ts";
import { unpackEvents } from "../../../../../runtime/adapters/tape/pack.ts";
import { ACCOUNT } from "../../../../../runtime/live/wire/names.ts";
import { TapePublisher } from "../../../../../runtime/live/wire/tapePublisher.ts";
import { fakeMarket } from "../../../../support/fakeDeck.ts";
import { turn } from "../../../../support/wireRig.ts";

const market = fakeMarket();
const EVENTS = [...market.open(), ...market.minute(), ...market.minute()];
const slice = (from: number, to: number) => EVENTS.slice(from - 1, to);

let streams: DurableStreams;
let published: number[];
let failures: unknown[];
beforeEach(() => {
  streams = memoryStreams();
  published = [];
  failures = [];
});
const publisher = (epoch = 1, tail = 0, on: DurableStreams = streams) =>
  new TapePublisher({
    streams: on,
    node: "n",
    run: "r",
    epoch,
    tail,
    now: () => 77,
    published: (seq) => published.push(seq),
    failed: (error) => failures.push(error),
  });
const entries = () => streams.read("tape:r", "0", 100);

describe("a publisher of the tape", () => {
  it("puts each seal on the stream as one entry, without waiting for the one before", async () => {
    const one = publisher();
    one.offer(slice(1, 3));
    one.offer(slice(4, 4));
    one.offer([]);
    expect([one.backlog, one.published]).toEqual([4, 0]);
    await turn();
    expect([one.backlog, one.published, published]).toEqual([0, 4, [3, 4]]);
    const all = await entries();
    expect(all.flatMap((e) => unpackEvents(e.body))).toEqual(slice(1, 4));
    expect(all.map((e) => e.headers)).toMatchObject([
      { run: "r", epoch: "1", from: "1", to: "3", n: "3", seen: String(EVENTS[2]?.tSeen), at: "77" },
      { run: "r", epoch: "1", from: "4", to: "4", n: "1", seen: String(EVENTS[3]?.tSeen), at: "77" },
    ]);
    expect(await streams.tailOf("tape:r", ACCOUNT)).toBe(4);
  });

  it("leaves out what an earlier life put there, of a seal that reaches over its end too", async () => {
    publisher().offer(slice(1, 5));
    const again = publisher(2, await streams.tailOf("tape:r", ACCOUNT));
    again.offer(slice(1, 3));
    expect(again.backlog).toBe(0);
    again.offer(slice(4, 8));
    await turn();
    expect((await entries()).map((e) => `${e.headers.from}-${e.headers.to}`)).toEqual(["1-5", "6-8"]);
    expect([again.published, failures]).toEqual([8, []]);
  });

  it("fails once when another writer has the fence, and says nothing more", async () => {
    const one = publisher();
    one.offer(slice(1, 2));
    await turn();
    await streams.takeFence(ACCOUNT, 2);
    for (let seq = 3; seq < 8; seq++) one.offer(slice(seq, seq));
    await turn();
    one.offer(slice(8, 9));
    await turn();
    expect(failures.map((e) => e instanceof Fenced)).toEqual([true]);
    expect([published, one.published, (await entries()).length]).toEqual([[2], 2, 1]);
    expect(one.backlog).toBe(5);
  });

  it("fails once when the stream ends elsewhere than it knows", async () => {
    publisher().offer(slice(1, 4));
    await turn();
    const stale = publisher(2, 2);
    stale.offer(slice(3, 3));
    stale.offer(slice(4, 4));
    await turn();
    expect(failures.map((e) => e instanceof StaleTail)).toEqual([true]);
    expect((await entries()).length).toBe(1);
  });
});
