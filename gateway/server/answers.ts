import type { HttpRequest, HttpResponse } from "./port.ts";

type Header = readonly [name: string, value: string];

/** Headers of every answer. Scripts only from our own files, sockets only to ourselves, nobody frames us. */
const securityHeaders = (host: string): readonly Header[] => [
  [
    "content-security-policy",
    `default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self' ws://${host} wss://${host}; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'`,
  ],
  ["x-content-type-options", "nosniff"],
  ["referrer-policy", "no-referrer"],
  ["x-frame-options", "DENY"],
  ["cross-origin-opener-policy", "same-origin"],
  ["cross-origin-resource-policy", "same-origin"],
];

/** A host that may be named in a header; anything else is not repeated. */
export const hostOf = (request: HttpRequest): string => {
  const host = request.headers.host ?? "";
  return /^[\w.\-:[\]]{1,255}$/.test(host) ? host : "localhost";
};

export const respond = (
  request: HttpRequest,
  status: number,
  type: string,
  body: string | Uint8Array,
  more: readonly Header[] = [["cache-control", "no-store"]],
): HttpResponse => ({ status, headers: [["content-type", type], ...securityHeaders(hostOf(request)), ...more], body });

const NO_STORE: Header = ["cache-control", "no-store"];
export const json = (request: HttpRequest, status: number, value: unknown, more: readonly Header[] = []): HttpResponse =>
  respond(request, status, "application/json; charset=utf-8", JSON.stringify(value), [NO_STORE, ...more]);

export const failure = (
  request: HttpRequest,
  status: number,
  code: string,
  message: string,
  details?: unknown,
  more: readonly Header[] = [],
): HttpResponse => json(request, status, { error: { code, message, ...(details === undefined ? {} : { details }) } }, more);
