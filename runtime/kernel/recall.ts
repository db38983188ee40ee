import type { Recall } from "../../actors/actor.ts";
import { entryOf } from "../../streams/domain/books.ts";
import type { EventType, TapeEvent } from "../../streams/domain/event.ts";
import type { Bar } from "../../streams/domain/market.ts";
import type { NewsRaw } from "../../streams/domain/news.ts";
import type { OrderSubmitted } from "../../streams/domain/order.ts";
import type { RequestFailed } from "../../streams/domain/request.ts";
import type { Ms, OrderId, Ticker } from "../../streams/domain/units.ts";

/** The newest `size` events; the oldest is overwritten. */
class Ring {
  private items: TapeEvent[] = [];
  private at = 0;
  private size: number;

  constructor(size: number) {
    this.size = size;
  }

  push(event: TapeEvent): void {
    if (this.items.length < this.size) this.items.push(event);
    else {
      this.items[this.at] = event;
      this.at = this.at + 1 === this.size ? 0 : this.at + 1;
    }
  }

  grow(size: number): void {
    if (size <= this.size) return;
    this.items = this.inOrder();
    this.at = 0;
    this.size = size;
  }

  inOrder(): TapeEvent[] {
    return [...this.items.slice(this.at), ...this.items.slice(0, this.at)];
  }
}

/** The newest event of each of the newest `size` periods. */
class Newest {
  private readonly items: TapeEvent[] = [];
  private endsAt = 0;
  readonly size: number;
  private readonly per: (at: Ms) => Ms;

  constructor(size: number, per: (at: Ms) => Ms) {
    this.size = size;
    this.per = per;
  }

  push(event: TapeEvent): void {
    if (event.tSeen < this.endsAt) this.items[this.items.length - 1] = event;
    else {
      this.endsAt = this.per(event.tSeen);
      if (this.items.push(event) > this.size) this.items.shift();
    }
  }

  inOrder(): readonly TapeEvent[] {
    return this.items;
  }
}

/** Headlines without a score that are kept at most. */
const MOST_HEADLINES = 20_000;

/** Headlines that wait for their score. A repeat of one that was scored lately does not. */
class OpenHeadlines {
  private readonly open = new Map<string, { readonly news: NewsRaw; failed: RequestFailed | null }>();
  /** Ids scored lately, and those before them: the oldest go all at once, when there are as many of the newer. */
  private scored = new Set<string>();
  private scoredBefore: ReadonlySet<string> = new Set();

  came(news: NewsRaw): void {
    if (this.open.has(news.id) || this.scored.has(news.id) || this.scoredBefore.has(news.id)) return;
    this.open.set(news.id, { news, failed: null });
    if (this.open.size <= MOST_HEADLINES) return;
    for (const oldest of this.open.keys()) {
      this.open.delete(oldest);
      return;
    }
  }

  failed(f: RequestFailed): void {
    const one = f.request === "score" ? this.open.get(f.about) : undefined;
    if (one !== undefined) one.failed = f;
  }

  hasScore(id: string): void {
    this.open.delete(id);
    this.scored.add(id);
    if (this.scored.size < MOST_HEADLINES) return;
    this.scoredBefore = this.scored;
    this.scored = new Set();
  }

  /** Each headline, and the latest failure to score it. */
  events(): readonly TapeEvent[] {
    return [...this.open.values()].flatMap(({ news, failed }) => (failed === null ? [news] : [news, failed]));
  }
}

/** What was told of one order. Of an entry with a bracket: of its legs too, until both are gone. */
interface OfOrder {
  readonly events: TapeEvent[];
  /** Legs that work or may come to; 0 for an order without a bracket. */
  legs: number;
  isOver: boolean;
}

/** Orders that are open: themselves, or a leg of theirs. */
class OpenOrders {
  private readonly open = new Map<OrderId, OfOrder>();

  *events(): Iterable<TapeEvent> {
    for (const one of this.open.values()) yield* one.events;
  }

  submitted(e: OrderSubmitted): void {
    const { bracket } = e.order;
    const legs = bracket === null ? 0 : Number(bracket.stopLoss !== null) + Number(bracket.takeProfit !== null);
    this.open.set(e.order.id, { events: [e], legs, isOver: false });
  }

  /** @param ends it has come to its end. @param filled of an end: by a fill, so that its legs live. */
  told(event: TapeEvent & { readonly orderId: OrderId }, ends: boolean, filled: boolean): void {
    const key = entryOf(event.orderId);
    const one = this.open.get(key);
    if (one === undefined) return;
    one.events.push(event);
    if (!ends) return;
    const isLeg = key !== event.orderId;
    if (isLeg) one.legs -= 1;
    else {
      one.isOver = true;
      if (!filled && !one.events.some((e) => e.type === "order.filled")) one.legs = 0;
    }
    if (one.isOver && one.legs <= 0) this.open.delete(key);
  }
}

interface Kept {
  /** By ticker and this field, where somebody asked for that. */
  by: Recall["by"];
  readonly byTicker: Map<string, Ring>;
  /** Ring size for tickers not seen yet. */
  size: number;
  all: TapeEvent[] | null;
  /** By period, for those who asked for that. */
  thin: { readonly byTicker: Map<string, Newest>; readonly size: number; readonly per: (at: Ms) => Ms } | null;
}

const inOrder = (events: Iterable<TapeEvent>): TapeEvent[] => [...events].sort((a, b) => a.seq - b.seq);

const keyOf = (kept: Kept, event: TapeEvent): string => {
  const ticker = (event as { readonly ticker?: Ticker }).ticker ?? "";
  return kept.by === undefined
    ? ticker
    : `${ticker} ${(event as { readonly [field in NonNullable<Recall["by"]>]?: string })[kept.by] ?? ""}`;
};

const matches = (r: Recall, e: TapeEvent): boolean => {
  if (e.type !== r.type) return false;
  if (r.ticker === undefined) return true;
  return "ticker" in e ? e.ticker === r.ticker : "tickers" in e && e.tickers.includes(r.ticker);
};

/**
 * What actors may need to be told again when they start a new life. It keeps no more than somebody has asked for, in memory;
 * an actor asks when it first starts, so nothing it needs is missed.
 */
export class RecallStore {
  private readonly kept = new Map<EventType, Kept>();
  private readonly orders = new OpenOrders();
  private readonly headlines = new OpenHeadlines();
  /** Where bars of the ticker that was noted last go to: bars of one ticker come in runs. Null when what is kept of bars has changed. */
  private bars: { readonly ticker: Ticker; readonly thinned: Newest | null; readonly kept: { push(bar: Bar): void } } | null =
    null;

  /** As `note`, for bars alone. */
  noteBar(bar: Bar): void {
    if (this.bars === null || this.bars.ticker !== bar.ticker) {
      const kept = this.kept.get("market.bar");
      if (kept === undefined) return;
      this.bars = {
        ticker: bar.ticker,
        thinned: kept.thin === null ? null : this.thinned(kept.thin, bar.ticker),
        kept: kept.all ?? this.ring(kept, bar.ticker),
      };
    }
    this.bars.thinned?.push(bar);
    this.bars.kept.push(bar);
  }

  /** Takes in every event that passed the door, in order. */
  note(event: TapeEvent): void {
    const kept = this.kept.get(event.type);
    if (kept !== undefined) this.keep(kept, event);
    this.noteOpen(event);
  }

  /** The events an actor asks for, each once, oldest first; and a note to keep such from now on. */
  recall(recalls: readonly Recall[]): readonly TapeEvent[] {
    const found = new Set<TapeEvent>();
    for (const r of recalls) for (const e of r.last === "open" ? this.ofOpen(r) : this.find(r, r.last)) found.add(e);
    return inOrder(found);
  }

  private keep(kept: Kept, event: TapeEvent): void {
    if (kept.thin !== null && "ticker" in event) this.thinned(kept.thin, event.ticker).push(event);
    if (kept.all !== null) kept.all.push(event);
    else if (event.type === "news.raw" || event.type === "news.scored")
      for (const ticker of ["", ...event.tickers]) this.ring(kept, ticker).push(event);
    else this.ring(kept, keyOf(kept, event)).push(event);
  }

  private find(r: Recall, last: number | "all"): readonly TapeEvent[] {
    const kept = this.want(r.type, r.per === undefined ? last : 1);
    kept.by ??= r.by;
    if (r.per !== undefined && last !== "all") return this.findThinned(kept, r, r.per, last);
    if (kept.all !== null) {
      const mine = kept.all.filter((e) => matches(r, e));
      return last === "all" ? mine : mine.slice(-last);
    }
    const rings = r.ticker === undefined ? [...kept.byTicker.values()] : [kept.byTicker.get(r.ticker)];
    return rings.flatMap((ring) => ring?.inOrder().slice(last === "all" ? 0 : -last) ?? []);
  }

  private want(type: EventType, last: number | "all"): Kept {
    let kept = this.kept.get(type);
    if (!kept) {
      kept = { by: undefined, byTicker: new Map(), size: 1, all: null, thin: null };
      this.kept.set(type, kept);
    }
    this.bars = null;
    if (last === "all") kept.all ??= inOrder(new Set([...kept.byTicker.values()].flatMap((ring) => ring.inOrder())));
    else if (last > kept.size) {
      kept.size = last;
      for (const ring of kept.byTicker.values()) ring.grow(last);
    }
    return kept;
  }

  private findThinned(kept: Kept, r: Recall, per: (at: Ms) => Ms, size: number): readonly TapeEvent[] {
    kept.thin ??= { byTicker: new Map(), size, per };
    if (kept.thin.size !== size || kept.thin.per !== per) throw new Error(`${r.type} is kept by other periods already`);
    return [...kept.thin.byTicker.values()].flatMap((n) => n.inOrder().filter((e) => matches(r, e)));
  }

  private thinned(thin: NonNullable<Kept["thin"]>, ticker: string): Newest {
    let newest = thin.byTicker.get(ticker);
    if (newest === undefined) {
      newest = new Newest(thin.size, thin.per);
      thin.byTicker.set(ticker, newest);
    }
    return newest;
  }

  private ring(kept: Kept, key: string): Ring {
    let ring = kept.byTicker.get(key);
    if (ring === undefined) {
      ring = new Ring(kept.size);
      kept.byTicker.set(key, ring);
    }
    return ring;
  }

  private ofOpen(r: Recall): readonly TapeEvent[] {
    const isNews = r.type === "news.raw" || r.type === "request.failed";
    const events = isNews ? this.headlines.events() : [...this.orders.events()];
    return events.filter((e) => matches(r, e));
  }

  /** Of orders and headlines: what belongs to those that are open. */
  private noteOpen(event: TapeEvent): void {
    switch (event.type) {
      case "news.raw":
        this.headlines.came(event);
        return;
      case "news.scored":
        this.headlines.hasScore(event.id);
        return;
      case "request.failed":
        this.headlines.failed(event);
        return;
      case "order.submitted":
        this.orders.submitted(event);
        return;
      case "order.accepted":
      case "order.cancelRequested":
      case "order.replaced":
        this.orders.told(event, false, false);
        return;
      case "order.filled":
        this.orders.told(event, event.leaves === 0, true);
        return;
      case "order.rejected":
      case "order.cancelled":
      case "order.expired":
      case "order.lost":
        this.orders.told(event, true, false);
        return;
      default:
        return;
    }
  }
}
