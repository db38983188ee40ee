import { type ConnectionOptions, connect, type NatsConnection, type Status } from "@nats-io/transport-node";
import { backoffMs } from "../../mechanisms/backoff.ts";

export interface LinkOptions {
  /** `[nats://][user:password@]host[:4222]`, or `tls://…`; several joined by commas are one cluster, with the first one's user. */
  readonly url: string;
  /** Shown by the server's monitoring. */
  readonly name: string;
  /** One line for the log on every loss, return and complaint of the server. Never has a password in it. */
  readonly onTrouble: (line: string) => void;
  /** A server silent for two or three of these is lost. Default 5_000. */
  readonly pingIntervalMs?: number;
}

type State = "ready" | "lost";

const CONNECT_TIMEOUT_MS = 5_000;
const RETRIES = { firstMs: 100, longestMs: 5_000 } as const;

/** The client library takes no user from a url. */
const toOptions = (url: string): Pick<ConnectionOptions, "servers" | "user" | "pass" | "tls"> => {
  const urls = url.split(",").map((one) => new URL(one.includes("://") ? one.trim() : `nats://${one.trim()}`));
  const first = urls[0];
  return {
    servers: urls.map((one) => one.host),
    ...(first?.username ? { user: decodeURIComponent(first.username), pass: decodeURIComponent(first.password) } : {}),
    ...(first?.protocol === "tls:" ? { tls: {} } : {}),
  };
};

/** The client library asks for the wait more than once between two tries: it is drawn once. */
class Backoff {
  #tries = 0;
  #waitMs: number = RETRIES.firstMs;

  get waitMs(): number {
    return this.#waitMs;
  }

  tried(): void {
    this.#tries += 1;
    this.#waitMs = backoffMs(RETRIES, this.#tries, Math.random());
  }

  reset(): void {
    this.#tries = 0;
    this.#waitMs = RETRIES.firstMs;
  }
}

/** One connection, for the fan-out, the jobs and the leases of a process. Comes back by itself, for as long as it takes. */
export class NatsLink {
  readonly nc: NatsConnection;
  readonly #onTrouble: (line: string) => void;
  readonly #backoff: Backoff;
  readonly #listeners = new Set<(state: State, why: string) => void>();
  #state: State = "ready";
  #maxPayload: number;
  #closing = false;

  constructor(nc: NatsConnection, backoff: Backoff, onTrouble: (line: string) => void) {
    this.nc = nc;
    this.#backoff = backoff;
    this.#onTrouble = onTrouble;
    this.#maxPayload = nc.info?.max_payload ?? 1_048_576;
    void this.#follow(nc.status());
  }

  get state(): State {
    return this.#state;
  }

  /** Bytes a message may have, headers included. */
  get maxPayload(): number {
    return this.#maxPayload;
  }

  /** Told of every change. The result ends it. */
  onState(listener: (state: State, why: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Close what runs over it first: this drops what is under way. */
  async close(): Promise<void> {
    this.#closing = true;
    await this.nc.close();
    this.#turn("lost", "closed");
  }

  async #follow(statuses: AsyncIterable<Status>): Promise<void> {
    for await (const status of statuses) this.#note(status);
    if (this.#closing) return;
    const why = await this.nc.closed();
    this.#tell("lost", `gave up: ${why instanceof Error ? why.message : "closed by the client library"}`);
  }

  #note(status: Status): void {
    if (status.type === "disconnect") this.#tell("lost", `lost the server at ${status.server}`);
    else if (status.type === "reconnecting") this.#backoff.tried();
    else if (status.type === "reconnect") {
      this.#backoff.reset();
      this.#maxPayload = this.nc.info?.max_payload ?? this.#maxPayload;
      this.#tell("ready", `connected again, to ${status.server}`);
    } else if (status.type === "error") this.#onTrouble(`nats: the server says: ${status.error.message}`);
  }

  #tell(state: State, why: string): void {
    if (!this.#closing) this.#onTrouble(`nats: ${why}`);
    this.#turn(state, why);
  }

  #turn(state: State, why: string): void {
    if (this.#state === state) return;
    this.#state = state;
    for (const listener of [...this.#listeners]) listener(state, why);
  }
}

/** @throws Error when no server answers now; the caller tries again when it likes. Once connected it comes back by itself for ever. */
export const natsConnection = async (options: LinkOptions): Promise<NatsLink> => {
  const backoff = new Backoff();
  const nc = await connect({
    ...toOptions(options.url),
    name: options.name,
    timeout: CONNECT_TIMEOUT_MS,
    maxReconnectAttempts: -1,
    reconnectDelayHandler: () => backoff.waitMs,
    ignoreAuthErrorAbort: true,
    pingInterval: options.pingIntervalMs ?? 5_000,
    maxPingOut: 2,
    noAsyncTraces: true,
  });
  return new NatsLink(nc, backoff, options.onTrouble);
};
