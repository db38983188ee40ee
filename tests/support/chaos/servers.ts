import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync } from "node:fs";
import { createConnection, createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type Embedded, startEmbedded } from "../../../runtime/adapters/postgres/embedded.ts";
import { isAlive, readPostmaster } from "../../../runtime/adapters/postgres/postmaster.ts";
import { type TcpProxy, tcpProxy } from "../tcpProxy.ts";

/** `hard`: killed, as by a power cut of the machine it is on. `soft`: asked to end. */
export type Ending = "hard" | "soft";

/** A server of the test's own, which the deck reaches through a proxy only. */
export interface ChaosServer {
  readonly name: "redis" | "nats" | "postgres";
  readonly proxy: TcpProxy;
  /** Past the proxy, for the test itself. With a path for a database of that name. */
  url(database?: string): string;
  /** As the deck reaches it. */
  proxied(database?: string): string;
  /** Ends it and starts it again on what it kept. One restart at a time: a second waits for the first. */
  restart(how: Ending): Promise<void>;
  /** For good. */
  stop(): Promise<void>;
}

export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });

const listens = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = createConnection(port, "127.0.0.1");
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });

const START_MS = 20_000;

/** A program that is ended with its process. */
class Program {
  readonly #command: readonly string[];
  readonly #port: number;
  readonly #log: string;
  #child: ChildProcess | null = null;

  constructor(command: readonly string[], port: number, log: string) {
    this.#command = command;
    this.#port = port;
    this.#log = log;
  }

  async start(): Promise<void> {
    const [program, ...args] = this.#command;
    const log = openSync(this.#log, "a");
    const child = spawn(program as string, args, { stdio: ["ignore", log, log] });
    closeSync(log);
    this.#child = child;
    let why: string | null = null;
    child.once("error", (error) => {
      why = error.message;
    });
    child.once("exit", (code) => {
      why ??= `ended with ${code}, see ${this.#log}`;
    });
    for (let waited = 0; !(await listens(this.#port)); waited += 20) {
      if (why !== null || waited > START_MS) throw new Error(`${program} does not listen: ${why ?? "too slow"}`);
      await delay(20);
    }
  }

  async end(how: Ending): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill(how === "hard" ? "SIGKILL" : "SIGTERM");
    await gone;
  }
}

interface Life {
  start(): Promise<void>;
  end(how: Ending): Promise<void>;
}

const serverOf = (
  name: ChaosServer["name"],
  life: Life,
  proxy: TcpProxy,
  urlTo: (port: number | null, database?: string) => string,
): ChaosServer => {
  let last: Promise<void> = Promise.resolve();
  const restart = async (how: Ending): Promise<void> => {
    await life.end(how);
    await life.start();
  };
  return {
    name,
    proxy,
    url: (database) => urlTo(null, database),
    proxied: (database) => urlTo(proxy.port, database),
    restart: (how) => {
      last = last.then(() => restart(how));
      return last;
    },
    stop: async () => {
      await last.catch(() => undefined);
      await proxy.close();
      await life.end("soft");
    },
  };
};

/** Keeps its streams in an append-only file, written at once and synced every second. */
export const chaosRedis = async (folder: string): Promise<ChaosServer> => {
  const dir = join(folder, "redis");
  mkdirSync(dir, { recursive: true });
  const port = await freePort();
  const settings = ["--bind", "127.0.0.1", "--dir", dir, "--save", "", "--appendonly", "yes", "--appendfsync", "everysec"];
  const program = new Program(["redis-server", "--port", String(port), ...settings], port, join(dir, "log"));
  await program.start();
  return serverOf("redis", program, await tcpProxy(port), (at) => `redis://127.0.0.1:${at ?? port}`);
};

/** With JetStream on disk. */
export const chaosNats = async (folder: string): Promise<ChaosServer> => {
  const dir = join(folder, "nats");
  mkdirSync(dir, { recursive: true });
  const port = await freePort();
  const path = existsSync("/usr/sbin/nats-server") ? "/usr/sbin/nats-server" : "nats-server";
  const program = new Program([path, "-a", "127.0.0.1", "-p", String(port), "-js", "-sd", dir], port, join(dir, "log"));
  await program.start();
  return serverOf("nats", program, await tcpProxy(port), (at) => `nats://127.0.0.1:${at ?? port}`);
};

/** A cluster of its own; it comes back on another port, which the proxy knows. */
export const chaosPostgres = async (folder: string): Promise<ChaosServer> => {
  const dir = join(folder, "pg");
  let server: Embedded = await startEmbedded(dir);
  const portNow = (): number => Number(new URL(server.url).port);
  const proxy = await tcpProxy(portNow());
  const start = async (): Promise<void> => {
    server = await startEmbedded(dir);
    proxy.target(portNow());
  };
  const end = async (how: Ending): Promise<void> => {
    const life = how === "hard" ? readPostmaster(join(dir, "postgres", "cluster")) : null;
    if (!life) return server.stop();
    process.kill(life.pid, "SIGKILL");
    while (isAlive(life.pid)) await delay(5);
  };
  return serverOf("postgres", { start, end }, proxy, (at, database) => {
    const url = new URL(server.url);
    if (at !== null) url.port = String(at);
    if (database !== undefined) url.pathname = `/${database}`;
    return url.href;
  });
};
