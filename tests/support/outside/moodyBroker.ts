import { type BrokerRequest, NotSent } from "../../../actors/ports/broker.ts";
import type { BrokerAnswer } from "../../../streams/domain/event.ts";
import {
  fill,
  type Order,
  orderAccepted,
  orderCancelled,
  orderMissing,
  orderRejected,
  signOf,
} from "../../../streams/domain/order.ts";
import { money, ms, type OrderId, type Qty, qty, SCALE, seq, type Ticker } from "../../../streams/domain/units.ts";
import { HandBroker } from "../liveRig.ts";
import { usd } from "../orders.ts";

/** What becomes of a request at the broker's door. */
export type Reception =
  | "takes"
  | "takes, then throws"
  | "takes, and never resolves"
  | "loses it"
  | "throws at once"
  | "is not reached";

type Close = "filled" | "cancelled" | "rejected";
interface Held {
  readonly order: Order;
  readonly fills: { readonly id: string; readonly qty: Qty; readonly leaves: Qty }[];
  leaves: number;
  closed: Close | null;
}

/** Makes an answer afresh each time: an answer that was heard belongs to the hearer. */
type Saying = () => BrokerAnswer;

/** A broker with books. What it has to say waits until a test has it said, in any order, also twice. */
export class MoodyBroker extends HandBroker {
  reception: Reception = "takes";
  /** What it has not said yet. */
  readonly unsaid: Saying[] = [];
  readonly said: Saying[] = [];
  readonly #orders = new Map<OrderId, Held>();

  constructor() {
    super();
    this.taking = (request) => this.#receive(request);
  }

  get openOrders(): readonly OrderId[] {
    return [...this.#orders.values()].filter((o) => o.closed === null).map((o) => o.order.id);
  }
  /** µshare, signed. */
  held(ticker: Ticker): number {
    let sum = 0;
    for (const { order, fills } of this.#orders.values())
      if (order.ticker === ticker) for (const f of fills) sum += signOf(order.side) * f.qty;
    return sum;
  }

  /** What is held, and will be if all open orders fill: µshare, signed. */
  promised(ticker: Ticker): number {
    let sum = this.held(ticker);
    for (const { order, leaves, closed } of this.#orders.values())
      if (closed === null && order.ticker === ticker) sum += signOf(order.side) * leaves;
    return sum;
  }

  /** Has all it knows to say again: what it said to a process that was killed may be on no tape. */
  catchUp(): void {
    for (const one of this.#orders.values()) this.#tell(one.order.id, one, one.order.ticker);
  }

  /** Executes shares of the nth open order; all of it when it has no more. */
  execute(nth: number, shares: number): void {
    const one = this.#pick(nth);
    if (one === undefined) return;
    const size = Math.min(one.leaves, shares * SCALE);
    one.leaves -= size;
    one.fills.push({ id: `${one.order.id}#${one.fills.length + 1}`, qty: qty(size), leaves: qty(one.leaves) });
    if (one.leaves === 0) one.closed = "filled";
    this.unsaid.push(this.#fillOf(one, one.fills.length - 1));
  }

  /** Closes the nth open order by itself; one that has traded can only be cancelled. */
  refuse(nth: number): void {
    const one = this.#pick(nth);
    if (one === undefined) return;
    one.closed = one.fills.length > 0 ? "cancelled" : "rejected";
    this.unsaid.push(this.#closeOf(one));
  }

  /** @param which counts modulo what there is. */
  sayOne(which: number, twice: boolean): void {
    const [saying] = this.unsaid.splice(which % Math.max(1, this.unsaid.length), 1);
    if (saying === undefined) return;
    this.said.push(saying);
    this.say(saying());
    if (twice) this.say(saying());
  }
  sayAgain(which: number): void {
    const saying = this.said[which % Math.max(1, this.said.length)];
    if (saying !== undefined) this.say(saying());
  }
  sayAll(): void {
    while (this.unsaid.length > 0) this.sayOne(0, false);
  }

  #pick(nth: number): Held | undefined {
    const { openOrders } = this;
    const id = openOrders[nth % Math.max(1, openOrders.length)];
    return id === undefined ? undefined : this.#orders.get(id);
  }

  #receive(request: BrokerRequest): Promise<void> {
    switch (this.reception) {
      case "takes":
        this.#take(request);
        return Promise.resolve();
      case "takes, then throws":
        this.#take(request);
        return Promise.reject(new Error("502 after it was taken"));
      case "takes, and never resolves":
        this.#take(request);
        return new Promise<void>(() => {});
      case "loses it":
        return Promise.resolve();
      case "throws at once":
        throw new Error("the socket is closed");
      case "is not reached":
        return Promise.reject(new NotSent("not connected"));
    }
  }

  #take(request: BrokerRequest): void {
    if (request.do === "submit") {
      const { order } = request.intent;
      const one: Held = { order, fills: [], leaves: order.qty, closed: null };
      this.#orders.set(order.id, one);
      this.unsaid.push(this.#acceptOf(one));
      return;
    }
    if (request.do === "replace") return; // nobody here asks for it
    const id = request.do === "cancel" ? request.intent.orderId : request.orderId;
    const one = this.#orders.get(id);
    if (request.do === "lookup") this.#tell(id, one, request.ticker);
    else if (one !== undefined && one.closed === null) {
      one.closed = "cancelled";
      this.unsaid.push(this.#closeOf(one));
    }
  }

  #tell(id: OrderId, one: Held | undefined, ticker: Ticker): void {
    if (one === undefined) {
      this.unsaid.push(() => orderMissing(ticker, id, ms(0), seq(0)));
      return;
    }
    if (one.closed === null) this.unsaid.push(this.#acceptOf(one));
    for (let i = 0; i < one.fills.length; i++) this.unsaid.push(this.#fillOf(one, i));
    if (one.closed !== null && one.closed !== "filled") this.unsaid.push(this.#closeOf(one));
  }

  #acceptOf({ order }: Held): Saying {
    return () => orderAccepted(order.ticker, order.id, `b-${order.id}`, ms(0), seq(0));
  }
  #closeOf({ order: { id, ticker }, closed }: Held): Saying {
    return closed === "rejected"
      ? () => orderRejected(ticker, id, "NO", "no", ms(0), seq(0))
      : () => orderCancelled(ticker, id, "asked for", ms(0), seq(0));
  }
  #fillOf({ order: { id, ticker, side }, fills }: Held, nth: number): Saying {
    const one = fills[nth];
    if (one === undefined) throw new Error(`order ${id} has no fill ${nth}`);
    return () =>
      fill({
        ...{ ticker, orderId: id, fillId: one.id, side, qty: one.qty, leaves: one.leaves },
        ...{ px: usd(100), commission: money(0), tEvent: ms(0), tSeen: ms(0), cause: seq(0) },
      });
  }
}
