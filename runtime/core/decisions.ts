import { isLegId } from "../../streams/domain/books.ts";
import type { TapeEvent } from "../../streams/domain/event.ts";
import type { OrderId } from "../../streams/domain/units.ts";

/** An incremental sha256, or another digest. It is fed line by line: it should gather small texts itself. */
export interface Digest {
  update(text: string): void;
  hex(): string;
}

/** What `decisions_hash` is over. Raised when the lines change; then, and only then, hashes of two versions cannot be compared. */
export const DECISIONS_HASH_VERSION = 2;

interface Numbered {
  readonly ordinal: number;
  /** Bracket legs that are still to close: they are known by the ordinal of their entry. */
  legs: number;
}

/**
 * Numbers orders 1, 2, 3 … as they are first heard of. An id says how it was made; the ordinal says only which order it is,
 * so that neither the name of a run nor another kind of entry on the tape changes the hash. A closed order is forgotten.
 */
class Ordinals {
  private readonly known = new Map<string, Numbered>();
  private last = 0;

  /** "17"; "17.sl" for the stop-loss of order 17. */
  of(id: string): string {
    const suffix = isLegId(id as OrderId) ? id.slice(-3) : "";
    return `${this.entry(suffix === "" ? id : id.slice(0, -3)).ordinal}${suffix}`;
  }

  bracketed(id: OrderId, legs: number): void {
    this.entry(id).legs = legs;
  }

  /** Nothing more will be heard of it, but for the legs of an entry that filled. */
  closed(id: string, filled: boolean): void {
    const isLeg = isLegId(id as OrderId);
    const key = isLeg ? id.slice(0, -3) : id;
    const one = this.known.get(key);
    if (one === undefined) return;
    if (isLeg) one.legs -= 1;
    if (one.legs <= 0 || (!isLeg && !filled)) this.known.delete(key);
  }

  private entry(id: string): Numbered {
    let one = this.known.get(id);
    if (one === undefined) {
      this.last += 1;
      one = { ordinal: this.last, legs: 0 };
      this.known.set(id, one);
    }
    return one;
  }
}

/** Turns events into the canonical lines of decisions and fills. One per run: it numbers the orders as they come. */
export class DecisionLines {
  private readonly ordinals = new Ordinals();

  /** The line of a decision (or of a fill), or null for events that are neither. Fields are separated by tabs, amounts are µ-integers. */
  of(e: TapeEvent): string | null {
    const { ordinals } = this;
    switch (e.type) {
      case "signal.generated":
        return signalLine(e);
      case "risk.verdict": {
        const line = `V\t${e.tSeen}\t${ordinals.of(e.orderId)}\t${e.outcome}\t${e.asked}\t${e.granted}\t${e.denial?.code ?? ""}\n`;
        if (e.outcome === "denied") ordinals.closed(e.orderId, false);
        return line;
      }
      case "order.submitted": {
        const o = e.order;
        const line = `O\t${e.tSeen}\t${ordinals.of(o.id)}\t${o.ticker}\t${o.side}\t${o.kind}\t${o.qty}\t${o.cashFraction ?? ""}\t${o.limitPx ?? ""}\t${o.stopPx ?? ""}\t${o.bracket?.stopLoss ?? ""}\t${o.bracket?.takeProfit ?? ""}\t${o.tif}\n`;
        if (o.bracket) ordinals.bracketed(o.id, Number(o.bracket.stopLoss !== null) + Number(o.bracket.takeProfit !== null));
        return line;
      }
      case "order.filled": {
        const line = `F\t${e.tSeen}\t${ordinals.of(e.orderId)}\t${e.side}\t${e.qty}\t${e.px}\t${e.commission}\n`;
        if (e.leaves === 0) ordinals.closed(e.orderId, true);
        return line;
      }
      case "order.cancelled":
      case "order.rejected":
      case "order.expired":
        ordinals.closed(e.orderId, false);
        return null;
      default:
        return null;
    }
  }
}

const signalLine = (e: Extract<TapeEvent, { type: "signal.generated" }>): string =>
  `S\t${e.tSeen}\t${e.ticker}\t${e.strategy}\t${e.score}\t${e.confidence}\n`;

/** An order's or fill's id without the name of the run it begins with: what a run is called decides nothing. */
const withoutRun = (id: string): string => id.slice(id.indexOf("-") + 1);

/** Version 1, with the ids of orders and fills, where it differs: kept for one release, so that recorded runs can be compared by it. */
const lineOfVersion1 = (e: TapeEvent): string | null => {
  switch (e.type) {
    case "risk.verdict":
      return `V\t${e.tSeen}\t${withoutRun(e.orderId)}\t${e.outcome}\t${e.asked}\t${e.granted}\t${e.denial?.code ?? ""}\n`;
    case "order.submitted": {
      const o = e.order;
      return `O\t${e.tSeen}\t${withoutRun(o.id)}\t${o.ticker}\t${o.side}\t${o.kind}\t${o.qty}\t${o.cashFraction ?? ""}\t${o.limitPx ?? ""}\t${o.stopPx ?? ""}\t${o.bracket?.stopLoss ?? ""}\t${o.bracket?.takeProfit ?? ""}\t${o.tif}\n`;
    }
    case "order.filled":
      return `F\t${e.tSeen}\t${withoutRun(e.orderId)}\t${withoutRun(e.fillId)}\t${e.side}\t${e.qty}\t${e.px}\t${e.commission}\n`;
    default:
      return null;
  }
};

/** sha256 over the ordered decisions: signals, verdicts, orders, fills. Two runs that decided alike have the same one. */
export class DecisionsHash {
  private readonly lines = new DecisionLines();
  private readonly digest: Digest;
  private readonly digest1: Digest | null;

  /**
   * @param digest a fresh sha256 at each call.
   * @param both whether the hash by version 1 is wanted too.
   */
  constructor(digest: () => Digest, both: boolean) {
    this.digest = digest();
    this.digest1 = both ? digest() : null;
  }

  note(event: TapeEvent): void {
    const line = this.lines.of(event);
    if (line === null) return;
    this.digest.update(line);
    this.digest1?.update(event.type === "signal.generated" ? line : (lineOfVersion1(event) ?? ""));
  }

  hex(): string {
    return this.digest.hex();
  }

  /** By the rules of version 1; null where it was not wanted. */
  hex1(): string | null {
    return this.digest1?.hex() ?? null;
  }
}
