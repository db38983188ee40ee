import { describe, expect, it } from "vitest";
import type { Mood, Scorer } from "../../../../actors/ports/scorer.ts";
import { AwaitedScores } from "../../../../runtime/core/scoring.ts";
import { newsRaw } from "../../../../streams/domain/news.ts";
import { ms } from "../../../../streams/domain/units.ts";
import { ManualTiming } from "../../../support/manualTiming.ts";

const good: Mood = { tickers: [], score: 0.5, confidence: 1, scorer: "finbert" };
const headline = (id: string) =>
  newsRaw({ tEvent: ms(1), tSeen: ms(1) }, { id, source: "wire", tickers: [], headline: id, url: null });
const turn = (): Promise<void> => new Promise(setImmediate);

describe("scores that a source waits for", () => {
  it("are asked for four at a time, and come in the order of the requests", async () => {
    const open: { readonly of: string; readonly answer: () => void }[] = [];
    let most = 0;
    const scorer: Scorer = {
      name: "finbert",
      score: ({ headline: of }) =>
        new Promise((resolve) => {
          open.push({ of, answer: () => resolve(good) });
          most = Math.max(most, open.length);
        }),
    };
    const scores = new AwaitedScores(scorer, { timing: new ManualTiming(), timeoutMs: 1_000, tries: 1, pauseMs: 1 });
    const ids = Array.from({ length: 11 }, (_, n) => `h${n}`);
    for (const id of ids) scores.ask(headline(id), ms(1));
    expect(scores.inFlight).toBe(11);
    const answers = scores.answers();
    for (await turn(); open.length > 0; await turn()) open.pop()?.answer();
    expect((await answers).map((a) => (a.type === "news.scored" ? a.id : a.reason))).toEqual(ids);
    expect(most).toBe(4);
  });

  it("are asked for while another waits between two tries", async () => {
    const asked: string[] = [];
    const scorer: Scorer = {
      name: "finbert",
      score: ({ headline: of }) => {
        asked.push(of);
        return of === "fine" ? Promise.resolve(good) : Promise.reject(new Error("busy"));
      },
    };
    const timing = new ManualTiming();
    const scores = new AwaitedScores(scorer, { timing, timeoutMs: 1_000, tries: 2, pauseMs: 10 });
    for (const id of ["a", "b", "c", "d", "fine"]) scores.ask(headline(id), ms(1));
    await turn();
    expect(asked).toEqual(["a", "b", "c", "d", "fine"]);
    await timing.pass(10);
    expect((await scores.answers()).map((a) => a.type)).toEqual([...Array(4).fill("request.failed"), "news.scored"]);
  });
});
