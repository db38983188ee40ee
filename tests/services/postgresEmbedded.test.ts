import { type ChildProcess, spawn } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { dirname, join } from "node:path";
import { build } from "esbuild";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { connect } from "../../runtime/adapters/postgres/client.ts";
import { type Embedded, type EmbeddedOptions, startEmbedded } from "../../runtime/adapters/postgres/embedded.ts";
import { nativeFolder } from "../../runtime/adapters/postgres/embeddedBinaries.ts";
import { isAlive, readPostmaster } from "../../runtime/adapters/postgres/postmaster.ts";
import { storeContract } from "../contract/store.contract.ts";
import { dropTemplates, storeOn } from "./postgresServer.ts";

const isRoot = userInfo().uid === 0;
/** An unprivileged server user must be able to get in. */
const openFolder = (): string => {
  const dir = mkdtempSync(join(tmpdir(), "embedded-"));
  return join(dir, "data");
};
/** mkdtemp makes folders for their owner only; when we are root the server's user has to pass. */
const chmodParents = (dir: string): void => chmodSync(dirname(dir), 0o755);
/** Whether npm would have kept this library: a file, not a link to one. */
const keeps = (file: string): boolean => !lstatSync(file).isSymbolicLink();
const ask = async <T extends object>(url: string, statement: string): Promise<readonly T[]> => {
  const sql = connect(url, { max: 1 });
  try {
    return await sql.unsafe<T[]>(statement);
  } finally {
    await sql.end({ timeout: 1 });
  }
};
const mode = (file: string) => (statSync(file).mode & 0o777).toString(8);

describe("the embedded PostgreSQL", () => {
  let dir: string;
  let started: Embedded[];
  let children: ChildProcess[];
  const start = async (options?: EmbeddedOptions) => {
    const embedded = await startEmbedded(dir, options);
    started.push(embedded);
    return embedded;
  };
  const cluster = () => join(dir, "postgres", "cluster");
  const postmaster = () => readPostmaster(cluster())?.pid ?? 0;

  beforeEach(() => {
    dir = openFolder();
    started = [];
    children = [];
    chmodParents(dir);
  });
  afterEach(async () => {
    for (const child of children) child.kill("SIGKILL");
    for (const embedded of started) await embedded.stop();
    rmSync(dirname(dir), { recursive: true, force: true });
  });

  it("keeps what was written from one start to the next, for the owner of the password only", async () => {
    const first = await start();
    expect(first.adopted).toBe(false);
    expect(Number.parseInt(first.version, 10)).toBeGreaterThanOrEqual(18);
    await ask(first.url, "create table kept as select 42 as answer");
    await first.stop();
    expect(readPostmaster(cluster())).toBeNull();

    const second = await start();
    expect(await ask(second.url, "select answer from kept")).toEqual([{ answer: 42 }]);
    const guessed = new URL(second.url);
    guessed.password = "guess";
    await expect(ask(guessed.href, "select 1")).rejects.toMatchObject({ code: "28P01" });
    expect(mode(join(dir, "postgres", "password"))).toBe("600");
    expect(mode(cluster())).toBe("700");
    expect(await ask(second.url, "show listen_addresses")).toEqual([{ listen_addresses: "127.0.0.1" }]);
    expect(await ask(second.url, "show fsync")).toEqual([{ fsync: "on" }]);
  });

  it("takes over a server that is there, and never starts a second one", async () => {
    const first = await start();
    const again = await start();
    expect(again.adopted).toBe(true);
    expect(again.url).toBe(first.url);
    await again.stop();
    expect(postmaster()).toBe(0);
    await first.stop(); // once more is no harm
  });

  it("goes on when the number in its lock file belongs to another program now", async () => {
    await (await start()).stop();
    const line = (n: number) => `${n}\n${cluster()}\n1700000000\n5432\n\n127.0.0.1\n  1 2\nready   \n`;
    writeFileSync(join(cluster(), "postmaster.pid"), line(process.pid), { mode: 0o644 });
    const next = await start();
    expect(next.adopted).toBe(false);
    expect(isAlive(process.pid)).toBe(true);
    expect(await ask(next.url, "select 1 as one")).toEqual([{ one: 1 }]);
  });

  it("starts anew after the server itself was killed, nothing committed lost", async () => {
    const first = await start();
    await ask(first.url, "create table kept as select 42 as answer");
    process.kill(postmaster(), "SIGKILL");
    const next = await start();
    expect(next.adopted).toBe(false);
    expect(await ask(next.url, "select answer from kept")).toEqual([{ answer: 42 }]);
  });

  it("stops a server that does not answer and starts another", async () => {
    const first = await start();
    const stuck = postmaster();
    process.kill(stuck, "SIGSTOP");
    const next = await start();
    expect(isAlive(stuck)).toBe(false);
    expect(next.adopted).toBe(false);
    expect(next.url).not.toBe(first.url);
    expect(await ask(next.url, "select 1 as one")).toEqual([{ one: 1 }]);
  });

  it("says so when the password was lost, and leaves the cluster alone", async () => {
    await (await start()).stop();
    rmSync(join(dir, "postgres", "password"));
    await expect(startEmbedded(dir)).rejects.toThrow(/password/);
    expect(existsSync(join(cluster(), "PG_VERSION"))).toBe(true);
    expect(postmaster()).toBe(0);
  });

  it("finds its libraries where npm left the links out, without a change to the package", async () => {
    const native = join(dirname(dir), "package", "native");
    cpSync(nativeFolder(), native, { recursive: true, filter: keeps });
    const embedded = await start({ native, shared: join(dirname(dir), "shared") });
    expect(await ask(embedded.url, "select 1 as one")).toEqual([{ one: 1 }]);
  });

  it.runIf(isRoot)(
    "as root serves a folder and a package its user cannot enter from a shared place, and finds it again",
    async () => {
      const closed = join(dirname(dir), "closed");
      mkdirSync(closed, { mode: 0o700 });
      dir = join(closed, "data");
      const shared = join(dirname(closed), "shared");
      const native = join(closed, "package", "native");
      cpSync(nativeFolder(), native, { recursive: true, filter: keeps });
      const first = await start({ shared, native });
      await ask(first.url, "create table kept as select 42 as answer");
      await first.stop();
      const location = readFileSync(join(dir, "postgres", "location"), "utf8").trim();
      expect(dirname(location)).toBe(shared);
      expect(mode(join(dir, "postgres", "password"))).toBe("600");
      const second = await start({ shared, native });
      expect(await ask(second.url, "select answer from kept")).toEqual([{ answer: 42 }]);
      await second.stop();
    },
  );

  it("is taken over after its parent was killed in the middle of a write", async () => {
    const program = join(dirname(dir), "child.mjs");
    await build({
      entryPoints: [join(import.meta.dirname, "embeddedChild.ts")],
      outfile: program,
      bundle: true,
      format: "esm",
      platform: "node",
      logLevel: "error",
    });
    const child = spawn(process.execPath, [program, dir, nativeFolder()], { stdio: ["ignore", "pipe", "inherit"] });
    children.push(child);
    await new Promise<void>((resolve, reject) => {
      child.stdout.on("data", (data) => String(data).includes("writing") && resolve());
      child.once("exit", (code) => reject(new Error(`the child ended with ${code}`)));
    });
    const orphan = postmaster();
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await ended;
    expect(isAlive(orphan)).toBe(true);

    const next = await start();
    expect(next.adopted).toBe(true);
    expect(postmaster()).toBe(orphan);
    // Every write of the child was one transaction of ten rows.
    const [row] = await ask<{ n: number; odd: number }>(
      next.url,
      "select count(*)::int as n, (count(*) % 10)::int as odd from beats",
    );
    expect(row?.n).toBeGreaterThan(0);
    expect(row?.odd).toBe(0);
    await next.stop();
    expect(isAlive(orphan)).toBe(false);
  });
});

describe("the store on the embedded PostgreSQL", () => {
  let dir: string;
  let embedded: Embedded;
  beforeAll(async () => {
    dir = openFolder();
    chmodParents(dir);
    embedded = await startEmbedded(dir);
  });
  afterAll(async () => {
    await dropTemplates();
    await embedded.stop();
    rmSync(dirname(dir), { recursive: true, force: true });
  });
  storeContract("embedded", () => storeOn(embedded.url));
});
