import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ServerName } from "../../gateway/server/port.ts";
import { type Served, type ServeOptions, serveGateway } from "../../gateway/server/serve.ts";
import { processMetrics } from "../../runtime/adapters/telemetry/metrics.ts";
import { fakeMarket } from "./fakeDeck.ts";
import {
  echoHistory,
  type FakeControls,
  fakeControls,
  fakeSupervisor,
  limits,
  tapeFigures,
  threeStrategies,
} from "./fakePorts.ts";
import { ask } from "./gatewayClient.ts";

/** A folder with a small dashboard in it, a secret beside it, and traps. */
export const dashboardFolder = (): { readonly root: string; remove(): void } => {
  const top = mkdtempSync(join(tmpdir(), "tapedeck-ui-"));
  const root = join(top, "ui");
  mkdirSync(join(root, "assets"), { recursive: true });
  writeFileSync(join(top, "secret.txt"), "not for you");
  writeFileSync(join(root, "index.html"), "<!doctype html><title>deck</title>");
  writeFileSync(join(root, "assets", "app-1a2b.js"), `export const x = "${"tape ".repeat(800)}";`);
  writeFileSync(join(root, "assets", "look-3c4d.css"), "body{margin:0}");
  writeFileSync(join(root, "icon.svg"), "<svg/>");
  writeFileSync(join(root, ".hidden"), "not for you");
  symlinkSync(join(top, "secret.txt"), join(root, "link.txt"));
  return { root, remove: () => rmSync(top, { recursive: true, force: true }) };
};

export interface Fixture {
  readonly served: Served;
  readonly port: number;
  readonly controls: FakeControls;
  readonly cookie: string;
  /** Signed in. */
  readonly signed: { readonly cookie: string };
  turn(minutes?: number): void;
  close(): Promise<void>;
}

/** A gateway on a free port, with an account, some minutes of a made-up market, and one signed-in browser. */
export const openFixture = async (prefer: ServerName, options: Partial<ServeOptions> = {}): Promise<Fixture> => {
  const controls = fakeControls();
  const supervisor = fakeSupervisor();
  const served = await serveGateway({
    version: "0.1.0",
    mode: "simulated",
    life: "life-1",
    limits,
    strategies: threeStrategies,
    history: echoHistory,
    supervisor,
    controls,
    readiness: { checks: async () => [{ name: "store", ok: true, detail: "embedded" }] },
    metrics: processMetrics({ process: true }),
    port: 0,
    host: "127.0.0.1",
    publicOrigin: null,
    uiFolder: null,
    sessionsFile: null,
    prefer,
    checkToken: async (token) =>
      token === "reader" || token === "driver"
        ? { user: token, rights: token === "driver" ? ["read", "control"] : ["read"], by: "token", expiresAt: null }
        : null,
    onError: () => undefined,
    ...options,
  });
  const market = fakeMarket();
  for (const event of market.open()) served.gateway.offer(event);
  let wallAt = 1_000_000;
  const turn = (minutes = 1): void => {
    for (let i = 0; i < minutes; i++) for (const event of market.minute()) served.gateway.offer(event);
    wallAt += 1_000;
    served.gateway.flush(wallAt, { actors: supervisor.inspect(), tape: tapeFigures(controls) });
  };
  turn(60);
  const link = new URL(served.link());
  const signIn = await ask(served.port, link.pathname + link.search);
  const cookie = String(signIn.headers["set-cookie"]?.[0]).split(";")[0] ?? "";
  return { served, port: served.port, controls, cookie, signed: { cookie }, turn, close: () => served.close(200) };
};
