import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Finding } from "../../runtime/cli/doctor/finding.ts";
import { start, tapedeck } from "../support/tapedeck.ts";
import { freshNamespace, link, removeNamespace, SERVER_URL, unreachable } from "./natsServer.ts";
import { hasRedisServer, OwnRedis } from "./ownRedis.ts";

const why = (await hasRedisServer()) ? await unreachable() : "no redis-server here";

describe.skipIf(why !== "")(`doctor with servers${why && ` (${why})`}`, () => {
  const dataDir = mkdtempSync(join(tmpdir(), "tapedeck-doctor-"));
  const own = new OwnRedis();
  beforeAll(() => own.start());
  afterAll(async () => {
    await own.dispose();
    rmSync(dataDir, { recursive: true, force: true });
  });
  const findings = async (settings: Record<string, string>): Promise<Map<string, Finding>> => {
    const { stdout } = await tapedeck(["doctor", "--json"], { TAPEDECK_DATA_DIR: dataDir, TAPEDECK_PORT: "0", ...settings });
    const found = JSON.parse(stdout) as { findings?: Finding[] } | Finding[];
    const list = Array.isArray(found) ? found : (found.findings ?? []);
    return new Map(list.map((f) => [f.name, f]));
  };

  it("says what the servers are, and that they will do", async () => {
    const found = await findings({ REDIS_URL: own.url, NATS_URL: SERVER_URL });
    expect(found.get("redis")).toMatchObject({ state: "good", found: expect.stringMatching(/^Redis \d+\.\d+/) });
    expect(found.get("nats")).toMatchObject({ state: "good", found: expect.stringMatching(/^NATS \d+\.\d+/) });
  });

  it("says which processes meet there, and what they play", async () => {
    const namespace = freshNamespace();
    const servers = { REDIS_URL: own.url, NATS_URL: SERVER_URL, TAPEDECK_NAMESPACE: namespace };
    const one = start(["up", "--roles", "sentiment"], {
      ...servers,
      TAPEDECK_DATA_DIR: join(dataDir, "s"),
      TAPEDECK_NODE: "scorer-1",
    });
    try {
      const here = async () => (await findings(servers)).get("nats")?.found;
      await expect.poll(here, { timeout: 30_000, interval: 200 }).toMatch(/; here now: scorer-1 \(sentiment\)$/);
      one.child.kill("SIGTERM");
      expect((await one.ended).code).toBe(0);
      expect(await here()).not.toContain("scorer-1");
    } finally {
      one.child.kill("SIGKILL");
      const line = await link();
      await removeNamespace(namespace, line);
      await line.close();
    }
  });

  it("says which one cannot be reached, what to do, and never its address", async () => {
    const found = await findings({ REDIS_URL: "redis://user:hidden@127.0.0.1:1", NATS_URL: "nats://user:hidden@127.0.0.1:1" });
    for (const name of ["redis", "nats"]) {
      expect(found.get(name)).toMatchObject({ state: "bad", remedy: expect.stringContaining("start that server") });
      expect(JSON.stringify(found.get(name))).not.toMatch(/hidden|127\.0\.0\.1/);
    }
  });

  it("does not ask for servers that are not set", async () => {
    const found = await findings({});
    expect(found.has("redis") || found.has("nats")).toBe(false);
    expect(found.has("settings")).toBe(true);
  });
});
