import type { History, ListKind, ListQuery, Page, Projection, RunRow } from "../../../actors/ports/store.ts";
import type { TapeEvent } from "../../../streams/domain/event.ts";
import { SCALE } from "../../../streams/domain/units.ts";
import { encodeEvent } from "../../../streams/domain/upcast.ts";
import { cursorOf, limitOf, type Place, placeOf } from "../../mechanisms/cursor.ts";
import { type Mark, RunTape } from "./runTape.ts";

const TRADING: ReadonlySet<string> = new Set(["live", "paper", "simulated"]);

const isAbout = (event: TapeEvent, ticker: string): boolean =>
  "ticker" in event ? event.ticker === ticker : "tickers" in event && (event.tickers as readonly string[]).includes(ticker);

/** Below zero: a before b, newest first. */
const newestFirst = (a: Place, b: Place): number => b.tSeen - a.tSeen || b.seq - a.seq || b.runNo - a.runNo;

interface Row extends Place {
  readonly event: TapeEvent;
  readonly tape: RunTape;
}

const isWithin = (event: TapeEvent, query: ListQuery): boolean =>
  (query.from === undefined || event.tSeen >= query.from) &&
  (query.to === undefined || event.tSeen < query.to) &&
  (query.ticker === undefined || isAbout(event, query.ticker)) &&
  (query.book === undefined || event.type !== "trade.closed" || event.trade.book === query.book);

/** Of one run no more rows can be shown than fit on a page. */
const newestOf = (tape: RunTape, kind: ListKind, query: ListQuery, after: Place | null, max: number): Row[] => {
  const list = tape.lists.get(kind) ?? [];
  const rows: Row[] = [];
  for (let i = list.length - 1; i >= 0 && rows.length < max; i -= 1) {
    const event = list[i] as TapeEvent;
    const row = { tSeen: event.tSeen, seq: event.seq, runNo: tape.no, event, tape };
    if ((after === null || newestFirst(after, row) < 0) && isWithin(event, query)) rows.push(row);
  }
  return rows;
};

/**
 * The store without a database: written at once, bounded, gone with the process. Same contract as PostgreSQL's.
 * @param options.keep events a list keeps at least, per run; it may keep up to twice as many. Default 10_000.
 */
export class MemoryStore implements Projection, History {
  readonly #runs = new Map<string, RunTape>();
  readonly #keep: number;
  readonly backlog = 0;

  constructor(options: { readonly keep?: number } = {}) {
    this.#keep = options.keep ?? 10_000;
  }

  async open(run: RunRow): Promise<number> {
    const known = this.#runs.get(run.id);
    if (!known) this.#runs.set(run.id, new RunTape(run, this.#runs.size + 1, this.#keep));
    return known?.written ?? 0;
  }

  offer(run: string, events: readonly TapeEvent[]): void {
    const tape = this.#runs.get(run);
    if (tape) for (const event of events) tape.add(event);
  }

  offerEquity(run: string, marks: readonly Mark[]): void {
    const tape = this.#runs.get(run);
    if (tape) for (const mark of marks) tape.mark(mark);
  }

  async flush(): Promise<void> {}

  /** What is kept stays readable. */
  async close(): Promise<void> {}

  async list(kind: ListKind, query: ListQuery): Promise<Page<Record<string, unknown>>> {
    const after = query.cursor === undefined ? null : placeOf(query.cursor);
    const limit = limitOf(query.limit);
    const rows: Row[] = [];
    for (const tape of this.#runs.values())
      if (query.run === undefined ? TRADING.has(tape.row.mode) : tape.row.id === query.run)
        rows.push(...newestOf(tape, kind, query, after, limit + 1));
    rows.sort(newestFirst);
    const last = rows[limit - 1];
    return {
      items: rows.slice(0, limit).map((row) => this.#wire(row.tape, row.event)),
      cursor: rows.length > limit && last ? cursorOf(last) : null,
    };
  }

  async event(run: string, seq: number): Promise<Record<string, unknown> | null> {
    const tape = this.#runs.get(run);
    const event = tape?.event(seq);
    return tape && event ? this.#wire(tape, event, false) : null;
  }

  async equity(query: Parameters<History["equity"]>[0]): Promise<readonly (readonly [number, number])[]> {
    const tape =
      query.run === undefined
        ? [...this.#runs.values()].reverse().find((run) => TRADING.has(run.row.mode) && run.marks.length > 0)
        : this.#runs.get(query.run);
    const within = (tape?.marks ?? [])
      .filter(([at]) => (query.from === undefined || at >= query.from) && (query.to === undefined || at < query.to))
      .sort((a, b) => a[0] - b[0]);
    const first = within[0]?.[0] ?? 0;
    const span = Math.max(1, (within.at(-1)?.[0] ?? 0) - first);
    const slots = Math.max(2, Math.trunc(query.points ?? 1_000)) - 1;
    const lastOf = new Map<number, readonly [number, number]>();
    for (const [at, equity] of within) lastOf.set(Math.ceil(((at - first) / span) * slots), [at, equity / SCALE]);
    return [...lastOf.values()];
  }

  #wire(tape: RunTape, event: TapeEvent, progress = true): Record<string, unknown> {
    const wire = { run: tape.row.id, ...encodeEvent(event) };
    return event.type === "order.submitted" && progress ? { ...wire, ...tape.progressOf(event.order.id) } : wire;
  }
}
