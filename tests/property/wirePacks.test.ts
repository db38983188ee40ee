import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PackCorrupt, packEvents, unpackEvents } from "../../runtime/adapters/tape/pack.ts";
import {
  BadChunk,
  type ChunkLabel,
  decodeChunk,
  encodeChunk,
  isUnreadable,
  labelOf,
  type Placed,
} from "../../runtime/live/wire/chunk.ts";
import { type InputEvent, isInput } from "../../streams/domain/event.ts";
import { type Bar, bar } from "../../streams/domain/market.ts";
import { ms, seq, ticker } from "../../streams/domain/units.ts";
import { anyTape } from "../support/arbitraryEvents.ts";
import { anyDamage, damaged, elsewhere } from "../support/damage.ts";

const RUNS = { numRuns: 300 };
const offsets = fc.nat(9);
const places = fc.array(fc.nat(0xffff_ffff), { minLength: 40, maxLength: 40 });
const time = fc.nat(Number.MAX_SAFE_INTEGER).filter((n) => String(n).length <= 16);
const labels: fc.Arbitrary<ChunkLabel> = fc.record({
  play: fc.stringMatching(/^s[0-9a-f]{10}:[1-9]$/),
  prev: time,
  through: time,
  end: fc.boolean(),
  beside: fc.uniqueArray(fc.constantFrom("market:quotes", "market:ticks", "market:halts", "market:actions")),
});
/** A run gives its own numbers to what comes in: those of the source need not come through. */
const unnumbered = (inputs: readonly Placed[]): Placed[] =>
  inputs.map(({ event, place }) => ({ event: { ...event, seq: seq(0) }, place }));
const placed = (events: readonly unknown[], at: readonly number[]): Placed[] =>
  (events as InputEvent[]).filter(isInput).map((event, i) => ({ event, place: at[i] ?? 0 }));
/** Frames of bars, more than one of them full. */
const bars = (n: number) =>
  Array.from({ length: n }, (_, i) =>
    Object.assign(bar(ticker("AAPL"), ms(i), ms(i + 60), 1, 2, 0.5, 1.5, 10, 60), { seq: seq(i + 1) }),
  );

describe("a pack of events", () => {
  it("comes out as it went in, wherever its bytes lie", () =>
    fc.assert(
      fc.property(anyTape(), offsets, (events, offset) => {
        expect(unpackEvents(elsewhere(packEvents(events), offset))).toEqual(events);
      }),
      RUNS,
    ));

  it("comes out as it went in when its last frame is exactly full", () => {
    for (const n of [1_023, 1_024, 1_025, 2_048]) expect(unpackEvents(packEvents(bars(n)))).toEqual(bars(n));
  });

  it("is refused when anything happened to its bytes", () =>
    fc.assert(
      fc.property(anyTape(), anyDamage, offsets, (events, damage, offset) => {
        fc.pre(events.length > 0);
        const bytes = packEvents(events);
        expect(() => unpackEvents(elsewhere(damaged(bytes, damage), offset))).toThrow(PackCorrupt);
      }),
      RUNS,
    ));

  it("is refused when it was cut between two frames", () => {
    const [whole, first] = [packEvents(bars(2_000)), packEvents(bars(1_024))];
    expect(() => unpackEvents(whole.subarray(0, first.length))).toThrow("its last frames are missing");
  });

  it("made after one that could not be made is not touched by it", () => {
    const broken = new Proxy(bars(1)[0] as Bar, {
      get: (event, key) => {
        if (key === "close") throw new Error("half-way");
        return Reflect.get(event, key);
      },
    });
    expect(() => packEvents([...bars(3), broken])).toThrow("half-way");
    expect(unpackEvents(packEvents(bars(2)))).toEqual(bars(2));
  });
});

describe("a chunk of inputs", () => {
  it("comes out with its label and its places", () =>
    fc.assert(
      fc.property(anyTape(), places, labels, offsets, (events, at, label, offset) => {
        const inputs = placed(events, at);
        const message = encodeChunk(label, inputs, { traceparent: "t" });
        const moved = { headers: message.headers, body: elsewhere(message.body, offset) };
        expect(labelOf(moved)).toEqual(label);
        expect(unnumbered(decodeChunk(moved))).toEqual(unnumbered(inputs));
        expect(message.headers).toMatchObject({ n: String(inputs.length), traceparent: "t" });
      }),
      RUNS,
    ));

  it("is refused as unreadable when anything happened to its bytes", () =>
    fc.assert(
      fc.property(anyTape(), places, labels, anyDamage, offsets, (events, at, label, damage, offset) => {
        const { headers, body } = encodeChunk(label, placed(events, at));
        let thrown: unknown = null;
        try {
          decodeChunk({ headers, body: elsewhere(damaged(body, damage, 0), offset) });
        } catch (error) {
          thrown = error;
        }
        expect(isUnreadable(thrown)).toBe(true);
      }),
      RUNS,
    ));

  it("without a label is refused, naming what is wrong", () => {
    const { headers, body } = encodeChunk({ play: "s1:1", prev: 1, through: 2, end: false, beside: [] }, []);
    const { through: _, ...rest } = headers;
    for (const bad of [rest, { ...headers, prev: "-1" }, { ...headers, end: "yes" }, { ...headers, play: "" }, {}])
      expect(() => labelOf({ headers: bad, body })).toThrow(BadChunk);
  });
});
