import { randomUUID } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import { type WebSocket, WebSocketServer } from "ws";
import { makeDay } from "./uiDay.ts";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
};
const TOKEN = "let-me-in";

export interface UiFeed {
  readonly url: string;
  readonly signInUrl: string;
  stop(): Promise<void>;
}

/** A stand-in for the gateway with a made-up day on it: the contract's messages, no trading behind them. For the dashboard's own tests. */
export const startUiFeed = async (options: {
  root: string;
  port?: number;
  empty?: boolean;
  stepMs?: number;
}): Promise<UiFeed> => {
  const day = makeDay(options.empty ?? false);
  const life = randomUUID();
  const seqs = new Map<string, number>();
  const readers = new Map<WebSocket, Set<string>>();
  const tell = (ws: WebSocket, msg: unknown) => ws.send(JSON.stringify(msg));
  const snapshot = (ws: WebSocket, topic: string) =>
    tell(ws, { type: "snapshot", topic, seq: seqs.get(topic) ?? 0, life, items: day.items(topic) });

  const server = createServer((req, res) => void answer(req, res));
  const answer = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const path = new URL(req.url ?? "/", "http://x").pathname;
    const signedIn = (req.headers.cookie ?? "").includes("deck=1");
    const json = (status: number, body: unknown, headers: Record<string, string> = {}) => {
      res.writeHead(status, { "content-type": "application/json", ...headers });
      res.end(JSON.stringify(body));
    };
    const session = (yes: boolean) => ({
      signedIn: yes,
      user: yes ? "you" : null,
      rights: yes ? ["read", "control"] : [],
      expiresAt: null,
    });
    const refuse = (status: number, code: string, message: string) => json(status, { error: { code, message } });
    let body = "";
    for await (const part of req) body += part;
    const given = (body ? JSON.parse(body) : {}) as Record<string, unknown>;
    if (path === "/api/auth/session") return json(200, session(signedIn));
    if (path === "/api/auth/sign-in") {
      if (given.token !== TOKEN) return refuse(401, "TOKEN_INVALID", "This link was used before or is not of this start.");
      return json(200, session(true), { "set-cookie": "deck=1; HttpOnly; SameSite=Strict; Path=/" });
    }
    if (path === "/api/auth/logout") return json(200, session(false), { "set-cookie": "deck=0; Path=/; Max-Age=0" });
    if (path.startsWith("/api/")) {
      if (!signedIn) return refuse(401, "UNAUTHENTICATED", "Sign in first.");
      if (path === "/api/dead-letters") return json(200, { items: day.deadLetters });
      day.command(path, given);
      return json(200, path === "/api/tape" ? day.items("tape")[0] : { accepted: true });
    }
    const file = join(options.root, path);
    const found = extname(path) !== "" && existsSync(file) ? file : join(options.root, "index.html");
    res.writeHead(200, {
      "content-type": TYPES[extname(found)] ?? "application/octet-stream",
      "content-security-policy": "default-src 'self'; frame-ancestors 'none'; base-uri 'none'",
    });
    res.end(readFileSync(found));
  };

  const wss = new WebSocketServer({ noServer: true });
  server.on("upgrade", (req, socket, head) => {
    if (!(req.headers.cookie ?? "").includes("deck=1")) return socket.end("HTTP/1.1 401 Unauthorized\r\n\r\n");
    wss.handleUpgrade(req, socket, head, (ws) => {
      const topics = new Set<string>();
      readers.set(ws, topics);
      ws.on("close", () => readers.delete(ws));
      ws.on("message", (data) => {
        const msg = JSON.parse(String(data)) as { type: string; topic: string };
        if (msg.type === "hello")
          tell(ws, { type: "welcome", protocol: 1, version: "0.1.0", mode: "simulated", life, wallAt: Date.now() });
        if (msg.type === "subscribe") {
          topics.add(msg.topic);
          snapshot(ws, msg.topic);
        }
        if (msg.type === "unsubscribe") topics.delete(msg.topic);
      });
    });
  });

  const timer = setInterval(() => {
    const turn = day.step().map(({ topic, item, gone }) => {
      const seq = (seqs.get(topic) ?? 0) + 1;
      seqs.set(topic, seq);
      return gone === undefined ? { type: "delta", topic, seq, item } : { type: "gone", topic, seq, key: gone };
    });
    for (const [ws, topics] of readers) {
      const mine = turn.filter((m) => topics.has(m.topic));
      if (mine.length > 0) tell(ws, mine);
    }
  }, options.stepMs ?? 250);

  await new Promise<void>((done) => server.listen(options.port ?? 0, "127.0.0.1", done));
  const url = `http://localhost:${(server.address() as AddressInfo).port}`;
  return {
    url,
    signInUrl: `${url}/signin?token=${TOKEN}`,
    stop: async () => {
      clearInterval(timer);
      for (const ws of readers.keys()) ws.terminate();
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
};
