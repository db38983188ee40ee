import { setTimeout as delay } from "node:timers/promises";
import type { Projection, RunRow } from "../../../actors/ports/store.ts";
import type { TapeEvent } from "../../../streams/domain/event.ts";
import { backoffMs } from "../../mechanisms/backoff.ts";
import { isPassing, type Sql, within } from "./client.ts";
import { RunQueue } from "./runQueue.ts";
import { type Mark, Rewound, writeBatch } from "./writeBatch.ts";

export interface ProjectionOptions {
  /** Entries of a run that may wait in memory before it is caught up from its tape instead. Default 200_000. */
  readonly maxQueued?: number;
  /** Entries a transaction. Default 2_000. */
  readonly batch?: number;
  /** ms a batch may take, before its connection is given up for one made afresh. Default 15_000. */
  readonly limitMs?: number;
  /** Entries of the run's tape after a seq, in order, as far as the tape is on disk. Without it, what overflows waits for the next start. */
  readonly replay?: (run: string, after: number) => Iterable<readonly TapeEvent[]>;
  readonly onTrouble?: (trouble: Trouble) => void;
}

/** `retrying`: the database is away. `behind`: writing from the tape. `refused`: it will not take what we write; nothing more is tried. */
export interface Trouble {
  readonly state: "retrying" | "behind" | "refused";
  readonly run: string;
  readonly error: unknown;
  readonly retryInMs: number | null;
}

export interface ProjectionStatus {
  readonly state: "idle" | "writing" | "retrying" | "behind" | "refused";
  readonly error: string | null;
}

const RETRIES = { firstMs: 100, longestMs: 10_000 } as const;
/** The tape's writer may be a moment ahead of what is on disk. */
const TAPE_WAIT_MS = 20;
/** What `close` gives the database to take the rest. The tape has it anyway. */
const CLOSE_MS = 2_000;

interface Waiter {
  readonly until: readonly { readonly run: RunQueue; readonly seq: number; readonly marks: number }[];
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const register = async (sql: Sql, run: RunRow): Promise<{ no: number; projected_seq: number }> => {
  const config = JSON.stringify(run.config ?? null);
  await sql`
    insert into runs (id, mode, tape_hash, config_hash, seed, version, config)
    values (${run.id}, ${run.mode}, ${run.tapeHash}, ${run.configHash}, ${run.seed}, ${run.version}, ${config}::text::jsonb)
    on conflict (id) do nothing`;
  const [row] = await sql<{ no: number; projected_seq: number }[]>`select no, projected_seq from runs where id = ${run.id}`;
  if (!row) throw new Error(`run ${run.id} was dropped while it was opened`);
  return row;
};

/** Writes tapes into tables: queued, batched, in order, each entry once. See docs/decisions/0003-tape-is-the-truth.md. */
export class PostgresProjection implements Projection {
  readonly #sql: Sql;
  readonly #options: ProjectionOptions;
  readonly #batch: number;
  readonly #limitMs: number;
  readonly #runs = new Map<string, RunQueue>();
  readonly #replays = new Map<RunQueue, Iterator<readonly TapeEvent[]>>();
  readonly #closing = new AbortController();
  #waiters: Waiter[] = [];
  #pumping: Promise<void> | null = null;
  #turn = 0;
  #failures = 0;
  #error: string | null = null;
  #refused: unknown = null;

  constructor(sql: Sql, options: ProjectionOptions = {}) {
    this.#sql = sql;
    this.#options = options;
    this.#batch = options.batch ?? 2_000;
    this.#limitMs = options.limitMs ?? 15_000;
  }

  get backlog(): number {
    let sum = 0;
    for (const run of this.#runs.values()) sum += run.backlog;
    return sum;
  }

  get status(): ProjectionStatus {
    const behind = [...this.#runs.values()].some((run) => run.behind);
    const state = this.#refused
      ? "refused"
      : this.#failures > 0
        ? "retrying"
        : behind
          ? "behind"
          : this.#pumping
            ? "writing"
            : "idle";
    return { state, error: this.#error };
  }

  async open(run: RunRow): Promise<number> {
    const row = await within(this.#sql, this.#limitMs, (sql) => register(sql, run));
    const known = this.#runs.get(run.id);
    if (known?.no !== row.no)
      this.#runs.set(
        run.id,
        new RunQueue(run.id, row.no, row.projected_seq, this.#options.maxQueued ?? 200_000, this.#options.replay !== undefined),
      );
    return row.projected_seq;
  }

  offer(run: string, events: readonly TapeEvent[]): void {
    const queue = this.#queueOf(run);
    if (!queue) return;
    const was = queue.behind;
    queue.offer(events);
    if (queue.behind && !was) this.#options.onTrouble?.({ state: "behind", run, error: null, retryInMs: null });
    this.#wake();
  }

  offerEquity(run: string, marks: readonly Mark[]): void {
    this.#queueOf(run)?.offerMarks(marks);
    this.#wake();
  }

  flush(): Promise<void> {
    if (this.#refused) return Promise.reject(this.#refused);
    const until = [...this.#runs.values()]
      .filter((run) => run.backlog > 0)
      .map((run) => ({ run, seq: run.offered, marks: run.marksOffered }));
    if (until.length === 0) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#waiters.push({ until, resolve, reject });
      this.#wake();
    });
  }

  /** Never waits longer than two seconds: what is not written by then is written at the next start. */
  async close(): Promise<void> {
    const patience = new AbortController();
    await Promise.race([
      this.flush().catch(() => undefined),
      delay(CLOSE_MS, undefined, { signal: patience.signal, ref: false }).catch(() => undefined),
    ]);
    patience.abort();
    this.#closing.abort();
    for (const replay of this.#replays.values()) replay.return?.();
    this.#settle(new Error("the store was closed before all was written; the rest is written at the next start"));
  }

  #queueOf(run: string): RunQueue | null {
    if (this.#closing.signal.aborted || this.#refused) return null;
    const queue = this.#runs.get(run);
    if (!queue)
      this.#options.onTrouble?.({ state: "refused", run, error: new Error("offered before it was opened"), retryInMs: null });
    return queue ?? null;
  }

  #wake(): void {
    if (this.#pumping || this.#closing.signal.aborted) return;
    // After the turn that offers: the dispatcher's slice is not made longer by our encoding.
    this.#pumping = delay(0)
      .then(() => this.#pump())
      .finally(() => {
        this.#pumping = null;
        this.#settle(this.#refused);
        if (!this.#refused && this.#next()) this.#wake();
      });
  }

  /** Of those with something to write, the one that waited longest. */
  #next(): RunQueue | null {
    let next: RunQueue | null = null;
    for (const run of this.#runs.values())
      if (run.backlog > 0 && (!run.behind || this.#options.replay) && (!next || run.turn < next.turn)) next = run;
    return next;
  }

  async #pump(): Promise<void> {
    for (;;) {
      const run = this.#next();
      if (!run || this.#closing.signal.aborted) return;
      this.#turn += 1;
      run.turn = this.#turn;
      try {
        await (run.behind ? this.#catchUp(run) : this.#writeNext(run));
        this.#failures = 0;
        this.#error = null;
        this.#settle(null);
      } catch (error) {
        if (this.#closing.signal.aborted) return; // the connection went because we close: no trouble
        this.#replays.get(run)?.return?.();
        this.#replays.delete(run);
        if (error instanceof Rewound) {
          run.rewind(error.seq);
          this.#options.onTrouble?.({ state: "behind", run: run.id, error, retryInMs: null });
          continue;
        }
        this.#error = messageOf(error);
        if (!isPassing(error)) {
          this.#refused = error;
          this.#options.onTrouble?.({ state: "refused", run: run.id, error, retryInMs: null });
          return;
        }
        const retryInMs = backoffMs(RETRIES, this.#failures);
        this.#failures += 1;
        this.#options.onTrouble?.({ state: "retrying", run: run.id, error, retryInMs });
        await delay(retryInMs, undefined, { signal: this.#closing.signal, ref: false }).catch(() => undefined);
      }
    }
  }

  async #writeNext(run: RunQueue): Promise<void> {
    const { events, marks } = run.peek(this.#batch);
    await this.#write(run, events, marks);
  }

  async #write(run: RunQueue, events: readonly TapeEvent[], marks: readonly Mark[]): Promise<void> {
    const batch = { runNo: run.no, written: run.written, events, marks };
    run.done(await within(this.#sql, this.#limitMs, (sql) => writeBatch(sql, batch, this.#limitMs)), marks);
  }

  /** One chunk of the tape, in batches. At its end either all is written, or the writer is a moment ahead and we look again. */
  async #catchUp(run: RunQueue): Promise<void> {
    const replay = this.#replays.get(run) ?? this.#options.replay?.(run.id, run.written)[Symbol.iterator]();
    if (!replay) return;
    this.#replays.set(run, replay);
    const { value: chunk, done } = replay.next();
    if (done) {
      this.#replays.delete(run);
      if (!run.caughtUp()) await delay(TAPE_WAIT_MS, undefined, { signal: this.#closing.signal }).catch(() => undefined);
      return;
    }
    for (let at = 0; at < chunk.length; at += this.#batch) {
      const { marks } = run.peek(this.#batch);
      await this.#write(run, chunk.slice(at, at + this.#batch), marks);
    }
    if (run.caughtUp()) {
      replay.return?.();
      this.#replays.delete(run);
    }
  }

  /** Answers those whose entries are written; with an error, all. Those who wait for what cannot be caught up here, too. */
  #settle(error: unknown): void {
    const waiting: Waiter[] = [];
    for (const waiter of this.#waiters) {
      const open = waiter.until.filter(({ run, seq, marks }) => run.written < seq || run.marksDone < marks);
      if (error) waiter.reject(error);
      else if (open.length === 0) waiter.resolve();
      else if (open.some(({ run }) => run.behind && !this.#options.replay))
        waiter.reject(new Error("the queue was emptied; the rest is written from the tape at the next start"));
      else waiting.push(waiter);
    }
    this.#waiters = waiting;
  }
}
