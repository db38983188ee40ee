import type { ListKind, RunRow } from "../../../actors/ports/store.ts";
import type { EventType, TapeEvent } from "../../../streams/domain/event.ts";
import { ORDER_TABLE, type OrderStatus, type OrderStep } from "../../../streams/domain/order.ts";
import { toDecimal } from "../../../streams/domain/units.ts";

export type Mark = readonly [at: number, equity: number, cash: number];

/** What became of an order so far. */
export interface Progress {
  status: OrderStatus;
  /** µshare */
  filled: number;
  readonly fills: Set<string>;
}

const KIND_OF: Readonly<Partial<Record<EventType, ListKind>>> = {
  "order.submitted": "orders",
  "order.filled": "fills",
  "trade.closed": "trades",
  "signal.generated": "signals",
  "risk.verdict": "verdicts",
  "news.scored": "news",
  "target.set": "targets",
  "learning.outcome": "outcomes",
};

const STEP_OF: Readonly<Partial<Record<EventType, OrderStep>>> = {
  "order.accepted": "accept",
  "order.rejected": "reject",
  "order.cancelled": "cancel",
  "order.expired": "expire",
  "order.lost": "lose",
  "order.cancelRequested": "requestCancel",
};

/** A list that forgets its oldest: at most `max`, cut in halves so that adding stays cheap. */
const keep = <T>(list: T[], item: T, max: number): void => {
  list.push(item);
  if (list.length >= max * 2) list.splice(0, list.length - max);
};

/** What memory holds of one run: the newest of each kind, oldest first. */
export class RunTape {
  readonly row: RunRow;
  readonly no: number;
  written = 0;
  readonly lists = new Map<ListKind, TapeEvent[]>();
  readonly orders = new Map<string, Progress>();
  readonly marks: Mark[] = [];
  /** By seq modulo its length: entries come one after the other. */
  readonly #recent: (TapeEvent | undefined)[];
  readonly #max: number;

  constructor(row: RunRow, no: number, max: number) {
    this.row = row;
    this.no = no;
    this.#max = max;
    this.#recent = new Array<TapeEvent | undefined>(max).fill(undefined);
  }

  add(event: TapeEvent): void {
    if (event.seq <= this.written) return;
    this.written = event.seq;
    this.#recent[event.seq % this.#max] = event;
    if (this.#follow(event)) this.#list(event);
  }

  mark(mark: Mark): void {
    keep(this.marks, mark, this.#max);
  }

  event(seq: number): TapeEvent | null {
    const event = this.#recent[seq % this.#max];
    return event?.seq === seq ? event : null;
  }

  /** What a list says of an order beside the event itself. */
  progressOf(orderId: string): { readonly status: OrderStatus; readonly filled: string } {
    const order = this.orders.get(orderId);
    return { status: order?.status ?? "submitted", filled: toDecimal(order?.filled ?? 0) };
  }

  #list(event: TapeEvent): void {
    const kind = KIND_OF[event.type];
    if (!kind) return;
    const list = this.lists.get(kind);
    if (list) keep(list, event, this.#max);
    else this.lists.set(kind, [event]);
  }

  /** False for a repeated report: the same order submitted again, the same fill told twice. */
  #follow(event: TapeEvent): boolean {
    if (event.type === "order.submitted") {
      if (this.orders.has(event.order.id)) return false;
      this.orders.set(event.order.id, { status: "submitted", filled: 0, fills: new Set() });
      if (this.orders.size > this.#max) for (const [oldest] of this.orders) if (this.orders.delete(oldest)) break;
      return true;
    }
    if (!("orderId" in event)) return true;
    const order = this.orders.get(event.orderId);
    if (event.type === "order.filled") {
      if (order?.fills.has(event.fillId)) return false;
      order?.fills.add(event.fillId);
      if (order) order.filled += event.qty;
    }
    const step = event.type === "order.filled" ? (event.leaves === 0 ? "fill" : "partial") : STEP_OF[event.type];
    if (order && step) order.status = ORDER_TABLE[order.status][step] ?? order.status;
    return true;
  }
}
