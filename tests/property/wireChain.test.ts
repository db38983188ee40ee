import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Chain } from "../../runtime/live/wire/chain.ts";
import type { ChunkLabel, Placed } from "../../runtime/live/wire/chunk.ts";
import { Moods } from "../../runtime/live/wire/moods.ts";
import { bar } from "../../streams/domain/market.ts";
import { newsRaw, newsScored } from "../../streams/domain/news.ts";
import { ms, ticker } from "../../streams/domain/units.ts";

const LEAD = "lead";
const STREAMS = [LEAD, "left", "right"] as const;
const RUNS = { numRuns: 500 };

const inputAt = (tSeen: number, place: number): Placed => ({
  event: bar(ticker("AAPL"), ms(0), ms(tSeen), 1, 1, 1, 1, 1, 1),
  place,
});

/** One entry of one stream. */
interface Part {
  readonly stream: string;
  readonly label: ChunkLabel;
  readonly inputs: readonly Placed[];
}
interface Sent {
  /** All inputs, in order of the source. */
  readonly source: readonly Placed[];
  /** What was written, in order, a chunk an item. */
  readonly chunks: readonly (readonly Part[])[];
  readonly from: number;
}

/** A source cut into chunks of whole moments, each input on one of the streams. */
const anySent: fc.Arbitrary<Sent> = fc
  .record({
    from: fc.nat(3),
    moments: fc.array(
      fc.record({
        gap: fc.integer({ min: 1, max: 3 }),
        streams: fc.array(fc.nat(2), { maxLength: 4 }),
        cut: fc.boolean(),
      }),
      { maxLength: 12 },
    ),
    endsEmpty: fc.boolean(),
  })
  .map(({ from, moments, endsEmpty }) => {
    const source: Placed[] = [];
    const chunks: Part[][] = [];
    let [at, prev] = [from, from];
    let open = new Map<string, Placed[]>();
    const close = (end: boolean): void => {
      const label = { play: "r:1", prev, through: at, end, beside: [] };
      const beside = STREAMS.filter((s) => s !== LEAD && open.has(s));
      chunks.push([
        ...beside.map((stream) => ({ stream, label, inputs: open.get(stream) ?? [] })),
        { stream: LEAD, label: { ...label, beside }, inputs: open.get(LEAD) ?? [] },
      ]);
      open = new Map();
      prev = at;
    };
    for (const { gap, streams, cut } of moments) {
      at += gap;
      for (const [place, n] of streams.entries()) {
        const stream = STREAMS[n] ?? LEAD;
        const input = inputAt(at, place);
        source.push(input);
        open.set(stream, [...(open.get(stream) ?? []), input]);
      }
      if (cut) close(false);
    }
    if (endsEmpty && prev < at) close(false); // else inputs and the end come in one
    close(true);
    return { source, chunks, from };
  });

/** The entries of each stream in their order, told again from an earlier one now and then, the streams mixed in any way. */
const arrivals = (parts: readonly Part[], draw: () => number): Part[] => {
  const told = STREAMS.map((name) => {
    const own = parts.filter((p) => p.stream === name);
    const out: Part[] = [];
    for (let i = 0; i < own.length; i++) {
      out.push(own[i] as Part);
      if (draw() < 0.2) i = Math.max(-1, i - 1 - Math.floor(draw() * 3));
    }
    return out;
  });
  const mixed: Part[] = [];
  for (let left = told.filter((t) => t.length > 0); left.length > 0; left = told.filter((t) => t.length > 0))
    mixed.push(left[Math.floor(draw() * left.length)]?.shift() as Part);
  return mixed;
};

/** Everything that can be given out. */
const given = (chain: Chain): Placed[] => {
  const out: Placed[] = [];
  for (let next = chain.next; next !== null; next = chain.next) chain.takeMoment(next.event.tSeen, out);
  return out;
};
const draws = fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { maxLength: 60, size: "max" });
/** Numbers in [0, 1), one after the other; 0.99 when there are no more. */
const drawer = (numbers: readonly number[]): (() => number) => {
  const left = [...numbers];
  return () => left.shift() ?? 0.99;
};

describe("a chain of chunks", () => {
  it("gives the source's order, each input once, however its parts arrive", () =>
    fc.assert(
      fc.property(anySent, draws, ({ source, chunks, from }, numbers) => {
        const draw = drawer(numbers);
        const chain = new Chain(LEAD, from);
        const out: Placed[] = [];
        for (const { stream, label, inputs } of arrivals(chunks.flat(), draw)) {
          expect(chain.take(stream, label, inputs)).not.toBe("gap");
          if (draw() < 0.3) out.push(...given(chain));
        }
        out.push(...given(chain));
        expect(out).toEqual(source);
        expect(chain.ended).toBe(true);
        expect([...chain.held.values()].every((n) => n === 0)).toBe(true);
      }),
      RUNS,
    ));

  it("begins behind what was given out in an earlier life, in the middle of a chunk too", () =>
    fc.assert(
      fc.property(anySent, fc.nat(), ({ source, chunks, from }, n) => {
        const after = source.length === 0 ? from : (source[n % source.length] as Placed).event.tSeen;
        const chain = new Chain(LEAD, after);
        for (const { stream, label, inputs } of chunks.flat()) chain.take(stream, label, inputs);
        expect(given(chain)).toEqual(source.filter((p) => p.event.tSeen > after));
        expect(chain.ended).toBe(true);
        expect([...chain.held.values()].every((h) => h === 0)).toBe(true);
      }),
      RUNS,
    ));

  it("tells that an entry is missing once a later one of its stream is needed, and gives out nothing behind it", () =>
    fc.assert(
      fc.property(anySent, fc.nat(), ({ source, chunks, from }, n) => {
        const all = chunks.flat();
        const lost = all[n % all.length] as Part;
        const chain = new Chain(LEAD, from);
        const taken = all.filter((p) => p !== lost).map((p) => chain.take(p.stream, p.label, p.inputs));
        const hasLater = all.slice(all.indexOf(lost) + 1).some((p) => p.stream === lost.stream && p.label.through > p.label.prev);
        const isEmpty = lost.label.through === lost.label.prev && !lost.label.end;
        if (hasLater && !isEmpty) expect(taken).toContain("gap");
        expect(given(chain)).toEqual(source.filter((p) => p.event.tSeen <= lost.label.prev));
        if (lost.label.end) expect(chain.ended).toBe(false);
      }),
      RUNS,
    ));

  it("holds no more than what waits, though a part comes many times before its chunk", () => {
    const chain = new Chain(LEAD, 0);
    const label = { play: "r:1", prev: 0, through: 5, end: false, beside: [] };
    for (let i = 0; i < 10; i++) chain.take("left", label, [inputAt(5, 0)]);
    expect(chain.held.get("left")).toBe(1);
    chain.take(LEAD, { ...label, beside: ["left"] }, []);
    expect([chain.held.get("left"), chain.held.get(LEAD)]).toEqual([0, 1]);
  });

  it("lets go of a part whose chunk was cut anew", () => {
    const chain = new Chain(LEAD, 0);
    chain.take("left", { play: "r:1", prev: 0, through: 5, end: false, beside: [] }, [inputAt(5, 0)]);
    chain.take(LEAD, { play: "r:1", prev: 0, through: 9, end: false, beside: [] }, []);
    expect(chain.held.get("left")).toBe(0);
  });
});

const moodOf = (at: number, place: number) => {
  const raw = newsRaw(
    { tEvent: ms(at), tSeen: ms(at) },
    { id: `${at}.${place}`, source: "wire", tickers: [], headline: "h", url: null },
  );
  const event = newsScored(raw, ms(at), { tickers: [], score: 0.5, confidence: place, scorer: "builtin" });
  return { raw: { event: raw, place }, scored: { event, place } };
};

describe("scores that came back", () => {
  it("are complete up to the first chunk that is missing, in any order, with repeats", () =>
    fc.assert(
      fc.property(
        fc.array(fc.nat(3), { minLength: 1, maxLength: 10 }),
        fc.array(fc.nat(9), { maxLength: 40 }),
        fc.nat(2),
        (sizes, order, from) => {
          const chunks = sizes.map((n, i) => ({
            label: { play: "r:1", prev: i, through: i + 1, end: i === sizes.length - 1, beside: [] },
            moods: Array.from({ length: n }, (_, place) => moodOf(i + 1, place)),
          }));
          const moods = new Moods(from);
          const here = new Set<number>();
          for (const n of order) {
            const chunk = chunks[n];
            if (!chunk) continue;
            moods.take(
              chunk.label,
              chunk.moods.map((m) => m.scored),
            );
            here.add(n);
            let through = from;
            while (here.has(through)) through += 1;
            expect(moods.through).toBe(Math.max(from, through));
          }
          for (const { label, moods: sent } of chunks)
            for (const { raw, scored } of sent) {
              const known = label.through > from && label.through <= moods.through;
              expect(moods.claim(raw)).toEqual(known ? scored.event : null);
              expect(moods.claim(raw)).toBeNull();
            }
        },
      ),
      RUNS,
    ));
});
