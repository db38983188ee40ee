import { type IncomingHttpHeaders, request } from "node:http";
import { WebSocket } from "ws";
import type { ServerMsg } from "../../gateway/contract/push.ts";

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly bytes: Buffer;
}
export interface Ask {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** One request on a connection of its own, the path sent exactly as given. */
export const ask = (port: number, path: string, { method = "GET", headers = {}, body }: Ask = {}): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const host = { host: `localhost:${port}` };
    const req = request(
      { port, host: "127.0.0.1", path, method, headers: { ...host, ...headers }, agent: false, setHost: false },
      (res) => {
        const chunks: Buffer[] = [];
        res.on("data", (c: Buffer) => chunks.push(c));
        res.on("end", () => {
          const bytes = Buffer.concat(chunks);
          resolve({ status: res.statusCode ?? 0, headers: res.headers, text: bytes.toString(), bytes });
        });
        res.on("error", reject);
      },
    );
    req.on("error", reject);
    req.end(body);
  });

export const errorOf = (answer: Answer): { code: string; message: string; details?: unknown } => JSON.parse(answer.text).error;

/** A client of `/ws` that keeps what it hears. */
export interface Listener {
  readonly ws: WebSocket;
  readonly heard: ServerMsg[];
  /** Resolves with the first message for which `is` holds, heard already or still to come. */
  until(is: (m: ServerMsg) => boolean): Promise<ServerMsg>;
  say(message: unknown): void;
  readonly closed: Promise<number>;
}
export const listen = (port: number, headers: Readonly<Record<string, string>> = {}, path = "/ws"): Promise<Listener> =>
  new Promise((resolve, reject) => {
    const ws = new WebSocket(`ws://localhost:${port}${path}`, { headers });
    const heard: ServerMsg[] = [];
    const waiting: { is: (m: ServerMsg) => boolean; done: (m: ServerMsg) => void }[] = [];
    const closed = new Promise<number>((done) => ws.on("close", done));
    ws.on("message", (data) => {
      for (const m of [JSON.parse(String(data)) as ServerMsg | ServerMsg[]].flat()) {
        heard.push(m);
        for (const w of waiting) if (w.is(m)) w.done(m);
      }
    });
    ws.on("unexpected-response", (_req, res) => reject(new Error(String(res.statusCode))));
    ws.on("error", reject);
    const listener: Listener = {
      ws,
      heard,
      closed,
      until: (is) =>
        new Promise((done) => {
          const known = heard.find(is);
          if (known) done(known);
          else waiting.push({ is, done });
        }),
      say: (message) => ws.send(typeof message === "string" ? message : JSON.stringify(message)),
    };
    ws.on("open", () => resolve(listener));
  });
