import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { buildSync } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { lockDataDir } from "../../../../runtime/adapters/system/lock.ts";
import { browser, dashboard, dataDir, lock, node, port } from "../../../../runtime/cli/doctor/machine.ts";
import { database, server } from "../../../../runtime/cli/doctor/parts.ts";
import { Secret } from "../../../../runtime/secret.ts";

const folder = mkdtempSync(join(tmpdir(), "tapedeck-doctor-"));
afterAll(() => rmSync(folder, { recursive: true }));
const listening = (): Promise<{ server: Server; port: number }> =>
  new Promise((done) => {
    const taken = createServer();
    taken.listen(0, "127.0.0.1", () => done({ server: taken, port: (taken.address() as AddressInfo).port }));
  });
const closed = (open: Server) => new Promise((done) => open.close(done));

describe("each check", () => {
  it("knows which Node.js is new enough", () => {
    expect(["20.19.0", "22.3.1", "24.0.0"].map((version) => node(version).state)).toEqual(["good", "good", "good"]);
    expect(["18.20.8", "20.18.3"].map((version) => node(version).state)).toEqual(["bad", "bad"]);
  });
  it("takes a data directory that is not there yet, and makes nothing", () => {
    expect(dataDir(join(folder, "deep", "data")).state).not.toBe("bad");
    expect(dataDir(join(folder, "deep", "data")).found).toMatch(/\d MB free$/);
  });
  it("refuses a data directory below a file", () => {
    writeFileSync(join(folder, "file"), "");
    expect(dataDir(join(folder, "file", "data"))).toMatchObject({
      state: "bad",
      remedy: expect.stringContaining("TAPEDECK_DATA_DIR"),
    });
  });
  it("says who holds the data directory", () => {
    const dir = join(folder, "locked");
    expect(lock(dir).state).toBe("good");
    const held = lockDataDir(dir);
    expect(lock(dir)).toMatchObject({ state: "bad", found: expect.stringContaining(`process ${process.pid}`) });
    held.release();
  });
  it("tells a taken port from a free one", async () => {
    const taken = await listening();
    expect(await port(taken.port, "127.0.0.1")).toMatchObject({ state: "bad", found: `port ${taken.port} is taken` });
    await closed(taken.server);
    expect((await port(taken.port, "127.0.0.1")).state).toBe("good");
    expect((await port(0, "127.0.0.1")).found).toBe("any free port");
  });
  it("looks for the built dashboard", () => {
    expect(dashboard(folder)).toMatchObject({ state: "bad", remedy: "npm run build" });
    mkdirSync(join(folder, "ui"));
    writeFileSync(join(folder, "ui", "index.html"), "");
    expect(dashboard(folder).state).toBe("good");
  });
  it("does not need a browser", () => {
    expect(browser(folder).state).toBe("note");
    writeFileSync(join(folder, "chromium"), "");
    expect(browser(`/nowhere:${folder}`).found).toContain(join(folder, "chromium"));
  });
  it("finds the embedded database and one of the two servers", async () => {
    expect(await database(null)).toMatchObject({ state: "good", found: expect.stringContaining(process.platform) });
    expect((await server()).state).not.toBe("bad");
  });
  it("says that a database cannot be reached without showing its address", async () => {
    const gone = await listening();
    await closed(gone.server);
    const finding = await database(new Secret(`postgres://me:hunter2@127.0.0.1:${gone.port}/db`));
    expect(finding).toMatchObject({ state: "bad", found: "DATABASE_URL cannot be reached (ECONNREFUSED)" });
    expect(JSON.stringify(finding)).not.toContain("hunter2");
  });
});

describe("tapedeck doctor", () => {
  // Below the project, so that packages are found as they are from dist.
  const dist = join("dist", `doctor-test-${process.pid}`);
  const doctor = (env: Record<string, string>, ...args: string[]) => {
    const settings = { TAPEDECK_DATA_DIR: join(folder, "fresh"), TAPEDECK_PORT: "0", ...env };
    return spawnSync(process.execPath, [resolve(dist, "tapedeck.js"), "doctor", ...args], {
      cwd: folder,
      encoding: "utf8",
      env: { PATH: process.env.PATH ?? "", ...settings },
    });
  };
  beforeAll(() => {
    const bundle = { bundle: true, platform: "node", format: "esm", packages: "external" } as const;
    buildSync({ entryPoints: ["runtime/cli/tapedeck.ts"], outdir: dist, ...bundle });
    mkdirSync(join(dist, "ui"));
    writeFileSync(join(dist, "ui", "index.html"), "");
  });
  afterAll(() => rmSync(dist, { recursive: true }));

  it("exits 0 when nothing is missing, and has made nothing", () => {
    const { status, stdout, stderr } = doctor({}, "--json");
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const report = JSON.parse(stdout) as { ok: boolean; findings: { name: string }[] };
    expect(report.ok).toBe(true);
    expect(report.findings.map(({ name }) => name).join(" ")).toBe(
      "node settings data lock database port server dashboard browser",
    );
    expect(existsSync(join(folder, "fresh"))).toBe(false);
  });
  it("exits 1 with the remedy and one line on stderr when something is", () => {
    const { status, stdout, stderr } = doctor({ TAPEDECK_PROT: "1", TAPEDECK_DATA_DIR: join(folder, "file", "data") });
    expect(status).toBe(1);
    expect(stdout).toContain("did you mean TAPEDECK_PORT?");
    expect(stdout).toContain("→ correct the environment or .env");
    expect(stderr).toMatch(/^tapedeck: not ready: settings[^\n]*\n$/);
  });
});
