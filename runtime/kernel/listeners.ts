import type { Listen } from "../../actors/actor.ts";
import type { EventType, TapeEvent } from "../../streams/domain/event.ts";

interface Entry<C> {
  readonly who: C;
  /** When it subscribed, counted. */
  readonly order: number;
}

/** Those who listen to one type of event. */
interface OfType<C> {
  all: Entry<C>[];
  readonly byTicker: Map<string, Entry<C>[]>;
  /** Who is told of an event of a ticker, in order of subscription; made when first asked for. */
  readonly told: Map<string | null, readonly C[]>;
  /** The ticker of the event before, and who was told: events come in runs of a ticker. Null after a change. */
  lastTicker: string | null;
  lastTold: readonly C[];
}

/** Who is told of which event. One look-up by type and one by ticker; an actor is told of an event once, however often it listens. */
export class Listeners<C> {
  private readonly types = new Map<EventType, OfType<C>>();
  private subscribed = 0;
  /** The type of the event before, and who listens to it: events come in runs of a type. */
  private lastType: EventType | null = null;
  private last: OfType<C> | undefined = undefined;

  add(who: C, listens: readonly Listen[]): void {
    for (const { type, ticker } of listens) {
      const of = this.ofType(type);
      const entry = { who, order: this.subscribed++ };
      if (ticker === undefined) of.all.push(entry);
      else {
        const those = of.byTicker.get(ticker);
        if (those === undefined) of.byTicker.set(ticker, [entry]);
        else those.push(entry);
      }
      of.lastTicker = null;
      if (ticker === undefined) of.told.clear();
      else of.told.delete(ticker);
    }
  }

  private ofType(type: EventType): OfType<C> {
    const known = this.types.get(type);
    if (known !== undefined) return known;
    const of: OfType<C> = { all: [], byTicker: new Map(), told: new Map(), lastTicker: null, lastTold: [] };
    this.types.set(type, of);
    this.lastType = null;
    return of;
  }

  remove(who: C, listens: readonly Listen[]): void {
    for (const { type, ticker } of listens) {
      const of = this.types.get(type);
      if (of === undefined) continue;
      of.lastTicker = null;
      if (ticker === undefined) {
        of.all = of.all.filter((e) => e.who !== who);
        of.told.clear();
        continue;
      }
      const rest = of.byTicker.get(ticker)?.filter((e) => e.who !== who) ?? [];
      if (rest.length === 0) of.byTicker.delete(ticker);
      else of.byTicker.set(ticker, rest);
      of.told.delete(ticker);
    }
  }

  /** In order of subscription. Headlines have several tickers: whoever listens to any of them. */
  of(event: TapeEvent): readonly C[] | undefined {
    const { type } = event;
    if (type !== this.lastType) {
      this.last = this.types.get(type);
      this.lastType = type;
    }
    const of = this.last;
    if (of === undefined) return undefined;
    const ticker = (event as { readonly ticker?: string }).ticker ?? null;
    if (ticker !== null && ticker === of.lastTicker) return of.lastTold;
    if (ticker === null && of.byTicker.size > 0 && "tickers" in event) return merge(of, event.tickers);
    let told = of.told.get(ticker);
    if (told === undefined) {
      told = merge(of, ticker === null ? [] : [ticker]);
      of.told.set(ticker, told);
    }
    of.lastTicker = ticker;
    of.lastTold = told;
    return told;
  }
}

const merge = <C>(of: OfType<C>, tickers: readonly string[]): readonly C[] => {
  const entries = [...of.all];
  for (const t of tickers) entries.push(...(of.byTicker.get(t) ?? []));
  entries.sort((a, b) => a.order - b.order);
  return [...new Set(entries.map((e) => e.who))];
};
