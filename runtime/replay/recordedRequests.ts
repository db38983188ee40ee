import type { BrokerRequest } from "../../actors/ports/broker.ts";
import type { ScoreRequest } from "../../actors/ports/scorer.ts";
import type { Answers } from "../../actors/ports/tape.ts";
import { PORTS } from "../../actors/topology.ts";
import type { TapeEvent } from "../../streams/domain/event.ts";
import { aboutOf } from "../core/venue.ts";
import type { Performer } from "../kernel/door.ts";
import { isRecorded } from "./player.ts";
import { Divergence } from "./rehearsal.ts";

export interface Asked {
  readonly port: string;
  readonly request: unknown;
  /** Core time of the request. */
  readonly at: number;
}

const keyOf = (port: string, kind: string, id: string): string => `${port} ${kind} ${id}`;
const nameOf = (port: string, request: unknown): string =>
  port === PORTS.broker
    ? keyOf(port, (request as BrokerRequest).do, aboutOf(request as BrokerRequest).id)
    : keyOf(port, "score", (request as ScoreRequest).news.id);

const BROKER_REQUESTS = ["submit", "cancel", "replace", "lookup"] as const;

/**
 * Stands in for ports outside while a run's tape is played: sends nothing, notes what is asked, and holds the answers on the tape against it.
 * Orders and cancels are compared as entries of the tape; a score or a failure that nobody asked for is a difference too.
 */
export class RecordedRequests {
  /** Requests without an answer. */
  private readonly asked = new Map<string, Asked>();
  /** How many requests of a name were made and have not failed: a call may fail after its answer was heard. */
  private readonly mayFail = new Map<string, number>();
  private readonly answers: Answers;

  constructor(answers: Answers) {
    this.answers = answers;
  }

  performer(port: string): Performer {
    return { perform: (request, now) => this.note(port, request, now) };
  }

  note(port: string, request: unknown, at: number): void {
    const key = nameOf(port, request);
    this.asked.set(key, { port, request, at });
    this.mayFail.set(key, (this.mayFail.get(key) ?? 0) + 1);
  }

  /** An entry of the tape that is played. @throws Divergence when it answers what was not asked. */
  hears(event: TapeEvent): void {
    switch (event.type) {
      case "request.failed":
        if (isRecorded(this.answers, event.port)) this.settle(keyOf(event.port, event.request, event.about), event);
        return;
      case "news.scored":
        if (event.cause > 0 && event.scorer !== "builtin" && isRecorded(this.answers, PORTS.scorer))
          this.settle(keyOf(PORTS.scorer, "score", event.id), event);
        return;
      case "order.accepted":
      case "order.rejected":
      case "order.cancelled":
      case "order.expired":
      case "order.replaced":
      case "order.filled":
      case "order.missing":
        // A broker may speak unasked, and several times: what it says is the answer to all that waits.
        for (const kind of BROKER_REQUESTS) this.asked.delete(keyOf(PORTS.broker, kind, event.orderId));
        return;
      default:
        return;
    }
  }

  /** What was asked and not answered when the tape ended, in the order of asking. */
  unanswered(): readonly Asked[] {
    return [...this.asked.values()];
  }

  /** Ends one request by name. @throws Divergence when none was made. */
  private settle(key: string, event: TapeEvent): void {
    const made = this.mayFail.get(key);
    if (made === undefined) throw new Divergence(event.seq, event, null);
    if (made > 1) {
      this.mayFail.set(key, made - 1);
      return;
    }
    this.mayFail.delete(key);
    this.asked.delete(key);
  }
}
