import { NewestIds } from "../../actors/newestIds.ts";
import { type Broker, type BrokerRequest, NotSent } from "../../actors/ports/broker.ts";
import type { Timing } from "../../actors/ports/timing.ts";
import { PORTS } from "../../actors/topology.ts";
import type { BrokerAnswer, TapeEvent } from "../../streams/domain/event.ts";
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
}

const TIMEOUT_MS = 10_000;
const FILLS_KNOWN = 100_000;
const CLOSED_KNOWN = 20_000;

type Stampable = { -readonly [K in "cause"]: Seq };

/** Ends an order's life: said again, it says nothing new. */
const isEnd = (a: BrokerAnswer): boolean =>
  a.type === "order.rejected" ||
  a.type === "order.cancelled" ||
  a.type === "order.expired" ||
  (a.type === "order.filled" && a.leaves === 0);

/**
 * The way to a broker outside, and back. What it says twice comes in once; each answer names the intent behind it. What its tape holds is
 * told to it (`note`), also after a start, so that a repeat of before the start is known for one.
 */
export class BrokerLine implements Line {
  readonly money = true;
  readonly #options: BrokerLineOptions;
  readonly #intents = new Map<OrderId, Seq>();
  readonly #fills = new NewestIds(FILLS_KNOWN);
  readonly #closed = new NewestIds(CLOSED_KNOWN);
  #repeats = 0;

  constructor(options: BrokerLineOptions) {
    this.#options = options;
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
    if (event.type === "order.submitted") this.#intents.set(event.order.id, event.seq);
    else if (event.type === "order.lost") this.#intents.delete(event.orderId);
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
    const cause = this.#intents.get(answer.orderId) ?? (0 as Seq);
    if (!this.#known(answer)) {
      this.#repeats += 1;
      return;
    }
    (answer as Stampable).cause = cause;
    this.#options.ingress.reply(answer);
  }

  /** True when it says something new. */
  #known(answer: BrokerAnswer): boolean {
    const { orderId: id } = answer;
    const isClosed = this.#closed.has(id);
    if (isEnd(answer)) {
      this.#closed.add(id);
      this.#intents.delete(id);
    }
    // A fill is a fact, also of an order that is closed. Anything else of a closed order comes late, or again.
    return answer.type === "order.filled" ? this.#fills.add(answer.fillId) : !isClosed;
  }
}
