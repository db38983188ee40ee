import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { DurableStreams, StreamEntry } from "../../../actors/ports/streams.ts";
import { redisStreams } from "../../../runtime/adapters/redis/streams.ts";
import { ACCOUNT, KEYS, tapeStreamOf } from "../../../runtime/live/wire/names.ts";
import { readPlay } from "../../../runtime/live/wire/playOrders.ts";
import { Managed } from "./managed.ts";
import { type ChaosServer, freePort } from "./servers.ts";

const CORES = ["core-a", "core-b"] as const;
const GATEWAYS = ["gateway-a", "gateway-b"] as const;

export interface ChaosServers {
  readonly redis: ChaosServer;
  readonly nats: ChaosServer;
  readonly postgres: ChaosServer;
}

export interface ChaosDeckOptions {
  readonly folder: string;
  readonly tape: string;
  readonly servers: ChaosServers;
  /** Of keys, subjects and, where there is one, the database. */
  readonly namespace: string;
  readonly database: boolean;
  readonly gateways: boolean;
  readonly leaseMs: number;
  /** Market time per machine time. */
  readonly speed: number;
}

/** A deck of one process a role, two for the core and, where wanted, for the gateway; and what can be seen of it from outside. */
export class ChaosDeck {
  readonly roles: readonly Managed[];
  readonly cores: readonly Managed[];
  /** Past the proxies. */
  readonly streams: DurableStreams;
  readonly #options: ChaosDeckOptions;
  readonly #ports: ReadonlyMap<string, number>;

  private constructor(o: ChaosDeckOptions, ports: ReadonlyMap<string, number>) {
    this.#options = o;
    this.#ports = ports;
    const source = ["up", "--tape", o.tape];
    this.cores = CORES.map((name) => this.#process(name, "core", this.coreArgs(String(o.speed))));
    this.roles = [
      this.#process("feed", "feed", source),
      this.#process("news", "news", source),
      this.#process("sentiment", "sentiment", ["up"]),
      ...this.cores,
      ...(o.gateways ? GATEWAYS.map((name) => this.#process(name, "gateway", ["up", "--port", String(ports.get(name))])) : []),
    ];
    this.streams = redisStreams({ url: o.servers.redis.url(), prefix: o.namespace, name: "chaos" });
  }

  static async make(o: ChaosDeckOptions): Promise<ChaosDeck> {
    const ports = new Map<string, number>();
    for (const name of GATEWAYS) ports.set(name, await freePort());
    return new ChaosDeck(o, ports);
  }

  coreArgs(speed: string, ...more: readonly string[]): readonly string[] {
    return ["up", "--headless", "--speed", speed, ...(this.#options.database ? [] : ["--store", "memory"]), ...more];
  }

  start(): void {
    for (const role of this.roles) role.start();
  }

  role(name: string): Managed {
    const found = this.roles.find((role) => role.name === name);
    if (!found) throw new Error(`there is no ${name}`);
    return found;
  }

  dataDir(name: string): string {
    return join(this.#options.folder, this.#options.namespace, name);
  }

  /** The core that wrote the newest entry of the tape. */
  async active(): Promise<Managed | null> {
    const writer = await this.#writer();
    return this.cores.find((core) => core.name === writer) ?? null;
  }

  async #writer(): Promise<string | null> {
    const stream = await this.tapeStream();
    return stream === null ? null : ((await this.streams.last(stream))?.headers.node ?? null);
  }

  /** Stream of the tape; null before there is a run. */
  async tapeStream(): Promise<string | null> {
    const play = await readPlay(this.streams);
    return play === null ? null : tapeStreamOf(play.run);
  }

  /** seq of the last entry that is on the stream. */
  async tail(): Promise<number> {
    const stream = await this.tapeStream();
    return stream === null ? 0 : this.streams.tailOf(stream, ACCOUNT);
  }

  /** All that is left of the tape's stream. */
  async tapeEntries(): Promise<readonly StreamEntry[]> {
    const stream = await this.tapeStream();
    const all: StreamEntry[] = [];
    for (let at = "0"; stream !== null; ) {
      const some = await this.streams.read(stream, at, 500);
      if (some.length === 0) break;
      all.push(...some);
      at = some.at(-1)?.id ?? at;
    }
    return all;
  }

  /** How far each gateway is, by its own word; null: it cannot say now. */
  async shown(): Promise<readonly (number | null)[]> {
    return Promise.all(
      [...this.#ports.values()].map(async (port) => {
        try {
          const answer = await fetch(`http://127.0.0.1:${port}/ready`, { signal: AbortSignal.timeout(2_000) });
          const found = /entry (\d+)/.exec(await answer.text());
          return found ? Number(found[1]) : null;
        } catch {
          return null;
        }
      }),
    );
  }

  /** @throws Error with the state of every process when it does not come. */
  async until(what: string, is: () => Promise<boolean> | boolean, withinMs: number): Promise<void> {
    const end = performance.now() + withinMs;
    while (!(await is())) {
      if (performance.now() > end) throw new Error(`not within ${withinMs} ms: ${what}\n${await this.report()}`);
      await delay(50);
    }
  }

  /** What state everything is in, for whoever reads a failed test. */
  async report(): Promise<string> {
    const lines: string[] = [];
    for (const role of this.roles) {
      const last = role.deaths.at(-1);
      const words = `${last?.stderr ?? ""}${role.said}`.trim().split("\n").slice(-4).join("\n      ");
      lines.push(
        `${role.name}: pid ${role.pid ?? "none"}${role.paused ? ", paused" : ""}, ${role.deaths.length} deaths\n      ${words}`,
      );
    }
    lines.push(`writer ${await this.#writer()}, tail ${await this.tail()}`);
    lines.push(`play ${await this.streams.get(KEYS.play)}, done ${await this.streams.get(KEYS.done)}`);
    for (const stream of ["market:bars", "news:raw", "news:scored"]) {
      const last = await this.streams.last(stream);
      lines.push(`${stream}: ${await this.streams.length(stream)} entries, last ${JSON.stringify(last?.headers)}`);
    }
    lines.push(JSON.stringify(await this.streams.figures(["market:bars", "news:raw", "news:scored"])));
    return lines.join("\n");
  }

  async stop(): Promise<void> {
    await Promise.all(this.roles.map((role) => role.retire("SIGKILL")));
    await this.streams.close(100);
  }

  #process(name: string, role: string, args: readonly string[]): Managed {
    const { servers, namespace, database, leaseMs } = this.#options;
    const folder = this.dataDir(name);
    mkdirSync(folder, { recursive: true });
    const withDatabase = database && (role === "core" || role === "gateway");
    return new Managed(name, args, () => ({
      TAPEDECK_ROLES: role,
      TAPEDECK_NODE: name,
      TAPEDECK_NAMESPACE: namespace,
      TAPEDECK_DATA_DIR: folder,
      TAPEDECK_LEASE_MS: String(leaseMs),
      REDIS_URL: servers.redis.proxied(),
      NATS_URL: servers.nats.proxied(),
      ...(withDatabase ? { DATABASE_URL: servers.postgres.proxied(namespace) } : {}),
    }));
  }
}
