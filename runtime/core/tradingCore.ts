import type { ActorSpec } from "../../actors/actor.ts";
import type { Lifecycle } from "../../actors/ports/supervisor.ts";
import { PATHS } from "../../actors/topology.ts";
import type { InputEvent, TapeEvent } from "../../streams/domain/event.ts";
import type { Bar } from "../../streams/domain/market.ts";
import { accountAdopted, accountOpened, type Position } from "../../streams/domain/portfolio.ts";
import type { RunConfig } from "../../streams/domain/run.ts";
import { type Money, type Ms, ms } from "../../streams/domain/units.ts";
import { Door, type Needed, type Performer, type Venue } from "../kernel/door.ts";
import { Collector } from "./collector.ts";
import { DecisionsHash, type Digest } from "./decisions.ts";

/** Raised when the core writes other entries than before for the same inputs: runs of other rules are not gone on with. */
export const CORE_RULES = 4;

/** What orders need to be withdrawn and positions to be closed: in start order. */
const NEEDS: readonly Needed[] = [
  { path: "deck", keepsMail: false },
  { path: "deck/money", keepsMail: false },
  { path: PATHS.portfolio, keepsMail: true },
  // Orders that wait with these were judged before the command came.
  { path: PATHS.executor, keepsMail: false },
  { path: PATHS.risk, keepsMail: false },
];

/** Who answers the core. The core knows no more of its world than this. */
export interface Surroundings {
  /** By the name of the port. */
  readonly performers: Readonly<Record<string, Performer>>;
  /** A market that trades against us within bars; null where a broker outside does. */
  readonly venue: Venue | null;
  /** See every event but bars, after it is recorded. */
  readonly notes: readonly { note(event: Exclude<TapeEvent, Bar>): void }[];
}

export interface CoreOptions extends Surroundings {
  readonly config: RunConfig;
  readonly tree: ActorSpec;
  /** Makes a fresh sha256. */
  readonly digest: () => Digest;
  /** Whether the hash of decisions by version 1 is wanted too. Default: no. */
  readonly bothHashes?: boolean;
  /** Default: the cash of the config, and nothing held. A tape that opens an account itself decides for itself. */
  readonly opening?: Opening | undefined;
  /** Sees every event, stamped, before anyone acts on it. */
  readonly record?: (event: TapeEvent) => void;
  readonly lifecycle?: (e: Lifecycle) => void;
  readonly escalated?: (path: string, error: string) => void;
  readonly stopwatch?: () => number;
}

/** What an account begins with, when it goes on from an earlier run. */
export interface Opening {
  readonly cash: Money;
  readonly adopted: readonly (Position & { readonly mark: number | null; readonly book: string })[];
  /** Ids of fills that are in it already: a broker may say them again. */
  readonly fills?: Iterable<string>;
}

/** The production actors behind their door, with the books and the hash beside them: what live, paper, backtest and verification are made of. */
export interface TradingCore {
  readonly door: Door;
  readonly collector: Collector;
  readonly hash: DecisionsHash;
  /** As `door.feed`. The first event that is not a command opens the account. */
  feed(batch: readonly InputEvent[]): void;
}

export const tradingCore = (options: CoreOptions): TradingCore => {
  const { config, record, notes } = options;
  const collector = new Collector(config.cash, config.costs);
  const hash = new DecisionsHash(options.digest, options.bothHashes ?? false);
  const door = new Door({
    seed: config.seed,
    startAt: ms(0),
    tree: options.tree,
    lister: PATHS.tickers,
    needs: NEEDS,
    performers: options.performers,
    venue: options.venue,
    recorder: {
      bar: record
        ? (bar) => {
            record(bar);
            collector.bar(bar);
          }
        : (bar) => collector.bar(bar),
      other: (event) => {
        record?.(event);
        hash.note(event);
        collector.note(event);
        for (let i = 0; i < notes.length; i++) notes[i]?.note(event);
      },
    },
    ...(options.lifecycle ? { lifecycle: options.lifecycle } : {}),
    ...(options.escalated ? { escalated: options.escalated } : {}),
    ...(options.stopwatch ? { stopwatch: options.stopwatch } : {}),
  });
  let opened = false;
  const openingAt = (at: Ms): InputEvent[] => [
    accountOpened(options.opening?.cash ?? config.cash, at),
    ...(options.opening?.adopted ?? []).map((p) => accountAdopted({ ...p, openedAt: ms(Math.min(p.openedAt, at)) }, at)),
  ];
  /** The opening is of the moment that it comes with, as it is on the tape. */
  const withOpening = (batch: readonly InputEvent[]): readonly InputEvent[] => {
    const first = batch.find((e) => e.type !== "control.command");
    opened = first !== undefined;
    return first === undefined || first.type === "account.opened" ? batch : [...openingAt(first.tSeen as Ms), ...batch];
  };
  return {
    door,
    collector,
    hash,
    feed: (batch) => door.feed(opened ? batch : withOpening(batch)),
  };
};
