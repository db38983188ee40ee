import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onRedis } from "./redisServer.ts";

/** The program of the servers that tests start. */
const PROGRAM = process.env.TAPEDECK_TEST_REDIS_SERVER ?? "redis-server";

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address ? address.port : 0;
};

/** Whether there is a program to start. */
export const hasRedisServer = (): Promise<boolean> =>
  new Promise((resolve) => {
    const child = spawn(PROGRAM, ["--version"], { stdio: "ignore" });
    child.on("error", () => resolve(false));
    child.on("exit", (code) => resolve(code === 0));
  });

/** A server of a test's own, to be killed, stopped and filled. Keeps an append-only file in a folder of its own. */
export class OwnRedis {
  readonly #dir = mkdtempSync(join(tmpdir(), "own-redis-"));
  #port = 0;
  #child: ChildProcess | null = null;

  get url(): string {
    return `redis://127.0.0.1:${this.#port}`;
  }
  get port(): number {
    return this.#port;
  }

  /** Always on the same port and folder. Resolves when it answers. */
  async start(): Promise<void> {
    if (this.#port === 0) this.#port = await freePort();
    const settings = ["--appendonly", "yes", "--appendfsync", "everysec", "--save", "", "--bind", "127.0.0.1"];
    this.#child = spawn(PROGRAM, ["--port", String(this.#port), "--dir", this.#dir, ...settings], { stdio: "ignore" });
    while (!(await this.#answers())) if (this.#child.exitCode !== null) throw new Error("redis-server does not start");
  }

  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, "exit");
    child.kill("SIGCONT");
    child.kill("SIGKILL");
    await gone;
  }

  pause(): void {
    this.#child?.kill("SIGSTOP");
  }
  resume(): void {
    this.#child?.kill("SIGCONT");
  }

  /** Of a server that is not running: what it kept. */
  forget(): void {
    rmSync(this.#dir, { recursive: true, force: true });
    mkdirSync(this.#dir);
  }

  config(name: string, value: string): Promise<unknown> {
    return onRedis(this.url, (redis) => redis.config("SET", name, value));
  }

  async dispose(): Promise<void> {
    await this.kill();
    rmSync(this.#dir, { recursive: true, force: true });
  }

  #answers(): Promise<boolean> {
    return onRedis(this.url, (redis) => redis.ping()).then(
      () => true,
      () => false,
    );
  }
}
