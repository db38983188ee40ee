import { createServer } from "node:net";
import type {
  ListenOptions,
  HttpRequest as UwsRequest,
  HttpResponse as UwsResponse,
  us_listen_socket,
  us_socket_context_t,
  WebSocket,
} from "uws22";
import {
  type App,
  BODY_CUT,
  BODY_LIMIT,
  CannotListen,
  type HeaderName,
  type HttpRequest,
  type HttpResponse,
  MESSAGE_LIMIT,
  READ_HEADERS,
  type Server,
  SOCKET_BUFFER,
  type Socket,
  type SocketEvents,
  statusText,
} from "./port.ts";

export type Uws = typeof import("uws22");

interface Connection {
  accept: (socket: Socket) => SocketEvents;
  events: SocketEvents | null;
}
/** Without it two processes may listen on one port and share its connections. The binding's own constant is not in its types. */
const EXCLUSIVE_PORT: ListenOptions = 1;
const NO_BODY = new Uint8Array(0);

const readHead = (res: UwsResponse, req: UwsRequest): HttpRequest => {
  const headers: Partial<Record<HeaderName, string>> = {};
  for (const name of READ_HEADERS) {
    const value = req.getHeader(name);
    if (value !== "") headers[name] = value;
  }
  return {
    method: req.getMethod().toUpperCase(),
    path: req.getUrl(),
    query: req.getQuery() ?? "",
    headers,
    address: Buffer.from(res.getRemoteAddressAsText()).toString(),
    body: NO_BODY,
  };
};

const write = (res: UwsResponse, method: string, answer: HttpResponse): void => {
  res.cork(() => {
    res.writeStatus(`${answer.status} ${statusText(answer.status)}`);
    for (const [name, value] of answer.headers) res.writeHeader(name, value);
    if (method === "HEAD" || answer.status === 304)
      res.endWithoutBody(answer.status === 304 ? undefined : Buffer.byteLength(answer.body));
    else res.end(answer.body);
  });
};

/** The body, null when it was too long, or "aborted". */
const readBody = (res: UwsResponse, then: (body: Uint8Array | null) => void): void => {
  const chunks: Uint8Array[] = [];
  let length = 0;
  res.onData((chunk, isLast) => {
    length += chunk.byteLength;
    if (length > BODY_CUT) {
      res.close();
      return;
    }
    if (length <= BODY_LIMIT) chunks.push(Uint8Array.from(new Uint8Array(chunk)));
    if (isLast) then(length > BODY_LIMIT ? null : Buffer.concat(chunks));
  });
};

/** Why uWebSockets could not listen: it only says that it could not. */
const causeOf = (port: number, host: string): Promise<string> =>
  new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? "UNKNOWN"));
    probe.listen(port, host, () => probe.close(() => resolve("EADDRINUSE")));
  });

const socketOf = (ws: WebSocket<Connection>, live: Set<WebSocket<Connection>>): Socket => ({
  send: (text) => {
    if (!live.has(ws)) return "dropped";
    const result = ws.send(text, false);
    return result === 1 ? "sent" : result === 0 ? "buffered" : "dropped";
  },
  close: (code, reason) => {
    if (live.has(ws)) ws.end(code, reason);
  },
});

/** A server on uWebSockets.js. */
export const uwsServer = (uws: Uws, app: App): Server => {
  const http = uws.App();
  const live = new Set<WebSocket<Connection>>();
  const idle: (() => void)[] = [];
  let busy = 0;
  let listening: us_listen_socket | null = null;

  const finished = (): void => {
    busy -= 1;
    if (busy === 0) for (const wake of idle.splice(0)) wake();
  };
  const serve = (res: UwsResponse, req: UwsRequest): void => {
    const head = readHead(res, req);
    let aborted = false;
    let open = true;
    busy += 1;
    const done = (): void => {
      if (open) finished();
      open = false;
    };
    res.onAborted(() => {
      aborted = true;
      done();
    });
    const reply = (answer: HttpResponse): void => {
      if (!aborted) write(res, head.method, answer);
      done();
    };
    const answer = (body: Uint8Array | null): void => {
      if (body === null) reply(app.tooLarge(head));
      else void app.answer({ ...head, body }).then(reply);
    };
    if (head.method === "GET" || head.method === "HEAD") answer(NO_BODY);
    else readBody(res, answer);
  };

  const upgrade = (res: UwsResponse, req: UwsRequest, context: us_socket_context_t): void => {
    const head = readHead(res, req);
    const key = req.getHeader("sec-websocket-key");
    const protocol = req.getHeader("sec-websocket-protocol");
    const extensions = req.getHeader("sec-websocket-extensions");
    let aborted = false;
    res.onAborted(() => {
      aborted = true;
    });
    void app.upgrade(head).then((answer) => {
      if (aborted) return;
      if (answer.refuse) write(res, head.method, answer.refuse);
      else {
        const connection: Connection = { accept: answer.accept, events: null };
        res.cork(() => res.upgrade(connection, key, protocol, extensions, context));
      }
    });
  };

  http.ws<Connection>("/*", {
    maxPayloadLength: MESSAGE_LIMIT,
    maxBackpressure: SOCKET_BUFFER,
    idleTimeout: 60,
    sendPingsAutomatically: true,
    compression: uws.DISABLED,
    upgrade,
    open: (ws) => {
      live.add(ws);
      const connection = ws.getUserData();
      connection.events = connection.accept(socketOf(ws, live));
    },
    message: (ws, bytes, isBinary) => {
      if (isBinary) ws.end(1003, "text only");
      else ws.getUserData().events?.message(Buffer.from(bytes).toString());
    },
    drain: (ws) => {
      if (ws.getBufferedAmount() === 0) ws.getUserData().events?.drained();
    },
    close: (ws) => {
      live.delete(ws);
      ws.getUserData().events?.closed();
    },
  });
  http.any("/*", serve);

  return {
    name: "uws",
    listen: async (port, host) => {
      const token = await new Promise<us_listen_socket | false>((resolve) => {
        http.listen(host, port, EXCLUSIVE_PORT, resolve);
      });
      if (!token) throw new CannotListen(port, host, await causeOf(port, host));
      listening = token;
      return uws.us_socket_local_port(token);
    },
    close: async (graceMs = 1000) => {
      if (listening) uws.us_listen_socket_close(listening);
      listening = null;
      for (const ws of [...live]) ws.end(1001, "going away");
      if (busy > 0) {
        const ended = new Promise<void>((resolve) => idle.push(resolve));
        let timer: NodeJS.Timeout | undefined;
        const late = new Promise<void>((resolve) => {
          timer = setTimeout(resolve, graceMs);
        });
        await Promise.race([ended, late]);
        clearTimeout(timer);
        await new Promise((next) => setImmediate(next)); // what was just written leaves the process
      }
      http.close();
    },
  };
};
