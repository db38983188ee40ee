import type { InputEvent } from "../../streams/domain/event.ts";
import {
  fill,
  type Order,
  orderAccepted,
  orderCancelled,
  orderExpired,
  orderMissing,
  orderRejected,
  orderReplaced,
} from "../../streams/domain/order.ts";
import { requestFailed } from "../../streams/domain/request.ts";
import { money, ms, type OrderId, orderId, type Px, px, qty, seq, type Ticker } from "../../streams/domain/units.ts";
import { MICROS, worth } from "./amounts.ts";
import { fits, type Line } from "./brokerLine.ts";
import { bookNamed, type Shadow, signOfSide } from "./shadow.ts";
import type { Answer } from "./steps.ts";

/** What is asked of a broker, as far as this one reads it. */
interface Asked {
  readonly do: string;
  readonly orderId?: OrderId;
  readonly ticker?: Ticker;
  readonly intent?: {
    readonly order?: Order;
    readonly orderId?: OrderId;
    readonly limitPx?: Px | null;
    readonly stopPx?: Px | null;
    readonly bracket?: Order["bracket"];
  };
}

const NOTHING: readonly InputEvent[] = [];
const copy = (e: InputEvent): InputEvent => ({ ...e, seq: seq(0) });

/** A broker outside that answers when it is told to, late and out of order, but honestly: an exit never takes a book past flat. */
export class OutsideBroker {
  readonly #shadow: Shadow;
  readonly #lines = new Map<string, Line>();
  readonly #lookups: { readonly id: OrderId; readonly ticker: Ticker }[] = [];
  readonly #replaces: Line[] = [];
  #fills = 0;

  constructor(shadow: Shadow) {
    this.#shadow = shadow;
  }

  readonly perform = (request: unknown): void => {
    const asked = request as Asked;
    const order = asked.intent?.order;
    if (asked.do === "submit" && order !== undefined) this.#open(order, null);
    if (asked.do === "cancel") this.#cancel(asked.intent?.orderId ?? "");
    if (asked.do === "replace") this.#replace(asked);
    if (asked.do === "lookup" && asked.orderId !== undefined && asked.ticker !== undefined)
      this.#lookups.push({ id: asked.orderId, ticker: asked.ticker });
  };

  /** Ids of what works here, bracket legs included. */
  working(): readonly string[] {
    return [...this.#lines.values()].filter((l) => l.isOpen).map((l) => l.order.id);
  }

  /** One answer of a kind, if there is one to give. @param which of those it may be about, in [0, 1). */
  answer(how: Answer, which: number, jump: number, now: number): readonly InputEvent[] {
    const pick = (from: readonly Line[]): Line | undefined => from[Math.floor(which * from.length)];
    const open = [...this.#lines.values()].filter((l) => l.isOpen);
    const line = pick(open.filter((l) => fits(how, l)));
    if (how === "lookup") return this.#answerLookup(now);
    if (how === "accept" && this.#replaces.length > 0) return this.#answerReplace(now);
    if (line === undefined) return NOTHING;
    switch (how) {
      case "accept":
        return this.#accept(line, now);
      case "fill":
      case "fillAfterCancel":
        return this.#fill(line, line.leaves, 0, now);
      case "partial":
        return this.#fill(line, Math.max(MICROS, Math.floor(line.leaves / 2 / MICROS) * MICROS), 0, now);
      case "fillAtGap":
        return this.#fill(line, line.leaves, jump, now);
      case "drop":
        this.#lines.delete(line.order.id);
        return [
          requestFailed(
            { port: "broker", request: "submit", about: line.order.id, sent: jump > 0 ? "no" : "unknown", reason: "dropped" },
            ms(now),
            seq(0),
          ),
        ];
      default:
        return this.#end(line, how, now);
    }
  }

  /** Everything there is to answer, at the market's prices. */
  settle(now: number): readonly InputEvent[] {
    const said: InputEvent[] = [];
    while (this.#lookups.length > 0) said.push(...this.#answerLookup(now));
    while (this.#replaces.length > 0) said.push(...this.#answerReplace(now));
    for (const line of [...this.#lines.values()]) {
      if (!line.isOpen) continue;
      if (line.cancelAsked) said.push(...this.#end(line, "cancel", now));
      else if (!line.isAccepted) said.push(...this.#accept(line, now));
    }
    return said;
  }

  /** The next order at market that may fill; nothing when there is none. Each is to be fed before the next is asked for. */
  fillNext(now: number): readonly InputEvent[] {
    for (const line of this.#lines.values())
      if (line.isOpen && line.order.kind === "market" && !line.cancelAsked) return this.#fill(line, line.leaves, 0, now);
    return NOTHING;
  }

  #open(order: Order, group: string | null): Line {
    const line: Line = {
      order,
      group,
      isAccepted: group !== null,
      isOpen: true,
      leaves: order.qty,
      filled: 0,
      limitPx: order.limitPx,
      stopPx: order.stopPx,
      bracket: order.bracket,
      cancelAsked: false,
      said: [],
    };
    this.#lines.set(order.id, line);
    return line;
  }

  #cancel(id: string): void {
    for (const line of this.#lines.values())
      if (line.isOpen && (line.order.id === id || line.group === id)) line.cancelAsked = true;
  }

  #replace(asked: Asked): void {
    const line = this.#lines.get(asked.intent?.orderId ?? "");
    if (line === undefined || !line.isOpen) return;
    line.limitPx = asked.intent?.limitPx ?? null;
    line.stopPx = asked.intent?.stopPx ?? null;
    line.bracket = asked.intent?.bracket ?? null;
    this.#replaces.push(line);
  }

  #say(line: Line, e: InputEvent): InputEvent {
    line.said.push(e);
    return copy(e);
  }

  #accept(line: Line, now: number): readonly InputEvent[] {
    line.isAccepted = true;
    return [this.#say(line, orderAccepted(line.order.ticker, line.order.id, "b", ms(now), seq(0)))];
  }

  #end(line: Line, how: Answer, now: number): readonly InputEvent[] {
    const { id, ticker } = line.order;
    line.isOpen = false;
    if (how === "reject") return [this.#say(line, orderRejected(ticker, id, "NO", "no", ms(now), seq(0)))];
    if (how === "expire") return [this.#say(line, orderExpired(ticker, id, ms(now), seq(0)))];
    return [this.#say(line, orderCancelled(ticker, id, "asked for", ms(now), seq(0)))];
  }

  #answerReplace(now: number): readonly InputEvent[] {
    const line = this.#replaces.shift();
    if (line === undefined || !line.isOpen) return NOTHING;
    const { id, ticker } = line.order;
    const prices = { limitPx: line.limitPx as Px | null, stopPx: line.stopPx as Px | null, bracket: line.bracket };
    return [copy(orderReplaced(ticker, id, prices, ms(now), seq(0)))];
  }

  #answerLookup(now: number): readonly InputEvent[] {
    const asked = this.#lookups.shift();
    if (asked === undefined) return NOTHING;
    const line = this.#lines.get(asked.id);
    if (line === undefined) return [orderMissing(asked.ticker, asked.id, ms(now), seq(0))];
    if (line.said.length === 0) return this.#accept(line, now);
    return line.said.map((e) => ({ ...copy(e), tSeen: ms(now) }) as InputEvent);
  }

  /** @param jump of the price, for what has no limit. */
  #fill(line: Line, wanted: number, jump: number, now: number): readonly InputEvent[] {
    const { order } = line;
    const { id, ticker, side } = order;
    if (this.#shadow.tickersHalted.has(ticker)) return NOTHING;
    const price = this.#priceOf(line, jump);
    if (price === null) return NOTHING;
    const size = this.#sizeOf(line, wanted, price);
    if (size === 0) return this.#end(line, order.reduceOnly ? "cancel" : "reject", now);
    line.leaves = order.cashFraction === null ? line.leaves - size : 0;
    line.filled += size;
    line.isOpen = line.leaves > 0;
    line.isAccepted = true;
    this.#fills += 1;
    const times = { tEvent: ms(now), tSeen: ms(now), cause: seq(0) };
    const said = [
      this.#say(
        line,
        fill({
          ...{ ticker, orderId: id, fillId: `${id}#${this.#fills}`, side, qty: qty(size), px: px(price) },
          ...{ commission: money(0), leaves: qty(line.leaves), ...times },
        }),
      ),
    ];
    if (line.bracket !== null) this.#openLegs(line);
    if (line.group !== null && !line.isOpen)
      for (const other of this.#lines.values())
        if (other !== line && other.isOpen && other.group === line.group) said.push(...this.#end(other, "cancel", now));
    return said;
  }

  /** Where it trades, µUSD: a limit and a stop may have been reached between two bars. */
  #priceOf(line: Line, jump: number): number | null {
    const mark = this.#shadow.markOf(line.order.ticker);
    if (mark === 0) return null;
    const market = Math.max(1, Math.round((mark * (1 + jump)) / 10_000) * 10_000);
    const isBuy = line.order.side === "buy";
    if (line.limitPx !== null) return isBuy ? Math.min(line.limitPx, market) : Math.max(line.limitPx, market);
    if (line.stopPx !== null) return isBuy ? Math.max(line.stopPx, market) : Math.min(line.stopPx, market);
    return market;
  }

  #sizeOf({ order }: Line, wanted: number, price: number): number {
    if (order.cashFraction !== null) return Math.max(0, Math.floor((this.#free() * order.cashFraction) / price)) * MICROS;
    if (!order.reduceOnly) return wanted;
    const held = this.#shadow.heldIn(order.ticker, bookNamed(order.id));
    return Math.min(wanted, Math.max(0, -signOfSide(order.side) * held));
  }

  /** Cash that is no collateral: less twice what is short. */
  #free(): number {
    const shadow = this.#shadow;
    let free = shadow.cash;
    for (const ticker of shadow.held.keys()) free += 2 * Math.min(0, worth(shadow.markOf(ticker), shadow.heldOf(ticker)));
    return free;
  }

  #openLegs(line: Line): void {
    const { order, bracket } = line;
    for (const [suffix, at] of [["sl", bracket?.stopLoss] as const, ["tp", bracket?.takeProfit] as const]) {
      if (at === null || at === undefined) continue;
      const id = orderId(`${order.id}.${suffix}`);
      const known = this.#lines.get(id);
      if (known !== undefined) {
        known.leaves = line.filled - known.filled;
        continue;
      }
      const side = order.side === "buy" ? "sell" : "buy";
      const kind = suffix === "sl" ? "stop" : "limit";
      const leg = this.#open(
        {
          ...order,
          ...{
            id,
            side,
            kind,
            qty: qty(line.filled),
            cashFraction: null,
            tif: "gtc",
            bracket: null,
            reduceOnly: true,
            after: [],
          },
          limitPx: suffix === "tp" ? at : null,
          stopPx: suffix === "sl" ? at : null,
        },
        order.id,
      );
      leg.cancelAsked = line.cancelAsked && !line.isOpen;
    }
  }
}
