/** What an adapter hands in: everything copied out of the connection, so that it may be used after any await. */
export interface HttpRequest {
  /** Upper case. */
  readonly method: string;
  /** As it was sent: encoded, without the query. */
  readonly path: string;
  readonly query: string;
  /** Lower-case names; only those of `READ_HEADERS`. */
  readonly headers: Readonly<Partial<Record<HeaderName, string>>>;
  /** The peer's address, as text. */
  readonly address: string;
  readonly body: Uint8Array;
}

/** The only request headers anybody reads. */
export const READ_HEADERS = [
  "host",
  "origin",
  "cookie",
  "authorization",
  "content-type",
  "content-length",
  "accept",
  "accept-encoding",
  "if-none-match",
] as const;
export type HeaderName = (typeof READ_HEADERS)[number];

export interface HttpResponse {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string | Uint8Array;
}

/** sent: out of our hands. buffered: it waits, and `drained` will follow. dropped: it is lost, `drained` will follow. */
export type SendResult = "sent" | "buffered" | "dropped";
export interface Socket {
  send(text: string): SendResult;
  /** Nothing may be sent afterwards. Harmless on a closed socket. */
  close(code: number, reason: string): void;
}
/** What happens on a socket. `closed` comes once, last, whoever closed it. */
export interface SocketEvents {
  message(text: string): void;
  drained(): void;
  closed(): void;
}
export type Upgrade =
  | { readonly accept: (socket: Socket) => SocketEvents; readonly refuse?: never }
  | { readonly refuse: HttpResponse };

/** What runs behind a server. Its promises never reject. */
export interface App {
  answer(request: HttpRequest): Promise<HttpResponse>;
  upgrade(request: HttpRequest): Promise<Upgrade>;
  /** For a body of more than BODY_LIMIT bytes. */
  tooLarge(request: HttpRequest): HttpResponse;
}

/** Longest request body, bytes. */
export const BODY_LIMIT = 64 * 1024;
/** Past this many bytes of a body that is too long nobody reads on: the connection is cut. */
export const BODY_CUT = 4 * 1024 * 1024;
/** Bytes that may wait on one socket before messages are dropped. */
export const SOCKET_BUFFER = 32 * 1024 * 1024;
/** Longest message from a client, bytes. */
export const MESSAGE_LIMIT = 16 * 1024;

export type ServerName = "uws" | "node";
export interface Server {
  readonly name: ServerName;
  /** @param port 0 picks a free one. Resolves with the port. @throws CannotListen */
  listen(port: number, host: string): Promise<number>;
  /** Takes no more, tells the sockets (1001), lets requests end for `graceMs`, then cuts what is left. */
  close(graceMs?: number): Promise<void>;
}

/** The address cannot be had. One clear line. */
export class CannotListen extends Error {
  readonly code: string;
  constructor(port: number, host: string, code: string) {
    super(
      code === "EADDRINUSE"
        ? `port ${port} on ${host} is taken: stop what uses it, or choose another with --port or TAPEDECK_PORT`
        : code === "EACCES"
          ? `no permission to listen on port ${port} of ${host}: choose a port above 1023 with --port or TAPEDECK_PORT`
          : `cannot listen on port ${port} of ${host} (${code}): the address must be one of this machine's`,
    );
    this.name = "CannotListen";
    this.code = code;
  }
}

/** The few reasons the wire needs in words. */
export const statusText = (status: number): string => TEXTS[status] ?? "Status";
const TEXTS: Readonly<Record<number, string>> = {
  200: "OK",
  303: "See Other",
  304: "Not Modified",
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  409: "Conflict",
  413: "Content Too Large",
  429: "Too Many Requests",
  500: "Internal Server Error",
  503: "Service Unavailable",
};
