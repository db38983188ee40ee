import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { sha256 } from "../../../runtime/adapters/system/digest.ts";
import { takeEvents } from "../../../runtime/adapters/tape/events.ts";
import { KIND } from "../../../runtime/adapters/tape/frame.ts";
import { headerOf, openSealed, readAll } from "../../../runtime/adapters/tape/reader.ts";
import { FrameScan } from "../../../runtime/adapters/tape/scan.ts";
import { TickerNames } from "../../../runtime/adapters/tape/slab.ts";
import { readRunFile } from "../../../runtime/live/runFolder.ts";
import { type Verified, verify } from "../../../runtime/replay/verify.ts";
import { setUp } from "../../../runtime/runSetup.ts";
import { pureScorer } from "../../../runtime/scorer.ts";
import { deckTree } from "../../../runtime/tree.ts";
import type { TapeEvent } from "../../../streams/domain/event.ts";
import { signOf } from "../../../streams/domain/order.ts";
import { RunConfig } from "../../../streams/domain/run.ts";
import { journalOf } from "../killing.ts";

/** Where the frame with each order's intent ends on a tape that is being written, bytes from its start. */
export class IntentsOnDisk {
  readonly #dataDir: string;
  #ends = new Map<string, number>();
  #read = 0;

  constructor(dataDir: string) {
    this.#dataDir = dataDir;
  }

  /** To be called when another process goes on with the tape, which may have been cut. */
  forget(): void {
    this.#ends = new Map();
    this.#read = 0;
  }

  /** Null: the tape has no such intent. */
  endOf(orderId: string): number | null {
    if (!this.#ends.has(orderId)) this.#look();
    return this.#ends.get(orderId) ?? null;
  }

  #look(): void {
    const path = journalOf(this.#dataDir);
    if (path === null) return;
    const scan = new FrameScan(path);
    while (scan.step()) if (scan.end > this.#read && scan.kind === KIND.json && scan.count > 0) this.#take(scan);
    this.#read = scan.end;
    scan.close();
  }

  #take(scan: FrameScan): void {
    const { bytes, floats, kind, count, flags, firstSeq, length, at: offset, end } = scan;
    const events: TapeEvent[] = [];
    takeEvents({ bytes, floats, offset, length, kind, count, flags, firstSeq }, new TickerNames(), events, 0);
    for (const e of events) if (e.type === "order.submitted") this.#ends.set(e.order.id, end);
  }
}

const CLOSING: ReadonlySet<string> = new Set(["order.rejected", "order.cancelled", "order.expired", "order.lost"]);

/** What the tape of a run says, for comparison with the outside. */
export const onTape = (dataDir: string) => {
  const path = journalOf(dataDir) ?? "";
  const entries = existsSync(path) ? readAll(path) : [];
  const open = new Set<string>();
  const held: Record<string, number> = {};
  const types = new Map<string, number>();
  for (const e of entries) {
    types.set(e.type, (types.get(e.type) ?? 0) + 1);
    if (e.type === "order.submitted") open.add(e.order.id);
    else if (e.type === "order.filled") {
      held[e.ticker] = (held[e.ticker] ?? 0) + signOf(e.side) * e.qty;
      if (e.leaves === 0) open.delete(e.orderId);
    } else if (CLOSING.has(e.type) && "orderId" in e) open.delete(e.orderId);
  }
  const raw = new Set(entries.flatMap((e) => (e.type === "news.raw" ? [e.id] : [])));
  const scored = entries.flatMap((e) => (e.type === "news.scored" ? [e] : []));
  return {
    path,
    entries,
    open: [...open].sort(),
    positions: Object.fromEntries(Object.entries(held).filter(([, shares]) => shares !== 0)),
    raw,
    scored,
    countOf: (type: TapeEvent["type"]): number => types.get(type) ?? 0,
  };
};

/** As the command `verify` does. */
export const verified = async (tape: string): Promise<Verified> => {
  const file = readRunFile(join(dirname(tape), "run.json"));
  const setup = await setUp(RunConfig.parse(file.config));
  return verify(() => openSealed(tape), {
    config: setup.config,
    tree: deckTree(setup.config, file.id, setup.strategies, headerOf(tape).answers),
    scorer: pureScorer(),
    digest: sha256,
  });
};
