import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Command } from "../../streams/domain/control.ts";
import { quote } from "../../streams/domain/market.ts";
import { newsRaw } from "../../streams/domain/news.ts";
import { ms, type OrderId, SCALE, ticker } from "../../streams/domain/units.ts";
import { AAPL, LiveRig } from "../support/liveRig.ts";
import { MoodyBroker, type Reception } from "../support/outside/moodyBroker.ts";
import { type Answer, MoodyScorer } from "../support/outside/moodyScorer.ts";

const TICKERS = [AAPL, ticker("MSFT")];
const RECEPTIONS: readonly Reception[] = [
  "takes",
  "takes, then throws",
  "takes, and never resolves",
  "loses it",
  "throws at once",
  "is not reached",
];
const ANSWERS: readonly Answer[] = ["scores", "throws", "lies"];

type Step =
  | { readonly do: "price"; readonly of: number; readonly close: number }
  | { readonly do: "quote" | "news" | "repeat"; readonly of: number }
  | { readonly do: "score"; readonly of: number; readonly how: Answer }
  | { readonly do: "receive"; readonly how: Reception }
  | { readonly do: "execute"; readonly of: number; readonly shares: number }
  | { readonly do: "refuse"; readonly of: number }
  | { readonly do: "say"; readonly of: number; readonly twice: boolean }
  | { readonly do: "take in" | "seal" | "disk" | "kill" | "settle" }
  | { readonly do: "slow disk"; readonly on: boolean }
  | { readonly do: "command"; readonly command: Command }
  | { readonly do: "pass"; readonly forMs: number };

const COMMANDS: readonly Command[] = [
  ...["money/portfolio", "money/executor", "money/risk", "news/sentiment", "ideas/ensemble", "market/tickers"].map(
    (path) => ({ do: "actor", path: `deck/${path}`, action: "restart" }) as const,
  ),
  { do: "closeAll" },
  { do: "close", ticker: AAPL },
  { do: "kill", reason: "enough" },
  { do: "resume" },
  { do: "unkill" },
];

const some = fc.nat(20);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant("price" as const), of: fc.nat(1), close: fc.constantFrom(99, 100, 101) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom("quote" as const, "news" as const, "repeat" as const), of: some }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("score" as const), of: some, how: fc.constantFrom(...ANSWERS) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("receive" as const), how: fc.constantFrom(...RECEPTIONS) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("execute" as const), of: some, shares: fc.constantFrom(3, 5, 100) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("refuse" as const), of: some }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant("say" as const), of: some, twice: fc.boolean() }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom("take in" as const, "seal" as const, "disk" as const) }) },
  { weight: 4, arbitrary: fc.constant({ do: "settle" as const }) },
  { weight: 2, arbitrary: fc.constant({ do: "kill" as const }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("slow disk" as const), on: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("command" as const), command: fc.constantFrom(...COMMANDS) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("pass" as const), forMs: fc.constantFrom(1, 1_000, 11_000, 70_000) }) },
);

/** A run with an outside that does as a schedule says. */
class World {
  readonly broker = new MoodyBroker();
  readonly scorer = new MoodyScorer();
  readonly rig = new LiveRig({ broker: this.broker, scorer: { answers: "recorded", scorer: this.scorer } });
  /** Requests that left before a flush had covered their intent. */
  readonly early: OrderId[] = [];
  #headlines = 0;

  constructor() {
    const { taking } = this.broker;
    this.broker.taking = (request) => {
      if (request.do !== "lookup" && request.intent.seq > this.rig.flushedTo)
        this.early.push(request.do === "submit" ? request.intent.order.id : request.intent.orderId);
      return taking(request);
    };
  }

  async take(step: Step): Promise<void> {
    const { rig, broker } = this;
    switch (step.do) {
      case "price":
        return rig.price(step.close, TICKERS[step.of]);
      case "quote":
        rig.push(quote(AAPL, { tEvent: ms(1), tSeen: ms(1) }, 99 + (step.of % 2), 102, 1, 1));
        return;
      case "news":
        return this.headline(this.#headlines++);
      case "repeat":
        return this.headline(step.of % Math.max(1, this.#headlines));
      case "score":
        this.scorer.answer(step.of, step.how);
        return turn();
      case "receive":
        broker.reception = step.how;
        return;
      case "execute":
        return broker.execute(step.of, step.shares);
      case "refuse":
        return broker.refuse(step.of);
      case "say":
        if (broker.unsaid.length > 0) broker.sayOne(step.of, step.twice);
        else broker.sayAgain(step.of);
        return;
      case "take in":
        rig.live.takeIn();
        return;
      case "seal":
        rig.live.seal();
        return turn();
      case "disk":
        return rig.disk();
      case "slow disk":
        rig.diskIsPrompt = !step.on;
        return;
      case "settle":
        return rig.settle();
      case "kill":
        await rig.kill();
        return broker.catchUp();
      case "command":
        return rig.live.command("me", step.command);
      case "pass":
        return rig.pass(step.forMs);
    }
  }

  headline(n: number): void {
    const about = { id: `n${n}`, source: "wire", tickers: [AAPL], headline: `news ${n}`, url: null };
    this.rig.push(newsRaw({ tEvent: ms(n), tSeen: ms(0) }, about));
  }

  /** Everything outside works again, and says all it has to say. */
  async calm(): Promise<void> {
    this.broker.reception = "takes";
    this.scorer.prompt = true;
    this.rig.diskIsPrompt = true;
    this.rig.live.command("me", { do: "unkill" });
    this.rig.live.command("me", { do: "resume" });
    await this.rig.disk();
    await this.serve(240_000);
  }

  /** Time passes before a broker that fills what it has and says so. */
  async serve(forMs: number): Promise<void> {
    for (let passed = 0; passed < forMs; passed += 10_000) {
      await this.rig.settle();
      while (this.broker.openOrders.length > 0) this.broker.execute(0, 100);
      this.broker.sayAll();
      await this.rig.pass(10_000);
    }
  }
}

const turn = (): Promise<void> => new Promise(setImmediate);
const repeated = (ids: readonly string[]): string[] => ids.filter((id, i) => ids.indexOf(id) !== i);

/** Ids of orders that the tape leaves open. */
const openOn = (rig: LiveRig): string[] => {
  const open = new Set<string>();
  for (const e of rig.tape.entries) {
    if (e.type === "order.submitted") open.add(e.order.id);
    else if (e.type === "order.filled" ? e.leaves === 0 : CLOSING.has(e.type)) open.delete((e as { orderId: string }).orderId);
  }
  return [...open];
};
const CLOSING: ReadonlySet<string> = new Set(["order.rejected", "order.cancelled", "order.expired", "order.lost"]);

/** Plays a schedule, then lets everything calm down. @param during looks after each step */
const holds = async (steps: readonly Step[], during: (world: World) => void = () => {}): Promise<void> => {
  const world = new World();
  const { rig, broker } = world;
  await rig.open();
  for (const step of steps) {
    await world.take(step);
    during(world);
  }
  await world.calm();
  for (const close of [99, 101]) {
    for (const of of TICKERS) rig.price(close, of);
    await world.serve(90_000);
  }
  const { entries } = rig.tape;
  expect(rig.failures).toEqual([]);
  expect(world.early).toEqual([]);
  expect(repeated(broker.submitted.map((o) => o.id))).toEqual([]);
  expect(repeated(entries.flatMap((e) => (e.type === "order.submitted" ? [e.order.id] : [])))).toEqual([]);
  expect(repeated(entries.flatMap((e) => (e.type === "order.filled" ? [e.fillId] : [])))).toEqual([]);
  const raw = new Set(entries.flatMap((e) => (e.type === "news.raw" ? [e.id] : [])));
  const scored = entries.flatMap((e) => (e.type === "news.scored" ? [e.id] : []));
  expect(scored.toSorted()).toEqual([...raw].sort());
  expect(openOn(rig)).toEqual(broker.openOrders);
  for (const of of TICKERS) {
    const held = rig.live.core.collector.ledger.positions.get(of)?.shares ?? 0;
    expect(held).toBe(broker.held(of));
    expect(held).toBe(10 * SCALE);
  }
  expect(rig.verify().entries).toBe(entries.length);
};

const RUNS = process.env.TAPEDECK_FULL ? 5_000 : 400;
const MOST_STEPS = 60;
const schedule = fc.array(step, { minLength: 5, maxLength: MOST_STEPS });
const inOrder = schedule.map((steps) => steps.map((s) => (s.do === "say" ? { ...s, of: 0 } : s)));

describe("a run with an outside that answers late, twice or never, and kills at any moment", () => {
  it("sends each order once and after the disk has it, knows in the end what the broker knows, and replays to the same", () =>
    fc.assert(
      fc.asyncProperty(schedule, (steps) => holds(steps)),
      { numRuns: RUNS },
    ));

  it("never has more at the broker than the target wants, where answers come in order", () =>
    fc.assert(
      fc.asyncProperty(inOrder, (steps) =>
        holds(steps, ({ broker }) => {
          for (const of of TICKERS) expect(Math.abs(broker.promised(of))).toBeLessThanOrEqual(10 * SCALE);
        }),
      ),
      { numRuns: RUNS },
    ));
});
