import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { vi } from "vitest";
import { link } from "./natsServer.ts";

/** Where the program is, or null. */
export const natsServerPath = (): string | null => {
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/usr/local/bin"];
  return folders.map((folder) => join(folder, "nats-server")).find((path) => existsSync(path)) ?? null;
};

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => (address && typeof address === "object" ? resolve(address.port) : reject(new Error("no port"))));
    });
  });

/** A server with JetStream of a test's own, which may be killed, started again where it was, and stopped for a while. */
export class OwnNats {
  readonly url: string;
  readonly #port: number;
  readonly #program: string;
  readonly #folder = mkdtempSync(join(tmpdir(), "nats-faults-"));
  #child: ChildProcess | null = null;

  readonly #args: readonly string[];

  private constructor(program: string, port: number, user: string, password: string) {
    this.#program = program;
    this.#port = port;
    this.#args = user ? ["--user", user, "--pass", password] : [];
    const who = user ? `${user}:${encodeURIComponent(password)}@` : "";
    this.url = `nats://${who}127.0.0.1:${port}`;
  }

  static async start(program: string, user = "", password = ""): Promise<OwnNats> {
    const server = new OwnNats(program, await freePort(), user, password);
    await server.start();
    return server;
  }

  /** On the same port and folder; resolves when it answers. */
  async start(): Promise<void> {
    const args = ["-js", "-sd", this.#folder, "-a", "127.0.0.1", "-p", String(this.#port), ...this.#args];
    this.#child = spawn(this.#program, args, { stdio: "ignore" });
    await vi.waitFor(async () => (await link(this.url)).close(), { timeout: 20_000, interval: 50 });
  }

  /** By SIGKILL: nothing is written in parting. */
  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (!child) return;
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await gone;
  }

  stop(): void {
    this.#child?.kill("SIGSTOP");
  }

  goOn(): void {
    this.#child?.kill("SIGCONT");
  }

  async dispose(): Promise<void> {
    this.goOn();
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
