import type { Who } from "../auth/ports.ts";
import type { BodyOf, ErrorOf, OkOf, ParamsOf, QueryOf, Route } from "../contract/route.ts";

/** The answer nobody wanted: one of the route's own codes or a common one, in words, with the numbers. */
export interface Refusal<C extends string = string> {
  readonly refused: C;
  readonly message: string;
  readonly details?: unknown;
}
export const refuse = <C extends string>(refused: C, message: string, details?: unknown): Refusal<C> =>
  details === undefined ? { refused, message } : { refused, message, details };
export const isRefusal = (answer: unknown): answer is Refusal =>
  typeof answer === "object" && answer !== null && "refused" in answer;

/** What a handler knows of a call: parsed input, and who asks (null only on open routes). No request object. */
export interface Call<R extends Route> {
  readonly params: ParamsOf<R>;
  readonly query: QueryOf<R>;
  readonly body: BodyOf<R>;
  readonly who: Who | null;
  /** The name that goes into records: the user, or "unknown" on open routes. */
  readonly by: string;
  readonly cookieHeader: string | undefined;
  /** Sets the session cookie of the answer; null takes it away. */
  readonly setSession: (cookie: string | null) => void;
}
export type Handler<R extends Route> = (call: Call<R>) => Promise<OkOf<R> | Refusal<ErrorOf<R>>>;
export type Handlers<T extends Readonly<Record<string, Route>>> = { readonly [K in keyof T]: Handler<T[K]> };

/** A route with its handler, the types checked here and forgotten after. */
export interface Bound {
  readonly route: Route;
  readonly handle: Handler<Route>;
}
export const bindAll = <T extends Readonly<Record<string, Route>>>(routes: T, handlers: Handlers<T>): readonly Bound[] =>
  Object.keys(routes).map((name) => ({ route: routes[name] as Route, handle: handlers[name] as unknown as Handler<Route> }));
