import { afterEach, describe, expect, it } from "vitest";
import { openProbe, type Probe } from "../../runtime/adapters/telemetry/probe.ts";
import { ask } from "../support/gatewayClient.ts";

let probe: Probe;
let redis = true;
let figures = async (): Promise<string> => "x 1\n";
const open = async (port = 0): Promise<void> => {
  probe = await openProbe({
    port,
    version: "0.2.0",
    checks: async () => [
      { name: "redis", ok: redis, detail: redis ? "ready" : "lost" },
      { name: "nats", ok: true, detail: "ready" },
    ],
    metrics: () => figures(),
  });
};
afterEach(async () => {
  redis = true;
  await probe.close();
});

const get = async (path: string, host = `localhost:${probe.port}`, method = "GET") => {
  const { status, text, headers } = await ask(probe.port, path, { method, headers: { host } });
  return { status, text, type: headers["content-type"] };
};

describe("the port for health, readiness and figures", () => {
  it("answers, whoever is not ready", async () => {
    await open();
    redis = false;
    expect(JSON.parse((await get("/health")).text)).toEqual({ status: "ok", version: "0.2.0" });
    const ready = await get("/ready");
    expect(ready.status).toBe(503);
    expect(JSON.parse(ready.text)).toEqual({
      ready: false,
      checks: [
        { name: "redis", ok: false, detail: "lost" },
        { name: "nats", ok: true, detail: "ready" },
      ],
    });
    redis = true;
    expect((await get("/ready")).status).toBe(200);
  });

  it("tells figures as Prometheus reads them", async () => {
    await open();
    expect(await get("/metrics")).toEqual({ status: 200, text: "x 1\n", type: "text/plain; version=0.0.4; charset=utf-8" });
    figures = () => Promise.reject(new Error("broken"));
    expect(await get("/metrics")).toMatchObject({ status: 500, text: '{"error":"broken"}\n' });
    figures = async () => "x 1\n";
    expect((await get("/metrics")).status).toBe(200);
  });

  it("does nothing else, and nothing for a page that calls this machine by a name of its own", async () => {
    await open();
    expect((await get("/")).status).toBe(404);
    expect((await get("/metrics", undefined, "POST")).status).toBe(405);
    expect((await get("/metrics", "evil.example")).status).toBe(421);
    expect((await get("/metrics", "127.0.0.1.evil.example")).status).toBe(421);
    expect((await get("/metrics", `127.0.0.1:${probe.port}`)).status).toBe(200);
  });

  it("says which setting to change when it is taken", async () => {
    await open();
    const first = probe;
    await expect(open(first.port)).rejects.toThrow(
      `TAPEDECK_METRICS_PORT: port ${first.port} of 127.0.0.1 cannot be used (EADDRINUSE)`,
    );
  });
});
