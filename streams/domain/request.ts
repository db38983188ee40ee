import { z } from "zod";
import { headOf, stamped } from "./envelope.ts";
import type { Ms, Seq } from "./units.ts";
import { VERSIONS } from "./versions.ts";

/** What a port outside may be asked for. */
const RequestKind = z.enum(["submit", "cancel", "replace", "lookup", "score"]);

/**
 * A request to a port that came to nothing: it threw, timed out, lost its connection, or answered nonsense. The actor that asked is told,
 * as of any other event. Told once per request.
 */
export const RequestFailed = z.object({
  ...headOf("request.failed"),
  /** Name of the port. */
  port: z.string(),
  request: RequestKind,
  /** What it was about: an order's id, a headline's id. */
  about: z.string(),
  /** "no": it certainly did not leave. "unknown": it may have arrived, and an answer may still come. */
  sent: z.enum(["no", "unknown"]),
  reason: z.string(),
});
export type RequestFailed = Readonly<z.output<typeof RequestFailed>>;

export const requestFailed = (
  f: Pick<RequestFailed, "port" | "request" | "about" | "sent" | "reason">,
  at: Ms,
  cause: Seq,
): RequestFailed => ({
  type: "request.failed",
  seq: stamped.seq,
  v: VERSIONS["request.failed"],
  tEvent: at,
  tSeen: at,
  cause,
  port: f.port,
  request: f.request,
  about: f.about,
  sent: f.sent,
  reason: f.reason,
});

/** Replies of the broker come faster than they are taken in (`behind`), or no longer so. Meanwhile nothing is opened. */
export const BrokerPressure = z.object({
  ...headOf("broker.pressure"),
  behind: z.boolean(),
  /** Replies that waited when this was noticed. */
  waiting: z.int().nonnegative(),
});
export type BrokerPressure = Readonly<z.output<typeof BrokerPressure>>;

export const brokerPressure = (behind: boolean, waiting: number, at: Ms): BrokerPressure => ({
  type: "broker.pressure",
  seq: stamped.seq,
  v: VERSIONS["broker.pressure"],
  tEvent: at,
  tSeen: at,
  cause: stamped.seq,
  behind,
  waiting,
});
