import type { ActorSpec, ReceiveBehaviour } from "../../actors/actor.ts";
import { PORTS } from "../../actors/topology.ts";
import type { Digest } from "../../runtime/core/decisions.ts";
import { type CoreOptions, type Opening, type TradingCore, tradingCore } from "../../runtime/core/tradingCore.ts";
import { simulated } from "../../runtime/core/venue.ts";
import { deckTree } from "../../runtime/tree.ts";
import type { TapeEvent } from "../../streams/domain/event.ts";
import { money, ms, orderId, shares, type Ticker, ticker } from "../../streams/domain/units.ts";
import type { Exchange } from "../../streams/execution/exchange.ts";
import { builtinScorer } from "../../streams/news/score.ts";
import { MICROS } from "./amounts.ts";
import type { Counts } from "./counts.ts";
import { OutsideBroker } from "./outsideBroker.ts";
import { Script } from "./script.ts";
import type { Setup } from "./setup.ts";
import { Watch } from "./watch.ts";

const RUN = "f";
export const TICKERS: readonly Ticker[] = ["AA", "BB", "CC"].map(ticker);
const scorer = builtinScorer();
const MONEY = "deck/money/";
const EXECUTOR = `${MONEY}executor`;

/** Two hashes of 32 bits (FNV-1a, and a multiplicative one): quick, and enough to tell two plays of one seed apart. */
const quickDigest = (): Digest => {
  let a = 0x811c9dc5;
  let b = 1;
  return {
    update: (text) => {
      for (let i = 0; i < text.length; i++) {
        const c = text.charCodeAt(i);
        a = Math.imul(a ^ c, 0x01000193);
        b = (Math.imul(b, 31) + c) | 0;
      }
    },
    hex: () => `${(a >>> 0).toString(16)}-${(b >>> 0).toString(16)}`,
  };
};

const openingOf = ({ config, prices, adopted }: Setup): Opening => ({
  cash: config.cash,
  adopted: adopted.map((a) => {
    const price = prices[a.ticker] as number;
    return {
      ticker: TICKERS[a.ticker] as Ticker,
      shares: shares(a.shares * MICROS),
      cost: money(Math.round(a.shares * price * MICROS)),
      openFees: money(0),
      openedAt: ms(0),
      openedBy: orderId(a.book === "account" ? "before" : `e-${a.book}-${TICKERS[a.ticker]}-1`),
      realised: money(0),
      mark: price,
      book: a.book,
    };
  }),
});

/** Actors of money that are to break at their next message. */
class Breaking {
  readonly due = new Set<string>();

  /** The same actor, which throws when it is due, before anything else. */
  wrap(spec: ActorSpec): ActorSpec {
    const { behaviour, name } = spec;
    if (behaviour === undefined || !("receive" in behaviour)) return spec;
    const { receive } = behaviour;
    const breaking: ReceiveBehaviour<unknown, unknown> = {
      ...behaviour,
      receive: (state, msg, context) => {
        if (this.due.size > 0 && this.due.delete(name)) throw new Error(BROKEN);
        return receive(state, msg, context);
      },
    };
    return { ...spec, behaviour: breaking };
  }

  /** What has just begun or ended a life breaks no more: it would break while it is told of the life before. */
  ended(path: string): void {
    if (this.due.size > 0) this.due.delete(path.slice(MONEY.length));
  }

  inMoney(deck: ActorSpec): ActorSpec {
    const children = (deck.children ?? []).map((group) =>
      group.name === "money" ? { ...group, children: (group.children ?? []).map((c) => this.wrap(c)) } : group,
    );
    return { ...deck, children };
  }
}
const BROKEN = "broken by the fuzzer";

/** The production core of one interleaving, with its strategies, its broker and what watches it. */
export class World {
  readonly core: TradingCore;
  readonly watch: Watch;
  readonly script = new Script();
  readonly exchange: Exchange | null;
  readonly broker: OutsideBroker | null;
  readonly breaking = new Breaking();

  constructor(setup: Setup, counts: Counts, trace?: (e: TapeEvent) => void) {
    const { config, outside } = setup;
    this.watch = new Watch(config, counts, outside, () => this.#runs((path) => path === EXECUTOR));
    const { watch } = this;
    this.broker = outside ? new OutsideBroker(watch.shadow) : null;
    const around = simulated(config, scorer);
    this.exchange = outside ? null : around.exchange;
    const { broker } = this;
    const surroundings =
      broker === null
        ? around
        : { venue: null, notes: [], performers: { ...around.performers, [PORTS.broker]: { perform: broker.perform } } };
    const deck = deckTree(config, RUN, this.script.strategies(), outside ? { [PORTS.broker]: "recorded" } : {});
    const options: CoreOptions = {
      ...surroundings,
      config,
      tree: this.breaking.inMoney(deck),
      digest: quickDigest,
      opening: openingOf(setup),
      record: (e) => {
        trace?.(e);
        watch.note(e);
      },
      lifecycle: (e) => {
        this.breaking.ended(e.path);
        if (e.kind === "crashed" && !e.error.includes(BROKEN)) watch.found("crashed", `${e.path}: ${e.error}`);
        if (e.kind === "crashed") watch.broke(e.at);
        if (e.kind === "dead_letter" && !e.letter.error.includes(BROKEN))
          watch.found("dead-letter", `${e.path}: ${JSON.stringify(e.letter.message)}`);
      },
      escalated: (path, error) => watch.found("escalated", `${path}: ${error}`),
    };
    this.core = tradingCore(options);
  }

  /** Whether every actor of money could act. */
  moneyRuns(): boolean {
    return this.#runs((path) => path.startsWith(MONEY));
  }

  #runs(which: (path: string) => boolean): boolean {
    return this.core.door.kernel.inspect().every((a) => a.group || !which(a.path) || a.state === "running");
  }
}
