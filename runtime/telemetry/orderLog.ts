import type { Say } from "../../actors/ports/telemetry.ts";
import type { TapeEvent } from "../../streams/domain/event.ts";
import { rootIn, traceIdOf } from "../adapters/telemetry/trace.ts";

/** The order that an event is about, and whether it is the last that is heard of it; null for events about something else. */
const orderOf = (event: TapeEvent): { readonly id: string; readonly ends: boolean } | null => {
  switch (event.type) {
    case "order.submitted":
      return { id: event.order.id, ends: false };
    case "order.accepted":
    case "order.cancelRequested":
      return { id: event.orderId, ends: false };
    case "order.filled":
      return { id: event.orderId, ends: event.leaves === 0 };
    case "order.rejected":
    case "order.cancelled":
    case "order.expired":
    case "order.lost":
      return { id: event.orderId, ends: true };
    default:
      return null;
  }
};

/** Says what becomes of orders, each under the trace of the input that led to it, from its submission to its end. */
export class OrderLog {
  readonly #run: string;
  readonly #say: Say;
  /** Of orders that are not at their end: how many there are bounds it. */
  readonly #traces = new Map<string, string>();

  constructor(run: string, say: Say) {
    this.#run = run;
    this.#say = say;
  }

  /** What one seal holds, without gaps, in order of seq. */
  hear(events: readonly TapeEvent[]): void {
    for (const event of events) {
      const order = orderOf(event);
      if (order === null) continue;
      const traceId = this.#traces.get(order.id) ?? traceIdOf(this.#run, rootIn(events, event));
      if (order.ends) this.#traces.delete(order.id);
      else this.#traces.set(order.id, traceId);
      const about = { event: event.type, level: "debug", run: this.#run, seq: event.seq, order: order.id, traceId } as const;
      this.#say(`${event.type} ${order.id}, entry ${event.seq}`, about);
    }
  }
}
