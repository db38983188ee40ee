import { describe, expect, it } from "vitest";
import { buildSense, parseLexicon, readWords } from "../../../../streams/news/sense.ts";

describe("a lexicon", () => {
  const sense = buildSense(parseLexicon("* 1 -20\nbeat 10 5\nshort of -20 10\nloss -10 5\nnarrower loss 25 0"));
  const read = (...said: string[]) => readWords(sense, said);

  it("adds the base, words and pairs of neighbours", () => {
    expect(read("it", "beat")).toMatchObject({ polarity: 1.1, opinion: -1.5, known: 1 });
    expect(read("narrower", "loss").polarity).toBeCloseTo(0.1 - 1 + 2.5);
    expect(read("short", "by", "of").known).toBe(0);
  });

  it("knows a word by its stem", () => {
    expect(read("beats").polarity).toBe(read("beat").polarity);
    expect(read("beating").known).toBe(1);
    expect(read("beaver").known).toBe(0);
  });

  it("turns what is denied, for two words, and stresses what is intense", () => {
    expect(read("not", "beat").polarity).toBeCloseTo(0.1 - 0.6);
    expect(read("not", "a", "beat").polarity).toBeCloseTo(0.1 - 0.6);
    expect(read("not", "by", "a", "beat").polarity).toBeCloseTo(1.1);
    expect(read("strongly", "beat").polarity).toBeCloseTo(0.1 + 1.3);
  });

  it("notices hedges and questions", () => {
    expect(read("may", "beat", "<?>")).toMatchObject({ hedged: true, asked: true });
    expect(read("beat")).toMatchObject({ hedged: false, asked: false });
  });
});
