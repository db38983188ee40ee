import { map } from "rxjs";
import { z } from "zod";
import type { ActorSpec } from "../../actors/actor.ts";
import type { Broker, BrokerRequest } from "../../actors/ports/broker.ts";
import type { ScorerPort } from "../../actors/ports/scorer.ts";
import type { TapeWriter } from "../../actors/ports/tape.ts";
import { sha256 } from "../../runtime/adapters/system/digest.ts";
import { memoryTape } from "../../runtime/adapters/tape/memory.ts";
import { LiveRun, type Rehearsed } from "../../runtime/live/liveRun.ts";
import { answersOf } from "../../runtime/live/ports.ts";
import { type Verified, verify } from "../../runtime/replay/verify.ts";
import type { RunSetup } from "../../runtime/runSetup.ts";
import { deckTree } from "../../runtime/tree.ts";
import type { BrokerAnswer, InputEvent, TapeEvent } from "../../streams/domain/event.ts";
import { bar } from "../../streams/domain/market.ts";
import { fill, type Order, orderAccepted, orderCancelled, orderMissing, orderRejected } from "../../streams/domain/order.ts";
import { RunConfig } from "../../streams/domain/run.ts";
import { money, ms, type OrderId, qty, SCALE, seq, type Ticker, ticker } from "../../streams/domain/units.ts";
import { builtinScorer } from "../../streams/news/score.ts";
import { defineStrategy } from "../../streams/strategies/define.ts";
import { type AnyStrategy, bindAll } from "../../streams/strategies/registry.ts";
import { ManualTiming } from "./manualTiming.ts";
import { usd } from "./orders.ts";

export const AAPL = ticker("AAPL");
/** Tuesday, 2 June 2026, 10:00 in New York: the market is open. */
export const TEN = 1_780_408_800_000;
const RUN = "s0123456789";

/** Long above 100, short below, flat at 100. */
const sideOfHundred = defineStrategy({
  name: "sideOfHundred",
  params: z.object({ middle: z.number().default(100) }),
  signals: ({ bars$ }, p) =>
    bars$.pipe(map((b) => ({ score: Math.sign(b.close - p.middle), confidence: 1, reason: "", causes: [b.seq] }))),
});

const setup: RunSetup = (() => {
  const config = RunConfig.parse({
    strategies: [{ name: sideOfHundred.name }],
    sizing: { by: "shares", shares: 10 },
    ensemble: { threshold: 0, hysteresis: 0 },
  });
  return {
    config,
    listed: config.strategies,
    strategies: bindAll(config.strategies, new Map([[sideOfHundred.name, sideOfHundred as AnyStrategy]])),
    configHash: "rig",
  };
})();

/** A broker that keeps what it is sent and says what a test has it say. */
export class HandBroker implements Broker {
  readonly name = "by hand";
  /** Everything it was ever sent, over all lives. */
  readonly sent: BrokerRequest[] = [];
  /** What becomes of the next request: it is taken, unless this throws or never resolves. */
  taking: (request: BrokerRequest) => Promise<void> = () => Promise.resolve();
  #hear: (answer: BrokerAnswer) => void = () => {};

  open(hear: (answer: BrokerAnswer) => void): void {
    this.#hear = hear;
  }
  send(request: BrokerRequest): Promise<void> {
    this.sent.push(request);
    return this.taking(request);
  }
  async close(): Promise<void> {}

  get submitted(): readonly Order[] {
    return this.sent.flatMap((r) => (r.do === "submit" ? [r.intent.order] : []));
  }
  get inShort(): readonly string[] {
    return this.sent.map((r) =>
      r.do === "lookup"
        ? `lookup ${r.orderId}`
        : r.do === "submit"
          ? `submit ${r.intent.order.id}`
          : `${r.do} ${r.intent.orderId}`,
    );
  }
  say(answer: BrokerAnswer): void {
    this.#hear(answer);
  }
  accepts({ id, ticker: of }: Pick<Order, "id" | "ticker">): void {
    this.say(orderAccepted(of, id, "b", ms(0), seq(0)));
  }
  rejects({ id, ticker: of }: Pick<Order, "id" | "ticker">): void {
    this.say(orderRejected(of, id, "NO", "no", ms(0), seq(0)));
  }
  cancels({ id, ticker: of }: Pick<Order, "id" | "ticker">): void {
    this.say(orderCancelled(of, id, "asked for", ms(0), seq(0)));
  }
  knowsNothingOf(id: OrderId): void {
    this.say(orderMissing(AAPL, id, ms(0), seq(0)));
  }
  /** @param shares of the whole; what is left stays open */
  fills(order: Order, shares = order.qty / SCALE, fillId = `${order.id}#${shares}`): void {
    const leaves = qty(order.qty - shares * SCALE);
    const { ticker: of, id, side } = order;
    this.say(
      fill({
        ...{ ticker: of, orderId: id, fillId, side, leaves },
        ...{ qty: qty(shares * SCALE), px: usd(100), commission: money(0), tEvent: ms(0), tSeen: ms(0), cause: seq(0) },
      }),
    );
  }
}

export interface RigOptions {
  readonly scorer?: ScorerPort;
  readonly broker?: HandBroker | null;
  /** Changes the tree before it is started. */
  readonly tree?: (deck: ActorSpec) => ActorSpec;
  /** True where the source waits for answers. */
  readonly inOrder?: boolean;
}

/** A live run over a tape in memory, with a disk, a broker, a clock and kills by hand. */
export class LiveRig {
  readonly timing = new ManualTiming();
  readonly broker: HandBroker | null;
  readonly tape: ReturnType<typeof memoryTape>;
  readonly seen: TapeEvent[] = [];
  /** Market time. */
  now = TEN;
  live: LiveRun;
  failures: unknown[] = [];
  /** What the broker said that made no sense. */
  readonly refused: string[] = [];
  readonly #options: RigOptions;
  readonly #ports: ConstructorParameters<typeof LiveRun>[0]["ports"];
  #journal: TapeWriter;
  #flushes: (() => void)[] = [];
  /** seq of the newest entry that a finished flush covers. */
  flushedTo = 0;
  #barAt = 0;
  /** False: a flush of the disk waits for `disk()`. */
  diskIsPrompt = true;
  /** What the next flush fails with. */
  diskFails: Error | null = null;

  constructor(options: RigOptions = {}) {
    this.#options = options;
    this.broker = options.broker === undefined ? new HandBroker() : options.broker;
    const pure = builtinScorer();
    const scorer = options.scorer ?? { answers: "again", scorer: pure };
    this.#ports = { broker: this.broker, scorer, fallback: pure, timing: this.timing };
    const answers = answersOf(this.#ports);
    this.tape = memoryTape({ kind: "run", source: "rig", run: RUN, ...(answers ? { answers } : {}) });
    this.#journal = this.tape.writer;
    this.live = this.#make();
  }

  /** @throws what the run failed of. */
  async open(): Promise<Rehearsed | null> {
    const rehearsed =
      this.tape.entries.length === 0
        ? null
        : await this.live.rehearse(
            () => this.tape.reader(),
            async () => {},
          );
    await this.live.open(
      () => ms(Math.max(this.now, this.live.now)),
      () => {},
    );
    return rehearsed;
  }

  /** The process ends here and now; another begins. What was not sealed is gone. */
  async kill(): Promise<Rehearsed | null> {
    this.#flushes = [];
    this.#journal = this.tape.reopen();
    this.live = this.#make();
    return this.open();
  }

  /** A bar, each a little later than the one before. */
  price(close: number, of: Ticker = AAPL): void {
    this.#barAt = Math.max(this.#barAt + 1, this.now - 60_000);
    this.push(bar(of, ms(this.#barAt), ms(this.now), close, close, close, close, 100_000, 60_000));
  }

  push(event: InputEvent): boolean {
    return this.live.ingress.push(event);
  }

  /** What has arrived is taken in, decided, sealed; what may leave has left. */
  async settle(): Promise<void> {
    for (let quiet = 0; quiet < 2; ) {
      quiet = this.live.takeIn() ? 0 : quiet + 1;
      this.live.seal();
      await new Promise(setImmediate);
    }
  }

  /** Time goes on, without prices, a second at a time. */
  async pass(forMs: number): Promise<void> {
    for (const until = this.now + forMs; this.now < until; ) {
      this.now = Math.min(until, this.now + 1_000);
      await this.timing.pass(Math.min(1_000, forMs));
      this.live.pass(ms(this.now));
      await this.settle();
    }
  }

  /** The disk has what it was given so far. */
  async disk(): Promise<void> {
    for (const done of this.#flushes.splice(0)) done();
    await new Promise(setImmediate);
  }

  get flushesWaiting(): number {
    return this.#flushes.length;
  }

  entries(type: TapeEvent["type"]): readonly TapeEvent[] {
    return this.tape.entries.filter((e) => e.type === type);
  }

  verify(): Verified {
    const deck = deckTree(setup.config, RUN, setup.strategies, this.tape.header.answers);
    return verify(() => this.tape.reader(), {
      config: setup.config,
      tree: this.#options.tree?.(deck) ?? deck,
      scorer: builtinScorer(),
      digest: sha256,
    });
  }

  #make(): LiveRun {
    const journal = this.#journal;
    const flush = async (): Promise<void> => {
      await journal.flush();
      const fault = this.diskFails;
      this.diskFails = null;
      if (fault !== null) throw fault;
      const upTo = journal.tail;
      if (!this.diskIsPrompt) await new Promise<void>((resolve) => this.#flushes.push(resolve));
      this.flushedTo = Math.max(this.flushedTo, upTo);
    };
    return new LiveRun(
      {
        setup,
        runId: RUN,
        ports: this.#ports,
        digest: sha256,
        journal: {
          append: (e) => journal.append({ ...e }),
          commit: () => journal.commit(),
          seal: () => journal.seal(),
          sync: () => journal.sync(),
          flush,
          bound: () => journal.bound(),
          close: () => journal.close(),
          get tail() {
            return journal.tail;
          },
        },
        audience: { events: (events) => this.seen.push(...events), equity: () => {}, lifecycle: () => {} },
        stopwatch: () => this.timing.now() * 1_000,
        failed: (error) => this.failures.push(error),
        refused: (why) => this.refused.push(why),
        ...(this.#options.tree ? { tree: this.#options.tree } : {}),
        escalated: (path, error) => {
          throw new Error(`${path}: ${error}`);
        },
      },
      this.#options.inOrder ?? false,
    );
  }
}
