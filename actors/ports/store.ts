import type { TapeEvent } from "../../streams/domain/event.ts";

/** A run, as the tables know it. */
export interface RunRow {
  readonly id: string;
  readonly mode: "live" | "paper" | "simulated" | "backtest" | "verify";
  readonly tapeHash: string | null;
  readonly configHash: string;
  readonly seed: number;
  readonly version: string;
  readonly config: unknown;
}

/**
 * Tables as a projection of the run's tape. The tape is the truth: what is not in the tables yet is written again from the tape,
 * and writing the same entry twice changes nothing.
 */
export interface Projection {
  /** Registers the run; returns the seq up to which its entries are already in the tables (0 for a new run). */
  open(run: RunRow): Promise<number>;
  /** Queues entries; returns at once and never blocks the dispatcher. Written in batches, in order. */
  offer(run: string, events: readonly TapeEvent[]): void;
  /** Equity marks, for the curve: [epoch ms, equity µUSD, cash µUSD]. Queued like events. */
  offerEquity(run: string, marks: readonly (readonly [at: number, equity: number, cash: number])[]): void;
  /** Entries queued and not yet written. */
  readonly backlog: number;
  /** All that was offered is written. @throws when the database refuses. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** The cursor is not one that a page gave out. The asker's fault. */
export class BadCursor extends Error {
  constructor() {
    super("cursor: not one that a page of this list gave out; leave it out to start at the newest");
    this.name = "BadCursor";
  }
}

/** A page of a list, newest first. `cursor` goes back into the next query; null at the end. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly cursor: string | null;
}
export interface ListQuery {
  /** A run's id. Default: all runs that trade (live, paper, simulated), no backtests or verifications. */
  readonly run?: string;
  readonly ticker?: string;
  /** Of trades: whose they were. Other lists have no books and ignore it. */
  readonly book?: string;
  /** Epoch ms, inclusive. */
  readonly from?: number;
  /** Epoch ms, exclusive. */
  readonly to?: number;
  /** 1 to 500, default 100. */
  readonly limit?: number;
  /** What the page before gave. @throws BadCursor on anything else. */
  readonly cursor?: string;
}
export type ListKind = "orders" | "fills" | "trades" | "signals" | "verdicts" | "news" | "targets" | "outcomes";
/**
 * Lists of what happened, for people. Rows are events in their wire form (amounts as decimal strings) with `seq` and `run` (its id).
 * News are scored headlines. Orders also have `status` (as in the order's state machine) and `filled` (shares, decimal).
 * A page is by `tSeen`, newest first; rows added meanwhile neither shift nor repeat what later pages show.
 */
export interface History {
  list(kind: ListKind, query: ListQuery): Promise<Page<Record<string, unknown>>>;
  /** One entry of a run's tape by its seq, in wire form; null when it is not there. For walking causes. */
  event(run: string, seq: number): Promise<Record<string, unknown> | null>;
  /** Equity curve, oldest first: [epoch ms, USD]; thinned to at most `points` (default 1,000), the last mark always among them. */
  equity(query: {
    /** Default: the trading run opened last that has marks. */
    readonly run?: string;
    readonly from?: number;
    readonly to?: number;
    readonly points?: number;
  }): Promise<readonly (readonly [number, number])[]>;
}
