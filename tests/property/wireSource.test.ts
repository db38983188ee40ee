import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { tapeInfo } from "../../runtime/adapters/tape/info.ts";
import { type Source, tapeSource } from "../../runtime/live/source.ts";
import { writeGeneratedTape } from "../support/generatedTape.ts";
import { chance } from "../support/killing.ts";
import { type Moment, momentsOf, plain, sourceOfMoments, WireRig } from "../support/wireRig.ts";

const MARKET = { tickers: ["AAPL", "MSFT", "NVDA"] as never, newsPerDay: 900, quotesPerBar: 1 };
const SEEDS = Array.from({ length: 12 }, (_, i) => i + 1);

const folder = mkdtempSync(join(tmpdir(), "tapedeck-wire-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const all = (source: Source): Moment[] => {
  const out: Moment[] = [];
  for (let moment = source.next(); moment !== null; moment = source.next()) out.push(moment);
  return out;
};

let rig: WireRig;
afterEach(() => rig.stop());

/** The source itself, and the same out of the streams. */
const cameThrough = (open: () => Source): void => {
  expect(rig.failures).toEqual([]);
  const wanted = all(open());
  expect(rig.tape.length).toBe(wanted.length);
  expect(plain(rig.tape)).toEqual(plain(wanted));
};
const anyRole = ["feed", "news", "sentiment", "core"] as const;

describe("a source that comes over streams", () => {
  it("gives the moments of a tape, in their order, scored elsewhere", async () => {
    const path = join(folder, "market.tape");
    writeGeneratedTape(path, { seed: 5, start: "2025-02-03", ...MARKET }, 4_000);
    const open = () => tapeSource(path, tapeInfo(path));
    rig = new WireRig({ open });
    await rig.startAll();
    await rig.finish();
    cameThrough(open);
    expect(rig.moods.length).toBeGreaterThan(5);
    expect(rig.moods.every((m) => m.scorer === "finbert")).toBe(true);
    await expect.poll(() => rig.open()).toBe(0);
  });

  it.each(SEEDS)("gives the same through deaths of any of the four, drawn from seed %i", async (seed) => {
    const draw = chance(seed);
    const moments = momentsOf({ seed, ...MARKET }, 700);
    const open = () => sourceOfMoments(moments);
    rig = new WireRig({ open, small: seed % 2 === 0, ...(seed % 3 === 0 ? { ahead: 500 } : {}) });
    await rig.startAll();
    let deaths = 0;
    for (let step = 0; step < 400 && rig.core?.source.ended === false; step++) {
      await rig.turns(1 + Math.floor(draw() * 3));
      rig.pull(Math.floor(draw() * 20));
      if (draw() < 0.3) await rig.publish(Math.floor(draw() * (rig.tape.length - rig.published + 1)));
      if (draw() >= 0.12) continue;
      const name = anyRole[Math.floor(draw() * 4)] ?? "core";
      deaths += 1;
      await rig.kill(name);
      await rig.turns(Math.floor(draw() * 30));
      if (name === "core") await rig.startCore();
      else if (name === "sentiment") rig.startSentiment();
      else rig.startProducer(name);
    }
    await rig.finish();
    expect(deaths).toBeGreaterThan(1);
    cameThrough(open);
    await expect.poll(() => rig.open()).toBe(0);
  });

  it.each(SEEDS)("gives the same when the server loses streams, or everything, drawn from seed %i", async (seed) => {
    const draw = chance(seed + 100);
    const moments = momentsOf({ seed, ...MARKET }, 400);
    const open = () => sourceOfMoments(moments);
    rig = new WireRig({ open, small: seed % 2 === 0, ahead: 400 });
    await rig.startAll();
    for (let step = 0; step < 60; step++) {
      await rig.turns(1 + Math.floor(draw() * 4));
      rig.pull(Math.floor(draw() * 12));
      if (draw() < 0.3) await rig.publish();
      if (draw() < 0.05) await rig.loseAll();
    }
    await rig.finish();
    cameThrough(open);
  });
});
