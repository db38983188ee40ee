import { afterEach, expect, it } from "vitest";
import type { DurableStreams } from "../../../../../actors/ports/streams.ts";
import { memoryStreams } from "../../../../../runtime/adapters/memory/streams.ts";
import { encodeChunk } from "../../../../../runtime/live/wire/chunk.ts";
import { ScoredElsewhere } from "../../../../../runtime/live/wire/moods.ts";
import { MARKET } from "../../../../../runtime/live/wire/names.ts";
import { readPlay } from "../../../../../runtime/live/wire/playOrders.ts";
import { WireSource } from "../../../../../runtime/live/wire/wireSource.ts";
import { directoryOf } from "../../../../../streams/news/extract.ts";
import { builtinScorer } from "../../../../../streams/news/score.ts";

const order = { run: "r1", number: 1, configHash: "c", source: "s", after: 0, attempt: 1 };
let streams: DurableStreams;
let source: WireSource;
afterEach(async () => {
  await source.stop();
  await streams.close();
});

const begin = async (held: () => boolean): Promise<void> => {
  streams = memoryStreams();
  source = new WireSource({
    streams,
    about: { kind: "tape", name: "t", hash: "s", from: null, to: null, historyUntil: 0 },
    order,
    node: "a",
    scorer: new ScoredElsewhere(builtinScorer(directoryOf([]))),
    now: () => 0,
    delay: () => Promise.resolve(),
    held,
    arrived: () => {},
    say: () => {},
    failed: (error) => {
      throw error;
    },
  });
  await source.start();
};
const chunk = (prev: number, through: number, end: boolean, play = "r1:1") =>
  streams.append(MARKET.lead, [encodeChunk({ play, prev, through, end, beside: [] }, [])]);
const open = async () => (await streams.figures([MARKET.lead]))[0]?.groups[0];

it("a core that woke up late leaves inputs to whoever holds the account, also those of a play it does not know", async () => {
  let held = true;
  await begin(() => held);
  await chunk(0, 1, false);
  await expect.poll(open).toMatchObject({ pending: 1, lag: 0 });
  held = false;
  await chunk(1, 2, false, "r1:2");
  await expect.poll(open).toMatchObject({ pending: 2, lag: 0 });
  await source.stop();
  expect(await open()).toMatchObject({ pending: 2 });
  expect((await readPlay(streams))?.attempt).toBe(1);
});

it("the end of the source stays in the stream for the core that comes next", async () => {
  await begin(() => true);
  await chunk(0, 1, false);
  await chunk(1, 2, true);
  await expect.poll(open).toMatchObject({ pending: 2, lag: 0 });
  await source.settled(2);
  expect(await open()).toMatchObject({ pending: 1 });
});
