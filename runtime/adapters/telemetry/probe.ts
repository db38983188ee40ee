import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

export interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
}

export interface ProbeOptions {
  /** 0: any free one. */
  readonly port: number;
  readonly version: string;
  readonly checks: () => Promise<readonly Check[]>;
  readonly metrics: () => Promise<string>;
}

export interface Probe {
  readonly port: number;
  close(): Promise<void>;
}

/** The port is somebody else's, or not ours to take. */
class ProbeUnavailable extends Error {
  constructor(port: number, why: string) {
    super(`TAPEDECK_METRICS_PORT: port ${port} of 127.0.0.1 cannot be used (${why}); choose another, or 0 for none`);
    this.name = "ProbeUnavailable";
  }
}

/** This machine only, and asked for by such a name: a page in a browser that resolves its own name to here gets nothing. */
const isOurs = (host: string | undefined): boolean => /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/i.test(host ?? "");

const json = (response: ServerResponse, status: number, body: unknown): void => {
  response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store" });
  response.end(`${JSON.stringify(body)}\n`);
};

const answer = async (o: ProbeOptions, request: IncomingMessage, response: ServerResponse): Promise<void> => {
  if (!isOurs(request.headers.host)) return json(response, 421, { error: "not the address of this machine" });
  if (request.method !== "GET" && request.method !== "HEAD") return json(response, 405, { error: "GET only" });
  switch (request.url?.split("?")[0]) {
    case "/health":
      return json(response, 200, { status: "ok", version: o.version });
    case "/ready": {
      const checks = await o.checks();
      const ready = checks.every((c) => c.ok);
      return json(response, ready ? 200 : 503, { ready, checks });
    }
    case "/metrics": {
      const text = await o.metrics();
      response.writeHead(200, { "content-type": "text/plain; version=0.0.4; charset=utf-8", "cache-control": "no-store" });
      response.end(text);
      return;
    }
    default:
      return json(response, 404, { error: "there are /health, /ready and /metrics" });
  }
};

/** `/health`, `/ready` and `/metrics` of one process, on this machine only and without a sign-in. @throws ProbeUnavailable */
export const openProbe = async (o: ProbeOptions): Promise<Probe> => {
  const server = createServer((request, response) => {
    answer(o, request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else json(response, 500, { error: error instanceof Error ? error.message : String(error) });
    });
  });
  server.requestTimeout = 10_000;
  server.listen(o.port, "127.0.0.1");
  try {
    await once(server, "listening");
  } catch (error) {
    throw new ProbeUnavailable(o.port, (error as NodeJS.ErrnoException).code ?? String(error));
  }
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : o.port,
    close: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
};
