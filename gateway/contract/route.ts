import { z } from "zod";

export type Method = "get" | "post" | "patch" | "delete";
/** open: nobody needs to be signed in. read: a session, or a token that may read. control: a session, or a token that may control. */
export type Access = "open" | "read" | "control";

/** Codes every route may answer with, and their HTTP status. */
export const COMMON_ERRORS = {
  BAD_REQUEST: 400,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  TOO_LARGE: 413,
  TOO_MANY_REQUESTS: 429,
  INTERNAL: 500,
  UNAVAILABLE: 503,
} as const;
export type CommonError = keyof typeof COMMON_ERRORS;

/** What every error looks like. `details`: for BAD_REQUEST a list of { field, message }. */
export const ErrorBody = z.object({
  error: z.object({ code: z.string(), message: z.string(), details: z.unknown().optional() }),
});
export type ErrorBody = z.output<typeof ErrorBody>;

/** A route as a value: server, client and OpenAPI are derived from it. */
export interface Route<
  P extends z.ZodType = z.ZodType,
  Q extends z.ZodType = z.ZodType,
  B extends z.ZodType = z.ZodType,
  O extends z.ZodType = z.ZodType,
  E extends string = string,
> {
  readonly method: Method;
  /** `/api/positions/{ticker}/close` */
  readonly path: string;
  readonly access: Access;
  readonly summary: string;
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  readonly ok: O;
  /** The type of a good answer; application/json but for the few that say otherwise. */
  readonly produces: "application/json" | "text/plain" | "text/html";
  /** Its own error codes, beside COMMON_ERRORS. */
  readonly errors: Readonly<Record<E, number>>;
}

const none = z.undefined();
type None = typeof none;

interface Parts<P, Q, B, O, E extends string> {
  readonly method: Method;
  readonly path: string;
  readonly summary: string;
  readonly ok: O;
  readonly access?: Access;
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  readonly produces?: Route["produces"];
  readonly errors?: Readonly<Record<E, number>>;
}

export const route = <
  O extends z.ZodType,
  P extends z.ZodType = None,
  Q extends z.ZodType = None,
  B extends z.ZodType = None,
  E extends string = never,
>(
  r: Parts<P, Q, B, O, E>,
): Route<P, Q, B, O, E> => ({
  method: r.method,
  path: r.path,
  access: r.access ?? "read",
  summary: r.summary,
  params: r.params ?? (none as unknown as P),
  query: r.query ?? (none as unknown as Q),
  body: r.body ?? (none as unknown as B),
  ok: r.ok,
  produces: r.produces ?? "application/json",
  errors: r.errors ?? ({} as Record<E, number>),
});

export type ParamsOf<R extends Route> = z.output<R["params"]>;
export type QueryOf<R extends Route> = z.output<R["query"]>;
export type BodyOf<R extends Route> = z.output<R["body"]>;
/** What the handler gives back; it is sent as it is. */
export type OkOf<R extends Route> = z.output<R["ok"]>;
export type ErrorOf<R extends Route> =
  | (R extends Route<z.ZodType, z.ZodType, z.ZodType, z.ZodType, infer E> ? E : never)
  | CommonError;
