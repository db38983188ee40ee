import { renameSync, rmSync } from "node:fs";
import type { TapeHeader, TapeReader, TapeWriter } from "../../../actors/ports/tape.ts";
import type { TapeEvent } from "../../../streams/domain/event.ts";
import { type Seq, seq, type Ticker } from "../../../streams/domain/units.ts";
import { TapeUnreadable, unwritable } from "./errors.ts";
import { better, identityOf, inTapeOrder } from "./order.ts";
import { SeriesQueue } from "./queue.ts";
import { BarSeries } from "./series.ts";
import { createTape, syncFolder } from "./writer.ts";

/** An entry that is not a bar, with where the entries of its old tape have got to. */
interface Other {
  readonly event: TapeEvent;
  readonly moved: Map<number, Seq> | null;
}

/** Entries from many places, brought into the one order of a market tape (see `order.ts`) and each only once. */
export class Gather {
  readonly #series = new Map<number, Map<Ticker, BarSeries>>();
  readonly #others = new Map<string, Other>();
  #duplicates = 0;
  /** Entries dropped because they were there already. Complete after `writeTo`. */
  get duplicates(): number {
    return this.#duplicates;
  }

  /** The series of one ticker and bar length, to add bars to. */
  series(ticker: Ticker, barMs: number): BarSeries {
    let byTicker = this.#series.get(barMs);
    if (!byTicker) {
      byTicker = new Map();
      this.#series.set(barMs, byTicker);
    }
    let one = byTicker.get(ticker);
    if (!one) {
      one = new BarSeries(ticker, barMs);
      byTicker.set(ticker, one);
    }
    return one;
  }
  add(event: TapeEvent, moved: Map<number, Seq> | null = null): void {
    if (event.type === "market.bar") {
      const { tEvent, tSeen, open, high, low, close, volume } = event;
      this.series(event.ticker, event.barMs).add(tEvent, tSeen, open, high, low, close, volume);
      return;
    }
    const key = identityOf(event);
    const known = this.#others.get(key);
    if (known) {
      this.#duplicates++;
      if (better(known.event, event) === known.event) return;
    }
    this.#others.set(key, { event, moved });
  }
  /** All of a market tape; closes it. Returns how many entries it has. @throws TapeUnreadable for the tape of a run, whose entries only make sense in their own order. */
  addTape(reader: TapeReader): number {
    try {
      if (reader.header.kind === "run")
        throw new TapeUnreadable(`the tape of run ${reader.header.run} cannot be joined with another; only market tapes can`);
      const moved = new Map<number, Seq>();
      let count = 0;
      for (let batch = reader.next(); batch; batch = reader.next()) {
        count += batch.length;
        for (const event of batch) this.add(event, moved);
      }
      return count;
    } finally {
      reader.close();
    }
  }

  /** Writes everything to `writer`, numbered from 1. A cause that is not on the new tape becomes 0. Returns the number of entries. */
  drainTo(writer: TapeWriter): number {
    const bars = [...this.#series.values()].flatMap((byTicker) => [...byTicker.values()]);
    for (const one of bars) this.#duplicates += one.settle();
    const queue = new SeriesQueue(bars);
    const others = [...this.#others.values()].sort((a, b) => inTapeOrder(a.event, b.event));
    let at = 0;
    for (const { event, moved } of others) {
      while (queue.comesBefore(event)) at = this.#putBar(writer, queue, at);
      at++;
      const placed = { ...event, seq: seq(at), cause: moved?.get(event.cause) ?? seq(0) } as TapeEvent;
      if (event.seq > 0) moved?.set(event.seq, placed.seq);
      writer.append(placed);
    }
    while (!queue.empty) at = this.#putBar(writer, queue, at);
    return at;
  }
  /** Writes a whole new tape to `path`, in place of what may be there: beside it first, then renamed. @throws TapeUnwritable. */
  writeTo(path: string, source: string): number {
    const about: Pick<TapeHeader, "kind" | "source" | "run"> = { kind: "market", source, run: null };
    const beside = `${path}.partial`;
    try {
      rmSync(beside, { force: true });
      const writer = createTape(beside, about);
      const entries = closing(writer, () => this.drainTo(writer));
      renameSync(beside, path);
      syncFolder(path);
      return entries;
    } catch (error) {
      rmSync(beside, { force: true });
      throw unwritable(path, error);
    }
  }
  #putBar(writer: TapeWriter, queue: SeriesQueue, at: number): number {
    const made = queue.take();
    (made as { seq: Seq }).seq = seq(at + 1);
    writer.append(made);
    return at + 1;
  }
}

/** Closes the writer in any case, and lets the first error through. */
const closing = (writer: TapeWriter, work: () => number): number => {
  let done = false;
  try {
    const result = work();
    done = true;
    writer.close();
    return result;
  } finally {
    if (!done) {
      try {
        writer.close();
      } catch {} // the error on its way says why
    }
  }
};
