import type { HttpRequest } from "./port.ts";

/** Which names this server goes by. Asked again on every call: the port is known only once it listens. */
export interface OwnNames {
  readonly hosts: ReadonlySet<string>;
  readonly origins: ReadonlySet<string>;
}

/** Loopback names of the port, the host it is bound to, and the public origin when there is one. */
export const ownNames = (port: number, boundHost: string, publicOrigin: string | null): OwnNames => {
  const literal = boundHost.includes(":") ? `[${boundHost}]` : boundHost;
  const names = ["localhost", "127.0.0.1", "[::1]", literal];
  const hosts = new Set(names.map((n) => `${n}:${port}`));
  if (port === 80) for (const n of names) hosts.add(n);
  const origins = new Set([...hosts].map((h) => `http://${h}`));
  if (publicOrigin !== null) {
    const url = new URL(publicOrigin);
    hosts.add(url.host);
    origins.add(url.origin);
  }
  return { hosts, origins };
};

/** Against DNS rebinding: a name of somebody else's that was pointed at us. */
export const isOwnHost = (request: HttpRequest, own: OwnNames): boolean =>
  own.hosts.has((request.headers.host ?? "").toLowerCase());
/** A page of somebody else's may not act in the user's name. No Origin at all: not a page. */
export const isOwnOrigin = (request: HttpRequest, own: OwnNames): boolean =>
  request.headers.origin === undefined || own.origins.has(request.headers.origin.toLowerCase());
/** Loopback is the one place where a cookie may go without TLS. */
export const isLoopbackHost = (host: string): boolean => /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i.test(host);
