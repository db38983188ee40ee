import { type Broker, type BrokerRequest, NotSent } from "../../actors/ports/broker.ts";
import type { Timing } from "../../actors/ports/timing.ts";
import { PORTS } from "../../actors/topology.ts";
import type { BrokerAnswer, TapeEvent } from "../../streams/domain/event.ts";
import { NewestIds } from "../../streams/domain/newestIds.ts";
import type { Order, OrderSubmitted } from "../../streams/domain/order.ts";
import { requestFailed } from "../../streams/domain/request.ts";
import type { Ms, OrderId, Seq } from "../../streams/domain/units.ts";
import { aboutOf } from "../core/venue.ts";
import type { Ingress } from "./ingress.ts";
import type { Line } from "./outbox.ts";

export interface BrokerLineOptions {
  readonly broker: Broker;
  readonly ingress: Pick<Ingress, "reply" | "answer">;
  readonly timing: Timing;
  /** A request may take this long to be taken, ms of the machine's clock. Default 10 s. */
  readonly timeoutMs?: number;
  /** Fills that an earlier run of the account has booked. */
  readonly booked?: Iterable<string>;
  /** Told of answers that make no sense; they are left out, and their orders are looked up in their time. */
  readonly refused?: (why: string) => void;
}

const TIMEOUT_MS = 10_000;
const FILLS_KNOWN = 100_000;
const CLOSED_KNOWN = 20_000;
const IDS_KNOWN = 100_000;

type Stampable = { -readonly [K in "cause"]: Seq };

/** Ends an order's life: said again, it says nothing new. */
const isEnd = (a: BrokerAnswer): boolean =>
  a.type === "order.rejected" ||
  a.type === "order.cancelled" ||
  a.type === "order.expired" ||
  (a.type === "order.filled" && a.leaves === 0);

const isAmount = (n: number, least: number): boolean => Number.isSafeInteger(n) && n >= least;

/** Why an answer cannot be what the broker means; null when it can. An adapter may be wrong, and the ledger believes what it is told. */
const faultOf = (answer: BrokerAnswer, order: Order | undefined): string | null => {
  if (order !== undefined && answer.ticker !== order.ticker)
    return `it is about ${answer.ticker}, the order about ${order.ticker}`;
  if (answer.type !== "order.filled") return null;
  if (answer.fillId === "") return "the fill has no id";
  if (order !== undefined && answer.side !== order.side) return `it is a ${answer.side}, the order a ${order.side}`;
  if (answer.side !== "buy" && answer.side !== "sell") return "its side is neither buy nor sell";
  const isWhole =
    isAmount(answer.qty, 1) &&
    isAmount(answer.px, 1) &&
    isAmount(answer.leaves, 0) &&
    isAmount(answer.commission, Number.MIN_SAFE_INTEGER);
  return isWhole ? null : "quantity, price, commission or rest is no amount";
};

const LEG = /\.(sl|tp)$/;

/**
 * The way to a broker outside, and back. What it says twice comes in once; each answer names the intent behind it. What its tape holds is
 * told to it (`note`), also after a start, so that a repeat of before the start is known for one.
 */
export class BrokerLine implements Line {
  readonly money = true;
  readonly #options: BrokerLineOptions;
  /** Intents of orders whose end was not heard, by id. */
  readonly #intents = new Map<OrderId, OrderSubmitted>();
  readonly #ids = new NewestIds(IDS_KNOWN);
  readonly #twice = new Set<OrderId>();
  readonly #fills = new NewestIds(FILLS_KNOWN);
  readonly #closed = new NewestIds(CLOSED_KNOWN);
  #repeats = 0;
  #nonsense = 0;

  constructor(options: BrokerLineOptions) {
    this.#options = options;
    for (const fillId of options.booked ?? []) this.#fills.add(fillId);
  }

  /** Answers that made no sense, and were left out. */
  get nonsense(): number {
    return this.#nonsense;
  }

  /** Answers that were left out because they had been said before. */
  get repeats(): number {
    return this.#repeats;
  }

  open(): void | Promise<void> {
    return this.#options.broker.open((answer) => this.#hear(answer));
  }

  /** An entry of the tape. */
  note(event: TapeEvent): void {
    if (event.type === "order.submitted") this.#intended(event);
    else if (event.type.startsWith("order.") && "orderId" in event) this.#known(event as BrokerAnswer);
  }

  async send(request: unknown, at: Ms): Promise<void> {
    const asked = request as BrokerRequest;
    const { broker, ingress, timing, timeoutMs = TIMEOUT_MS } = this.#options;
    const out = new AbortController();
    let off = (): void => {};
    const late = new Promise<never>((_, reject) => {
      off = timing.after(timeoutMs, () => {
        out.abort();
        reject(new Error(`no answer within ${timeoutMs} ms`));
      });
    });
    try {
      if (asked.do === "submit" && this.#twice.has(asked.intent.order.id)) throw new NotSent("its id was used before");
      // A port that throws at once is one that failed; what it throws after the time-out is nobody's any more.
      const sent = Promise.resolve().then(() => broker.send(asked, out.signal));
      sent.catch(() => undefined);
      await Promise.race([sent, late]);
    } catch (error) {
      const { id, cause } = aboutOf(asked);
      const reason = `${broker.name}: ${error instanceof Error ? error.message : String(error)}`;
      const sent = error instanceof NotSent ? "no" : "unknown";
      ingress.answer(requestFailed({ port: PORTS.broker, request: asked.do, about: id, sent, reason }, at, cause));
    } finally {
      off();
    }
  }

  #hear(answer: BrokerAnswer): void {
    const { orderId: id } = answer;
    const intent = this.#intents.get(id);
    const cause = (intent ?? this.#intents.get(id.replace(LEG, "") as OrderId))?.seq ?? (0 as Seq);
    const fault = faultOf(answer, intent?.order);
    if (fault !== null) {
      this.#nonsense += 1;
      this.#options.refused?.(`${this.#options.broker.name}: ${answer.type} of order ${id} is left out: ${fault}`);
      return;
    }
    if (!this.#known(answer)) {
      this.#repeats += 1;
      return;
    }
    (answer as Stampable).cause = cause;
    this.#options.ingress.reply(answer);
  }

  #intended(intent: OrderSubmitted): void {
    const { id } = intent.order;
    if (this.#ids.add(id)) this.#intents.set(id, intent);
    else this.#twice.add(id);
  }

  /** True when it says something new. */
  #known(answer: BrokerAnswer): boolean {
    const { orderId: id } = answer;
    const isClosed = this.#closed.has(id);
    if (isEnd(answer)) {
      this.#closed.add(id);
      if (!this.#intents.get(id)?.order.bracket) this.#intents.delete(id); // legs name the intent of their entry
    }
    // A fill is a fact, also of an order that is closed. Anything else of a closed order comes late, or again.
    return answer.type === "order.filled" ? this.#fills.add(answer.fillId) : !isClosed;
  }
}
