import { spawn, spawnSync } from "node:child_process";
import {
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { connect, isPassing, sqlState } from "./client.ts";
import { type Binaries, nativeFolder, prepareBinaries } from "./embeddedBinaries.ts";
import { type Place, placeOf } from "./embeddedPlace.ts";
import { isAlive, readPostmaster, servesCluster, stopPostmaster } from "./postmaster.ts";

export interface Embedded {
  /** With the password in it: not for logs. */
  readonly url: string;
  /** "18.4" */
  readonly version: string;
  /** A server that a killed run had left was taken over. */
  readonly adopted: boolean;
  /** Clean: all is on the disk. Also ends a server that was adopted. */
  stop(): Promise<void>;
}

export interface EmbeddedOptions {
  /** The `native` folder with the server's programs. Default: that of the installed package. */
  readonly native?: string;
  /** Where clusters and programs go that the server's user cannot reach in place. Only as root. Default /var/lib/tapedeck. */
  readonly shared?: string;
}

class PasswordLost extends Error {}

const USER = "tapedeck";
const READY_MS = 30_000;
/** A server that was left and does not answer by then is not well. */
const ANSWER_MS = 3_000;

/**
 * A small server for one program on one machine. Nothing that guards the data is off: people and strategies are kept here too.
 * The projection alone commits without waiting for the disk, by its own choice (see writeBatch).
 */
const SETTINGS = [
  ["listen_addresses", "127.0.0.1"],
  ["unix_socket_directories", ""],
  ["max_connections", "25"],
  ["shared_buffers", "32MB"],
  ["maintenance_work_mem", "32MB"],
  ["max_wal_size", "512MB"],
  ["checkpoint_timeout", "15min"],
  ["wal_level", "minimal"],
  ["max_wal_senders", "0"],
  ["io_method", "sync"],
  ["max_parallel_workers_per_gather", "0"],
  ["jit", "off"],
  ["log_checkpoints", "off"],
  ["timezone", "UTC"],
] as const;

const urlOf = (place: Place, port: number, database: string) =>
  `postgres://${USER}:${place.password}@127.0.0.1:${port}/${database}`;

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });

/** The last line of the server's log that says what is wrong. */
const lastWords = (place: Place): string => {
  const lines = existsSync(place.log) ? readFileSync(place.log, "utf8").trim().split("\n") : [];
  return lines.findLast((line) => /FATAL|PANIC|error/.test(line)) ?? lines.at(-1) ?? "it said nothing";
};

/** Half-made clusters, and their password files, of first starts that were killed. */
const sweep = (place: Place): void => {
  for (const name of readdirSync(place.home)) {
    if (!/^(cluster|pw)\.\d+$/.test(name)) continue;
    try {
      rmSync(join(place.home, name), { recursive: true, force: true });
    } catch {} // a killed start's initdb still writes there: the next start sweeps again
  }
};

/** Makes the cluster in a folder of its own and moves it into place when it is whole: a killed first start leaves no half of one. */
const createCluster = (place: Place, binaries: Binaries): void => {
  const half = join(place.home, `cluster.${process.pid}`);
  const secret = join(place.home, `pw.${process.pid}`);
  rmSync(half, { recursive: true, force: true });
  mkdirSync(half, { mode: 0o700 });
  writeFileSync(secret, `${place.password}\n`, { mode: 0o600 });
  if (place.as) for (const path of [half, secret]) chownSync(path, place.as.uid, place.as.gid);
  try {
    const made = spawnSync(
      binaries.initdb,
      [
        `--pgdata=${half}`,
        `--username=${USER}`,
        `--pwfile=${secret}`,
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale=C",
        "--no-instructions",
        "--no-sync", // done in the background, see `settle`: it takes longer than all the rest
      ],
      { ...place.as, cwd: place.home, encoding: "utf8", ...(binaries.env ? { env: binaries.env } : {}) },
    );
    if (made.status !== 0)
      throw new Error(
        `initdb failed: ${(made.stderr || String(made.error ?? made.signal)).trim().split("\n").slice(-3).join("; ")}`,
      );
    renameSync(half, place.cluster);
  } finally {
    rmSync(secret, { force: true });
    rmSync(half, { recursive: true, force: true });
  }
};

/** Asks the disk to keep the new cluster; harmless beside a running server, and nobody waits for it. */
const settle = (place: Place, binaries: Binaries): void => {
  const syncing = spawn(binaries.initdb, ["--sync-only", `--pgdata=${place.cluster}`], {
    ...place.as,
    cwd: place.home,
    detached: true,
    stdio: "ignore",
    ...(binaries.env ? { env: binaries.env } : {}),
  });
  syncing.on("error", () => undefined); // then the system writes it when it sees fit
  syncing.unref();
};

/** Starts a server on a free port and waits until it takes connections. Detached: Ctrl-C is for us, we stop it when we are done. */
const launch = async (place: Place, binaries: Binaries): Promise<number> => {
  const port = await freePort();
  if (existsSync(place.log) && statSync(place.log).size > 1_000_000) rmSync(place.log);
  const log = openSync(place.log, "a", 0o600);
  const child = spawn(
    binaries.postgres,
    ["-D", place.cluster, "-p", String(port), ...SETTINGS.flatMap(([name, value]) => ["-c", `${name}=${value}`])],
    {
      ...place.as,
      cwd: place.home,
      detached: true,
      stdio: ["ignore", log, log],
      ...(binaries.env ? { env: binaries.env } : {}),
    },
  );
  closeSync(log);
  let ended: string | null = null;
  child.once("error", (error) => {
    ended = error.message;
  });
  child.once("exit", () => {
    ended ??= lastWords(place);
  });
  child.unref();
  for (let waited = 0; waited < READY_MS; waited += 10) {
    await delay(10);
    if (ended !== null) throw new Error(`the embedded PostgreSQL did not start: ${ended}`);
    const now = readPostmaster(place.cluster);
    if (now !== null && now.pid === child.pid && now.state === "ready") return port;
  }
  if (child.pid) await stopPostmaster(child.pid);
  throw new Error(`the embedded PostgreSQL was not ready within ${READY_MS / 1_000} s: ${lastWords(place)}`);
};

/** Its version, once our database is there. @throws when it cannot be reached or is not ours. */
const greet = async (place: Place, port: number): Promise<string> => {
  const ask = async (database: string, statement: string) => {
    const sql = connect(urlOf(place, port, database), { max: 1 });
    try {
      return (await sql.unsafe<{ server_version: string }[]>(statement))[0]?.server_version ?? "";
    } finally {
      await sql.end({ timeout: 1 });
    }
  };
  try {
    return await ask(USER, "show server_version");
  } catch (error) {
    if (sqlState(error) === "28P01")
      throw new PasswordLost(
        `the password kept beside ${place.cluster} is not that cluster's: bring the old file back, or move the cluster away to begin anew`,
      );
    if (sqlState(error) !== "3D000") throw error; // no such database: the first start
    await ask("postgres", `create database ${USER}`);
    return ask(USER, "show server_version");
  }
};

/** The server that a killed run left, when it is well; one that is not is stopped. */
const adopt = async (place: Place): Promise<{ port: number; version: string } | null> => {
  const patience = AbortSignal.timeout(ANSWER_MS);
  for (;;) {
    const found = readPostmaster(place.cluster);
    if (!found) return null;
    if (!isAlive(found.pid) || !servesCluster(found.pid, place.cluster)) {
      rmSync(join(place.cluster, "postmaster.pid"), { force: true });
      return null;
    }
    try {
      if (found.state === "ready") return { port: found.port, version: await greet(place, found.port) };
    } catch (error) {
      if (!isPassing(error)) throw error;
    }
    if (patience.aborted) {
      await stopPostmaster(found.pid, "at once");
      return null;
    }
    await delay(50);
  }
};

/**
 * A real PostgreSQL in `<dataDir>/postgres`, made on the first call, on a free port of 127.0.0.1, for who has the password only.
 * The caller holds the lock of the data directory; a server is never started beside one that lives.
 * @throws with one line that says what is in the way.
 */
export const startEmbedded = async (dataDir: string, options: EmbeddedOptions = {}): Promise<Embedded> => {
  const shared = options.shared ?? "/var/lib/tapedeck";
  const place = placeOf(dataDir, shared);
  const left = existsSync(place.cluster) ? await adopt(place) : null;
  const running = (port: number, version: string, adopted: boolean): Embedded => ({
    url: urlOf(place, port, USER),
    version,
    adopted,
    stop: async () => {
      const now = readPostmaster(place.cluster);
      if (now && now.port === port && isAlive(now.pid)) await stopPostmaster(now.pid);
    },
  });
  if (left) return running(left.port, left.version, true);

  const binaries = prepareBinaries(options.native ?? nativeFolder(), place.home, place.as ? shared : place.home, place.as);
  sweep(place);
  const isNew = !existsSync(place.cluster);
  if (isNew) createCluster(place, binaries);
  for (let attempt = 1; ; attempt += 1) {
    try {
      const port = await launch(place, binaries);
      const version = await greet(place, port).catch(async (error: unknown) => {
        const mine = readPostmaster(place.cluster);
        if (mine) await stopPostmaster(mine.pid);
        throw error;
      });
      if (isNew) settle(place, binaries);
      return running(port, version, false);
    } catch (error) {
      // The port may have been taken in between, or the children of a killed server may still be leaving.
      if (attempt === 4 || error instanceof PasswordLost) throw error;
      await delay(250);
    }
  }
};
