import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { encodeChunk } from "../../../../../runtime/live/wire/chunk.ts";
import { KEYS, MARKET, NEWS_RAW, NEWS_SCORED } from "../../../../../runtime/live/wire/names.ts";
import { readPlay, readSource, writePlay } from "../../../../../runtime/live/wire/playOrders.ts";
import { momentsOf, plain, sourceOfMoments, WireRig } from "../../../../support/wireRig.ts";

const moments = momentsOf({ seed: 3, tickers: ["AAPL", "MSFT"] as never, newsPerDay: 400, quotesPerBar: 1 }, 120);
const firstNews = moments.findIndex((m) => m.some((e) => e.type === "news.raw"));
const open = () => sourceOfMoments(moments);

let rig: WireRig;
beforeEach(() => {
  rig = new WireRig({ open, small: true });
});
afterEach(() => rig.stop());
const figuresOf = async (stream: string, group: string) =>
  (await rig.server.connect().figures([stream]))[0]?.groups.find((g) => g.group === group);
const attempt = async () => (await readPlay(rig.server.connect()))?.attempt;
/** Nobody takes from the inputs' streams meanwhile. */
const sentWithoutCore = async (): Promise<void> => {
  await rig.startCore();
  await rig.kill("core");
  rig.startProducer("feed");
  rig.startProducer("news");
  const streams = rig.server.connect();
  while ((await streams.last(MARKET.lead))?.headers.end !== "1") await rig.turns(1);
};
const complete = (): void => {
  expect(plain(rig.tape)).toEqual(plain(moments));
  expect(rig.failures).toEqual([]);
};

describe("what is missing on the streams", () => {
  it("is asked for again when an entry behind it comes", async () => {
    await sentWithoutCore();
    rig.startSentiment();
    const streams = rig.server.connect();
    const entries = await streams.read(MARKET.lead, "0", 1_000);
    await rig.lose(MARKET.lead);
    await streams.append(
      MARKET.lead,
      entries.filter((_, i) => i !== 30),
    );
    await rig.startCore();
    await rig.finish();
    complete();
    expect(await attempt()).toBe(2);
    expect(rig.said.join()).toContain("are missing and are asked for again");
  });

  it("is asked for again when only a part of a chunk is lost", async () => {
    await sentWithoutCore();
    await rig.lose("market:quotes");
    const { label, event } = { label: { play: "r:1", prev: 0, through: 9e12, end: false, beside: [] }, event: moments[0]?.[0] };
    await rig.server.connect().append("market:quotes", [encodeChunk(label, event ? [{ event, place: 0 }] : [])]);
    rig.startSentiment();
    await rig.startCore();
    await rig.finish();
    complete();
  });

  it("is sent again when a server that lost everything comes back after the end was sent", async () => {
    await sentWithoutCore();
    rig.startSentiment();
    await rig.loseAll();
    await rig.startCore();
    await rig.finish();
    complete();
    expect((await readSource(rig.server.connect()))?.hash).toBe("h");
  });

  it("is told again to a server that lost everything while it is played", async () => {
    await rig.startAll();
    await rig.turns(20);
    rig.pull(30);
    await rig.loseAll();
    await rig.turns(2);
    expect(await readPlay(rig.server.connect())).toMatchObject({ run: "r", source: "h" });
    await rig.finish();
    complete();
  });
});

describe("an entry that cannot be read", () => {
  it.each([
    ["body", (m: { headers: Record<string, string>; body: Uint8Array }) => ({ ...m, body: m.body.slice(0, -3) })],
    ["label", (m: { headers: Record<string, string>; body: Uint8Array }) => ({ ...m, headers: { ...m.headers, prev: "x" } })],
  ])("is set aside with the reason, and what was in it asked for again: its %s", async (_, broken) => {
    await rig.startAll();
    await rig.turns(20);
    rig.pull(20);
    const streams = rig.server.connect();
    const last = await streams.last(MARKET.lead);
    await streams.append(MARKET.lead, [broken({ headers: { ...last?.headers }, body: last?.body ?? new Uint8Array() })]);
    await rig.finish();
    complete();
    const letters = await streams.deadLetters(MARKET.lead, 10);
    expect(letters.map((l) => l.group)).toEqual(["core"]);
    expect(letters[0]?.reason).toMatch(/cannot be read|not a chunk of inputs/);
    expect(await attempt()).toBe(2);
  });

  it("is set aside by the scorers too, and the scores of what is sent again are used", async () => {
    rig.startProducer("news");
    rig.startSentiment();
    await rig.startCore();
    await rig.server.connect().append(NEWS_RAW, [{ headers: { play: "r:1" }, body: new Uint8Array([1, 2, 3]) }]);
    rig.startProducer("feed");
    await rig.finish();
    complete();
    const letters = await rig.server.connect().deadLetters(NEWS_RAW, 10);
    expect(letters.map((l) => l.group).sort()).toEqual(["core", "sentiment"]);
    expect(rig.moods.every((m) => m.scorer === "finbert")).toBe(true);
  });
});

describe("headlines that nobody scores", () => {
  it("are waited for with patience, then scored here, then at once until somebody scores again", async () => {
    rig.startProducer("feed");
    rig.startProducer("news");
    await rig.startCore();
    const { source } = rig.core as NonNullable<typeof rig.core>;
    await rig.turns(300);
    rig.pull(1_000);
    expect(rig.tape.length).toBe(firstNews);
    rig.clock += 4_000;
    expect(rig.pull(1_000)).toBe(0);
    expect(rig.moods).toEqual([]);
    rig.clock += 1_000;
    await rig.finish();
    complete();
    expect(rig.moods.length).toBeGreaterThan(1);
    expect(rig.moods.every((m) => m.scorer === "builtin")).toBe(true);
    expect(rig.said.filter((line) => line.includes("steps in")).length).toBe(1);
    expect(source.waitingFor).toBeNull();
  });
});

describe("what is done with", () => {
  it("is acknowledged when its outcome is on the tape, not before", async () => {
    await rig.startAll();
    await rig.turns(60);
    rig.pull(40);
    const handed = await figuresOf(MARKET.lead, "core");
    expect(handed?.pending).toBeGreaterThan(40);
    await rig.publish(10);
    expect((await figuresOf(MARKET.lead, "core"))?.pending).toBe((handed?.pending ?? 0) - 10);
    expect(await rig.server.connect().get(KEYS.done)).toBe(String(moments[9]?.[0]?.tSeen));
    expect((await figuresOf(NEWS_SCORED, "core"))?.pending).toBe((await rig.server.connect().length(NEWS_SCORED)) - 10);
    await rig.finish();
    expect((await figuresOf(MARKET.lead, "core"))?.pending).toBe(1); // the end is left for the core that comes next
    expect(await rig.open()).toBe(0);
  });

  it("of an earlier play is acknowledged unread", async () => {
    await sentWithoutCore();
    const streams = rig.server.connect();
    const before = await readPlay(streams);
    await writePlay(streams, { ...(before as NonNullable<typeof before>), attempt: 7 });
    rig.startSentiment();
    await rig.startCore();
    await rig.finish();
    complete();
    await expect.poll(() => rig.open()).toBe(0);
  });
});

describe("a producer", () => {
  it("waits while the core is too far behind, and leaves off at once for another order", async () => {
    rig = new WireRig({ open, small: true, ahead: 50 });
    const streams = rig.server.connect();
    await streams.put(KEYS.done, "9000000000000"); // where another run ended
    await rig.startAll();
    await rig.turns(200);
    const sent = await streams.length(MARKET.lead);
    expect(sent).toBeLessThan(60);
    const order = await readPlay(streams);
    await writePlay(streams, { ...(order as NonNullable<typeof order>), attempt: 2 });
    await rig.turns(60);
    const plays = (await streams.read(MARKET.lead, "0", 1_000)).map((e) => e.headers.play);
    expect(plays.filter((p) => p === "r:1").length).toBe(sent);
    expect(plays.filter((p) => p === "r:2").length).toBeGreaterThan(0);
  });

  it("counts what it passes, not only its own share", async () => {
    rig = new WireRig({ open, small: true, ahead: 50 });
    await rig.startAll();
    await rig.turns(200);
    const streams = rig.server.connect();
    expect(await streams.length(NEWS_RAW)).toBe(await streams.length(MARKET.lead));
  });

  it("leaves an order for another source alone", async () => {
    const streams = rig.server.connect();
    await writePlay(streams, { run: "r", number: 1, configHash: "c", source: "another", after: 0, attempt: 1 });
    rig.startProducer("feed");
    await rig.turns(50);
    expect(await streams.length(MARKET.lead)).toBe(0);
    expect((await readSource(streams))?.hash).toBe("h");
  });
});
