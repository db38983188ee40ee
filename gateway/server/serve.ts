import type { Metrics } from "../../actors/ports/telemetry.ts";
import { limiter } from "../auth/limiter.ts";
import type { TokenCheck } from "../auth/ports.ts";
import { fileSessions, memorySessions } from "../auth/sessions.ts";
import { createSignIn, type SignIn } from "../auth/signIn.ts";
import { createGateway, type Gateway, type GatewayPorts } from "../gateway.ts";
import { createApp } from "./dispatch.ts";
import { gatewayMetrics } from "./metrics.ts";
import { openServer } from "./open.ts";
import { type OwnNames, ownNames } from "./origin.ts";
import type { ServerName } from "./port.ts";
import { staticFiles } from "./staticFiles.ts";

export interface ServeOptions extends Omit<GatewayPorts, "signIn" | "metrics"> {
  /** Of this process: the gateway adds its own, and serves them all. */
  readonly metrics: Metrics;
  /** 0 picks a free one. */
  readonly port: number;
  readonly host: string;
  /** The address people use when it is not this machine's own name: `https://deck.example.com`. */
  readonly publicOrigin: string | null;
  /** The built dashboard; null: none. */
  readonly uiFolder: string | null;
  /** Where sessions are kept; null: in memory, gone at the end. */
  readonly sessionsFile: string | null;
  readonly prefer?: ServerName;
  readonly checkToken?: TokenCheck;
  /** A handler threw. */
  readonly onError: (error: unknown, path: string) => void;
}

export interface Served {
  readonly gateway: Gateway;
  readonly signIn: SignIn;
  readonly server: ServerName;
  readonly port: number;
  /** `http://localhost:8080`, or the public origin. */
  readonly origin: string;
  /** The one-time link to print; asking again makes the one before worthless. */
  link(): string;
  close(graceMs?: number): Promise<void>;
}

const AUTH_CALLS = 20;
const AUTH_WINDOW_MS = 60_000;

/** A gateway on a listening server: everything the runtime needs in one call. @throws CannotListen when the port is taken. */
export const serveGateway = async (o: ServeOptions): Promise<Served> => {
  const now = (): number => Date.now();
  const store = o.sessionsFile === null ? memorySessions() : await fileSessions(o.sessionsFile, now);
  const signIn = createSignIn({ store, now, ...(o.checkToken ? { checkToken: o.checkToken } : {}) });
  const gateway = createGateway({ ...o, signIn, metrics: () => o.metrics.text() });
  gatewayMetrics(o.metrics, gateway.figures);
  let own: OwnNames = ownNames(o.port, o.host, o.publicOrigin);
  const app = createApp({
    bounds: gateway.bounds,
    signIn,
    authLimiter: limiter(AUTH_CALLS, AUTH_WINDOW_MS, now),
    files: o.uiFolder === null ? null : staticFiles(o.uiFolder),
    own: () => own,
    connect: gateway.onSocket,
    onError: o.onError,
  });
  const server = await openServer(app, o.prefer ? { prefer: o.prefer } : {});
  const port = await server.listen(o.port, o.host);
  own = ownNames(port, o.host, o.publicOrigin);
  const origin = o.publicOrigin ?? `http://localhost:${port}`;
  return {
    gateway,
    signIn,
    server: server.name,
    port,
    origin,
    link: () => signIn.link(origin),
    close: (graceMs) => server.close(graceMs),
  };
};
