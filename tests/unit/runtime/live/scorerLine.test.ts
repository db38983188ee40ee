import { beforeEach, describe, expect, it } from "vitest";
import type { Mood, Scorer } from "../../../../actors/ports/scorer.ts";
import { ScorerLine } from "../../../../runtime/live/scorerLine.ts";
import { newsRaw } from "../../../../streams/domain/news.ts";
import { ms } from "../../../../streams/domain/units.ts";
import { AAPL, LiveRig, TEN } from "../../../support/liveRig.ts";

const good: Mood = { tickers: [AAPL], score: 0.5, confidence: 0.9, scorer: "finbert" };
type Answer = () => Promise<unknown>;
const never: Answer = () => new Promise(() => {});

/** A model that answers as it is told to, once per try. */
class Model implements Scorer {
  readonly name = "finbert";
  readonly asked: string[] = [];
  answers: Answer = () => Promise.resolve(good);
  score({ headline }: { readonly headline: string }): Promise<Mood> {
    this.asked.push(headline);
    return this.answers() as Promise<Mood>;
  }
}

let model: Model;
let rig: LiveRig;
const headline = (id: string) =>
  newsRaw({ tEvent: ms(TEN), tSeen: ms(TEN) }, { id, source: "wire", tickers: [AAPL], headline: `${id} soars`, url: null });
const scores = () => rig.entries("news.scored").map((e) => (e.type === "news.scored" ? [e.id, e.scorer, e.score] : []));
/** All tries of a model, and the pauses between. */
const patience = () => rig.pass(100_000);
beforeEach(async () => {
  model = new Model();
  rig = new LiveRig({ broker: null, scorer: { answers: "recorded", scorer: model } });
  await rig.open();
});

describe("a scorer outside", () => {
  it("scores a headline when it is ready, and prices do not wait for it", async () => {
    let ready: (mood: Mood) => void = () => {};
    model.answers = () => new Promise<Mood>((resolve) => (ready = resolve));
    rig.push(headline("a"));
    await rig.settle();
    rig.price(101);
    await rig.settle();
    expect(scores()).toEqual([]);
    rig.now = TEN + 3_000;
    ready(good);
    await rig.settle();
    expect(scores()).toEqual([["a", "finbert", 0.5]]);
    expect(rig.entries("news.scored")).toMatchObject([
      { tSeen: TEN + 3_000, tEvent: TEN, cause: rig.entries("news.raw")[0]?.seq },
    ]);
    expect(rig.verify().entries).toBe(rig.tape.entries.length);
  });

  it.each<[string, Answer]>([
    ["throws", () => Promise.reject(new Error("out of memory"))],
    [
      "throws at once",
      () => {
        throw new Error("not loaded");
      },
    ],
    ["never answers", never],
    ["says a score that is no number", () => Promise.resolve({ ...good, score: Number.NaN })],
    ["says a score out of range", () => Promise.resolve({ ...good, score: 50 })],
    ["says a confidence out of range", () => Promise.resolve({ ...good, confidence: -7 })],
    ["says infinite", () => Promise.resolve({ ...good, score: Number.POSITIVE_INFINITY })],
    ["names what is no ticker", () => Promise.resolve({ ...good, tickers: ["not a ticker"] })],
    ["speaks in another's name", () => Promise.resolve({ ...good, scorer: "builtin" })],
    ["says nothing", () => Promise.resolve(undefined)],
  ])("that %s is told, and the built-in scorer scores the headline, once", async (how, answers) => {
    model.answers = answers;
    rig.push(headline("a"));
    await rig.settle();
    await patience();
    expect(model.asked).toHaveLength(how === "never answers" ? 1 : 3); // one that hangs is not asked again
    expect(rig.entries("request.failed")).toMatchObject([{ port: "scorer", request: "score", about: "a" }]);
    expect(scores()).toMatchObject([["a", "builtin", expect.any(Number)]]);
    expect(rig.verify().entries).toBe(rig.tape.entries.length);
  });

  it("gets another try after a failure, and its answer counts", async () => {
    let tries = 0;
    model.answers = () => (++tries < 3 ? Promise.reject(new Error("busy")) : Promise.resolve({ ...good, score: -0 }));
    rig.push(headline("a"));
    await rig.settle();
    await patience();
    expect(scores()).toEqual([["a", "finbert", 0]]);
    expect(rig.entries("request.failed")).toEqual([]);
  });

  it("that answers after its time-out is not heard a second time", async () => {
    const late: ((mood: Mood) => void)[] = [];
    model.answers = () => new Promise<Mood>((resolve) => late.push(resolve));
    rig.push(headline("a"));
    await rig.settle();
    await patience();
    for (const answer of late) answer(good);
    await rig.settle();
    expect(scores()).toMatchObject([["a", "builtin", expect.any(Number)]]);
  });

  it("is asked again after a kill for what it had not answered, and for nothing else", async () => {
    rig.push(headline("a"));
    await rig.settle();
    model.answers = never;
    rig.push(headline("b"));
    await rig.settle();
    model.answers = () => Promise.resolve(good);
    await rig.kill();
    await rig.settle();
    expect(model.asked).toEqual(["a soars", "b soars", "b soars"]);
    expect(scores()).toEqual([
      ["a", "finbert", 0.5],
      ["b", "finbert", 0.5],
    ]);
    await rig.kill();
    expect(model.asked).toHaveLength(3);
    expect(rig.verify().entries).toBe(rig.tape.entries.length);
  });
});

describe("the sentiment actor beside a scorer outside", () => {
  const supervise = async (...actions: ("restart" | "stop")[]) => {
    for (const action of actions) rig.live.command("me", { do: "actor", path: "deck/news/sentiment", action });
    await rig.settle();
  };
  /** Every headline has one score, now and after another kill, and the tape replays. */
  const oneScoreEach = async (ids: readonly string[]) => {
    const scored = () => scores().map(([id]) => id);
    expect(scored().toSorted()).toEqual(ids.toSorted());
    const asked = model.asked.length;
    for (let kills = 0; kills < 2; kills++) {
      await rig.kill();
      await patience();
      expect(scored().toSorted()).toEqual(ids.toSorted());
      expect(model.asked).toHaveLength(asked);
    }
    expect(rig.verify().entries).toBe(rig.tape.entries.length);
  };
  const fails: Answer = () => Promise.reject(new Error("out of memory"));

  it("has all of 600 headlines scored that it waits for, restarted before the model fails", async () => {
    const ids = Array.from({ length: 600 }, (_, n) => `h${n}`);
    let fail: (error: Error) => void = () => {};
    const down = new Promise<Mood>((_, reject) => (fail = reject));
    down.catch(() => {});
    model.answers = () => down;
    for (const id of ids) rig.push(headline(id));
    await rig.settle();
    await supervise("restart");
    fail(new Error("down"));
    await patience();
    expect(scores().every(([, scorer]) => scorer === "builtin")).toBe(true);
    await oneScoreEach(ids);
  });

  it("does not have a headline of thousands ago scored again after a restart", async () => {
    const ids = Array.from({ length: 3_000 }, (_, n) => `h${n}`);
    for (const id of ids) rig.push(headline(id));
    await rig.settle();
    for (let waits = 0; rig.live.inFlight > 0 && waits < 10_000; waits++) await rig.settle();
    await supervise("restart");
    rig.push(headline("h0"));
    await rig.settle();
    expect(model.asked).toHaveLength(3_000);
    expect(scores()).toHaveLength(3_000);
  });

  it("asks again for what failed while it was stopped", async () => {
    model.answers = fails;
    rig.push(headline("a"));
    await rig.settle();
    await supervise("stop");
    await patience();
    expect(rig.entries("request.failed")).toHaveLength(1);
    model.answers = () => Promise.resolve(good);
    await supervise("restart", "restart");
    expect(scores()).toEqual([["a", "finbert", 0.5]]);
    await oneScoreEach(["a"]);
  });

  it("asks for what came while it was stopped, once, through kills and restarts", async () => {
    await supervise("stop");
    model.answers = never;
    for (const id of ["a", "b", "a"]) rig.push(headline(id));
    await rig.settle();
    expect(model.asked).toEqual([]);
    await supervise("restart", "restart");
    rig.push(headline("b"));
    await supervise("stop", "restart");
    expect(model.asked).toEqual(["a soars", "b soars"]);
    await rig.kill();
    await supervise("restart");
    expect(model.asked).toEqual(["a soars", "b soars", "a soars", "b soars"]);
    model.answers = () => Promise.resolve(good);
    await patience();
    await oneScoreEach(["a", "b"]);
  });

  it("waits for the one answer that is on its way, whenever it is restarted or killed", async () => {
    let answer: () => void = () => {};
    const slow: Answer = () => new Promise<Mood>((resolve) => (answer = () => resolve(good)));
    model.answers = slow;
    rig.push(headline("a"));
    await rig.settle();
    await supervise("restart", "stop", "restart");
    rig.push(headline("a"));
    await rig.settle();
    expect(model.asked).toHaveLength(1);
    answer();
    await new Promise(setImmediate);
    await supervise("restart"); // the answer has come, and was not taken in
    await oneScoreEach(["a"]);
  });

  it("has the fallback score what has failed when it is restarted, and was not told of it", async () => {
    model.answers = fails;
    rig.push(headline("a"));
    await rig.settle();
    for (const wait of [500, 1_000]) await rig.timing.pass(wait);
    expect(rig.live.waiting).toBe(1);
    await supervise("restart");
    await patience();
    expect(scores()).toMatchObject([["a", "builtin", expect.any(Number)]]);
    await oneScoreEach(["a"]);
  });

  it("has what failed while it was stopped scored by the fallback when the model fails again, also after a kill", async () => {
    model.answers = fails;
    rig.push(headline("a"));
    await rig.settle();
    await supervise("stop");
    await patience();
    await rig.kill();
    await supervise("restart");
    await rig.kill();
    await patience();
    await oneScoreEach(["a"]);
    expect(rig.entries("request.failed")).toHaveLength(2);
  });
});

describe("the way to a scorer outside", () => {
  it("asks once for a headline that is in flight, and tells one answer", async () => {
    const told: unknown[] = [];
    const patient = { timing: rig.timing, timeoutMs: 1_000, tries: 1, pauseMs: 1 };
    const line = new ScorerLine(model, patient, { answer: (e) => void told.push(e) }, false);
    const request = { news: headline("a") };
    await Promise.all([line.send(request, ms(TEN)), line.send(request, ms(TEN))]);
    expect([model.asked, told.length]).toEqual([["a soars"], 1]);
    await line.send(request, ms(TEN));
    expect([model.asked.length, told.length]).toEqual([2, 2]);
  });
});

describe("a scorer outside that gets many headlines at once", () => {
  it("is asked four at a time, in order, and each has its whole time from when its turn comes", async () => {
    model.answers = never;
    const ids = Array.from({ length: 10 }, (_, n) => `h${n}`);
    for (const id of ids) rig.push(headline(id));
    await rig.settle();
    expect(model.asked).toEqual(["h0 soars", "h1 soars", "h2 soars", "h3 soars"]);
    await rig.pass(29_000);
    expect(model.asked).toHaveLength(4);
    const answered: (() => void)[] = [];
    model.answers = () => new Promise<Mood>((resolve) => answered.push(() => resolve(good)));
    await rig.pass(1_000);
    expect(model.asked.slice(4)).toEqual(["h4 soars", "h5 soars", "h6 soars", "h7 soars"]);
    await rig.pass(29_000);
    for (const answer of answered.splice(0)) answer();
    model.answers = () => Promise.resolve(good);
    await rig.settle();
    await patience();
    expect(rig.entries("request.failed").map((e) => (e.type === "request.failed" ? e.about : ""))).toEqual([
      "h0",
      "h1",
      "h2",
      "h3",
    ]);
    expect(scores()).toHaveLength(10);
    expect(rig.live.inFlight).toBe(0);
    expect(rig.verify().entries).toBe(rig.tape.entries.length);
  });
});

describe("a scorer outside beside a source that waits", () => {
  it("is heard in the order of the requests, whichever was ready first, at their moment", async () => {
    const ready = new Map<string, () => void>();
    model.answers = () => {
      const id = model.asked.at(-1)?.split(" ")[0] ?? "";
      return new Promise<Mood>((resolve) => ready.set(id, () => resolve(good)));
    };
    rig = new LiveRig({ broker: null, scorer: { answers: "recorded", scorer: model }, inOrder: true });
    await rig.open();
    for (const id of ["a", "b", "c"]) rig.push(headline(id));
    await rig.settle();
    expect(rig.live.inFlight).toBe(3);
    for (const id of ["c", "a", "b"]) {
      ready.get(id)?.();
      await new Promise(setImmediate);
    }
    await rig.settle();
    expect(scores().map(([id]) => id)).toEqual(["a", "b", "c"]);
    expect(rig.live.inFlight).toBe(0);
  });
});
