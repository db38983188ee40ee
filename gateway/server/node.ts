import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
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

/** Bytes that may wait in the process before a send counts as buffered: what the kernel takes at once is less. */
const HIGH_WATER = 256 * 1024;
const PING_MS = 30_000;
const NO_BODY = new Uint8Array(0);

const readHead = (req: IncomingMessage): HttpRequest => {
  const headers: Partial<Record<HeaderName, string>> = {};
  for (const name of READ_HEADERS) {
    const value = req.headers[name];
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(", ") : value;
  }
  const url = req.url ?? "/";
  const mark = url.indexOf("?");
  return {
    method: req.method ?? "GET",
    path: mark < 0 ? url : url.slice(0, mark),
    query: mark < 0 ? "" : url.slice(mark + 1),
    headers,
    address: req.socket.remoteAddress ?? "",
    body: NO_BODY,
  };
};

const headerList = (answer: HttpResponse): Record<string, string | string[]> => {
  const out: Record<string, string | string[]> = {};
  for (const [name, value] of answer.headers) {
    const before = out[name];
    out[name] = before === undefined ? value : [before, value].flat();
  }
  return out;
};

const write = (res: ServerResponse, method: string, answer: HttpResponse): void => {
  if (res.destroyed || res.writableEnded) return;
  const headers = headerList(answer);
  if (answer.status !== 304) headers["content-length"] = String(Buffer.byteLength(answer.body));
  res.writeHead(answer.status, statusText(answer.status), headers);
  res.end(method === "HEAD" || answer.status === 304 ? undefined : answer.body);
};

const readBody = (req: IncomingMessage, then: (body: Uint8Array | null) => void): void => {
  const chunks: Buffer[] = [];
  let length = 0;
  req.on("data", (chunk: Buffer) => {
    length += chunk.length;
    if (length > BODY_CUT) req.destroy();
    else if (length <= BODY_LIMIT) chunks.push(chunk);
  });
  req.on("end", () => then(length > BODY_LIMIT ? null : Buffer.concat(chunks)));
};

const refuseUpgrade = (stream: Duplex, answer: HttpResponse): void => {
  const lines = answer.headers.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  const length = Buffer.byteLength(answer.body);
  stream.write(
    `HTTP/1.1 ${answer.status} ${statusText(answer.status)}\r\n${lines}content-length: ${length}\r\nconnection: close\r\n\r\n`,
  );
  stream.end(answer.body);
};

const socketOf = (ws: WebSocket, drained: () => void): Socket => {
  let waiting = false;
  const flushed = (): void => {
    if (!waiting || ws.bufferedAmount > 0) return;
    waiting = false;
    drained();
  };
  return {
    send: (text) => {
      if (ws.readyState !== ws.OPEN) return "dropped";
      if (ws.bufferedAmount > SOCKET_BUFFER) {
        waiting = true;
        return "dropped";
      }
      ws.send(text, flushed);
      if (ws.bufferedAmount <= HIGH_WATER) return "sent";
      waiting = true;
      return "buffered";
    },
    close: (code, reason) => ws.close(code, reason),
  };
};

const attach = (ws: WebSocket, accept: (socket: Socket) => SocketEvents): void => {
  let alive = true;
  const events: SocketEvents = accept(socketOf(ws, () => events.drained()));
  const pulse = setInterval(() => {
    if (!alive) ws.terminate();
    alive = false;
    ws.ping();
  }, PING_MS);
  ws.on("pong", () => {
    alive = true;
  });
  ws.on("message", (bytes, isBinary) => {
    alive = true;
    if (isBinary) ws.close(1003, "text only");
    else events.message(bytes.toString());
  });
  ws.on("error", () => ws.terminate());
  ws.on("close", () => {
    clearInterval(pulse);
    events.closed();
  });
};

/** A server on node:http and ws. */
export const nodeServer = (app: App): Server => {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MESSAGE_LIMIT, perMessageDeflate: false });
  const http = createServer({ requestTimeout: 30_000, headersTimeout: 10_000 }, (req, res) => {
    const head = readHead(req);
    req.on("error", () => undefined); // an aborted request: nobody is left to answer
    const answer = (body: Uint8Array | null): void => {
      if (body === null) write(res, head.method, app.tooLarge(head));
      else void app.answer({ ...head, body }).then((r) => write(res, head.method, r));
    };
    if (head.method === "GET" || head.method === "HEAD") {
      req.resume();
      answer(NO_BODY);
    } else readBody(req, answer);
  });
  http.on("upgrade", (req, stream, rest) => {
    stream.on("error", () => stream.destroy());
    void app.upgrade(readHead(req)).then((answer) => {
      if (answer.refuse) refuseUpgrade(stream, answer.refuse);
      else sockets.handleUpgrade(req, stream, rest, (ws) => attach(ws, answer.accept));
    });
  });

  return {
    name: "node",
    listen: (port, host) =>
      new Promise((resolve, reject) => {
        const failed = (error: NodeJS.ErrnoException): void => reject(new CannotListen(port, host, error.code ?? "UNKNOWN"));
        http.once("error", failed);
        http.listen(port, host, () => {
          http.off("error", failed);
          const address = http.address();
          resolve(typeof address === "object" && address !== null ? address.port : port);
        });
      }),
    close: async (graceMs = 1000) => {
      if (!http.listening) return;
      const ended = new Promise<void>((resolve) => http.close(() => resolve()));
      for (const ws of sockets.clients) ws.close(1001, "going away");
      http.closeIdleConnections();
      const cut = setTimeout(() => {
        for (const ws of sockets.clients) ws.terminate();
        http.closeAllConnections();
      }, graceMs);
      await ended;
      clearTimeout(cut);
    },
  };
};
