import type { z } from "zod";
import type { Limiter } from "../auth/limiter.ts";
import type { Who } from "../auth/ports.ts";
import { type SignIn, setCookie } from "../auth/signIn.ts";
import { COMMON_ERRORS, type CommonError, type Route } from "../contract/route.ts";
import { type Bound, isRefusal } from "../routes/handler.ts";
import { failure, hostOf, json, respond } from "./answers.ts";
import { isLoopbackHost, isOwnHost, isOwnOrigin, type OwnNames } from "./origin.ts";
import { type App, BODY_LIMIT, type HttpRequest, type HttpResponse, type Socket, type SocketEvents } from "./port.ts";
import { router } from "./router.ts";

export interface DispatchOptions {
  readonly bounds: readonly Bound[];
  readonly signIn: SignIn;
  /** Of everything under /api/auth and the sign-in link. */
  readonly authLimiter: Limiter;
  readonly files: ((request: HttpRequest) => Promise<HttpResponse | null>) | null;
  readonly own: () => OwnNames;
  readonly connect: (socket: Socket, who: Who | null) => SocketEvents;
  /** A handler threw: it is our fault, and somebody should know. */
  readonly onError: (error: unknown, path: string) => void;
}

type Issue = { readonly field: string; readonly message: string };
type Header = readonly [name: string, value: string];

const common = (request: HttpRequest, code: CommonError, message: string, details?: unknown, more: readonly Header[] = []) =>
  failure(request, COMMON_ERRORS[code], code, message, details, more);

const parsePart = (schema: z.ZodType, where: string, value: unknown, issues: Issue[]): unknown => {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues) issues.push({ field: [where, ...issue.path].join("."), message: issue.message });
  return undefined;
};
const isNone = (schema: z.ZodType): boolean => schema.def.type === "undefined";

const parseBody = (route: Route, request: HttpRequest, issues: Issue[]): unknown => {
  if (isNone(route.body)) return undefined;
  if (request.body.length === 0) return parsePart(route.body, "body", {}, issues);
  if (!/^application\/json\b/i.test(request.headers["content-type"] ?? "")) {
    issues.push({ field: "content-type", message: "expected application/json" });
    return undefined;
  }
  try {
    return parsePart(route.body, "body", JSON.parse(Buffer.from(request.body).toString()), issues);
  } catch {
    issues.push({ field: "body", message: "not valid JSON" });
    return undefined;
  }
};

const refusedFor = (route: Route, who: Who | null, request: HttpRequest): HttpResponse | null => {
  if (route.access === "open") return null;
  if (!who)
    return common(request, "UNAUTHENTICATED", "sign in with the link printed at start, or send a token", undefined, [
      ["www-authenticate", "Bearer"],
    ]);
  if (who.rights.includes(route.access)) return null;
  return common(request, "FORBIDDEN", `this needs the ${route.access} right`);
};

const contentOf = (request: HttpRequest, route: Route, value: unknown, more: readonly Header[]): HttpResponse =>
  route.produces === "application/json"
    ? json(request, 200, value, more)
    : respond(request, 200, `${route.produces}; charset=utf-8`, String(value), [["cache-control", "no-store"], ...more]);

const call = async (
  o: DispatchOptions,
  request: HttpRequest,
  bound: Bound,
  raw: Readonly<Record<string, string>>,
): Promise<HttpResponse> => {
  const { route } = bound;
  const who = await o.signIn.whoIs(request.headers.cookie, request.headers.authorization);
  const refused = refusedFor(route, who, request);
  if (refused) return refused;
  const issues: Issue[] = [];
  const params = isNone(route.params) ? undefined : parsePart(route.params, "path", raw, issues);
  const query = isNone(route.query)
    ? undefined
    : parsePart(route.query, "query", Object.fromEntries(new URLSearchParams(request.query)), issues);
  const body = parseBody(route, request, issues);
  const first = issues[0];
  if (first) return common(request, "BAD_REQUEST", `${first.field}: ${first.message}`, issues);
  const more: Header[] = [];
  const answer = await bound.handle({
    params,
    query,
    body,
    who,
    by: who?.user ?? "unknown",
    cookieHeader: request.headers.cookie,
    setSession: (cookie) => more.push(["set-cookie", setCookie(cookie, !isLoopbackHost(hostOf(request)))]),
  });
  if (!isRefusal(answer)) return contentOf(request, route, answer, more);
  const status = route.errors[answer.refused] ?? COMMON_ERRORS[answer.refused as CommonError] ?? 500;
  return failure(request, status, answer.refused, answer.message, answer.details, more);
};

/** The sign-in link, opened in a browser: a cookie and the dashboard, or why not. */
const openLink = async (o: DispatchOptions, request: HttpRequest): Promise<HttpResponse> => {
  const token = new URLSearchParams(request.query).get("token") ?? "";
  const signedIn = await o.signIn.exchange(token);
  if (signedIn) {
    const cookie = setCookie(signedIn.cookie, !isLoopbackHost(hostOf(request)));
    return respond(request, 303, "text/plain; charset=utf-8", "", [
      ["location", "/"],
      ["set-cookie", cookie],
      ["cache-control", "no-store"],
    ]);
  }
  if (await o.signIn.whoIs(request.headers.cookie, undefined))
    return respond(request, 303, "text/plain; charset=utf-8", "", [
      ["location", "/"],
      ["cache-control", "no-store"],
    ]);
  if (o.files)
    return respond(request, 303, "text/plain; charset=utf-8", "", [
      ["location", "/signin#token=spent"], // the dashboard's own page says what is wrong and what to do
      ["cache-control", "no-store"],
    ]);
  return common(
    request,
    "UNAUTHENTICATED",
    "this sign-in link was used already, or is not the latest: start again for a new one",
  );
};

const isOpenToAnyHost = (path: string): boolean => path === "/health" || path === "/ready";

/** Everything between a connection and a handler: own names only, limits, routes, rights, parsing, files. */
export const createApp = (o: DispatchOptions): App => {
  const find = router(o.bounds);
  const route = async (request: HttpRequest): Promise<HttpResponse> => {
    const own = o.own();
    if (!isOpenToAnyHost(request.path) && !isOwnHost(request, own))
      return common(request, "FORBIDDEN", "unknown host name: set PUBLIC_ORIGIN to the address you use");
    const reads = request.method === "GET" || request.method === "HEAD";
    if (!reads && !isOwnOrigin(request, own)) return common(request, "FORBIDDEN", "not from a page of this server");
    const isLink = request.path === "/signin" && request.method === "GET" && request.query !== "";
    const spends = isLink || (request.path.startsWith("/api/auth/") && !reads);
    if (spends && o.authLimiter(request.address)) return common(request, "TOO_MANY_REQUESTS", "too many attempts: wait a minute");
    if (isLink) return openLink(o, request);
    const match = find(request.method, request.path);
    if (match && "bound" in match) return call(o, request, match.bound, match.params);
    if (match)
      return common(request, "METHOD_NOT_ALLOWED", `${request.method} is not for ${request.path}`, undefined, [
        ["allow", match.allow.join(", ")],
      ]);
    const file = o.files && reads && !request.path.startsWith("/api/") ? await o.files(request) : null;
    return file ?? common(request, "NOT_FOUND", `nothing at ${request.path}`);
  };
  return {
    answer: async (request) => {
      try {
        return await route(request);
      } catch (error) {
        if (error instanceof URIError)
          return common(request, "BAD_REQUEST", "path: not a valid URL encoding", [
            { field: "path", message: "not a valid URL encoding" },
          ]);
        o.onError(error, request.path);
        return common(request, "INTERNAL", "the server failed; its log says why");
      }
    },
    tooLarge: (request) => common(request, "TOO_LARGE", `a body may have at most ${BODY_LIMIT} bytes`),
    upgrade: async (request) => {
      const own = o.own();
      if (request.path !== "/ws") return { refuse: common(request, "NOT_FOUND", "sockets are at /ws") };
      if (!isOwnHost(request, own) || !isOwnOrigin(request, own))
        return { refuse: common(request, "FORBIDDEN", "not from a page of this server") };
      try {
        const who = await o.signIn.whoIs(request.headers.cookie, request.headers.authorization);
        return { accept: (socket) => o.connect(socket, who) };
      } catch (error) {
        o.onError(error, request.path);
        return { refuse: common(request, "INTERNAL", "the server failed; its log says why") };
      }
    },
  };
};
