import { createConnection, type Socket } from "node:net";
import postgres, { type Sql } from "postgres";
import { Line } from "./line.ts";

/** What those still at work on other connections of a client that lost one are given. */
const GRACE_MS = 5_000;

interface Server {
  readonly host: readonly string[];
  readonly port: readonly number[];
  readonly path?: string | false;
  readonly ssl?: unknown;
}

/** One postgres.js client, from its making until a connection of it is lost. */
interface Life {
  readonly sql: Sql & { close(): Promise<void> };
  readonly sockets: Set<Socket>;
  over: Promise<void> | null;
  /** Ends the wait for those still at work. */
  hurry: () => void;
}

/**
 * A postgres.js client that is replaced when it loses a connection: its own connection objects may never send again after a loss.
 * Later calls go to the new one; what hangs on the old one is rejected (CONNECTION_…, passing) within five seconds.
 */
export class RenewingClient {
  readonly #url: string;
  readonly #settings: Readonly<Record<string, unknown>>;
  readonly #closing = new Set<Life>();
  #now: Life;
  #ended: Promise<void> | null = null;
  #turn = 0;

  constructor(url: string, settings: Readonly<Record<string, unknown>>) {
    this.#url = url;
    this.#settings = settings;
    this.#now = this.#begin();
  }

  get sql(): Sql {
    return this.#now.sql;
  }

  /** Ends the client `sql` at once, with all that hangs on it. Nothing when it was replaced already. */
  cut(sql: Sql): void {
    if (sql === this.#now.sql) this.#renew(this.#now, 0);
  }

  /** Lets what runs finish within `ms`, then cuts it. */
  end(ms: number): Promise<void> {
    this.#ended ??= this.#endAll(ms);
    return this.#ended;
  }

  async #endAll(ms: number): Promise<void> {
    this.#finish(this.#now, ms);
    const timer = setTimeout(() => {
      for (const life of this.#closing) life.hurry();
    }, ms);
    await Promise.all([...this.#closing].map((life) => life.over));
    clearTimeout(timer);
  }

  #begin(): Life {
    const settings = {
      ...this.#settings,
      socket: (server: Server) => (life.over ? new Promise<never>(() => undefined) : this.#dial(life, server)),
      onclose: () => this.#renew(life, GRACE_MS),
    };
    const sql = postgres(this.#url, settings) as unknown as Life["sql"];
    const life: Life = { sql, sockets: new Set(), over: null, hurry: () => undefined };
    return life;
  }

  #renew(life: Life, graceMs: number): Promise<void> {
    if (!life.over && !this.#ended) this.#now = this.#begin();
    return this.#finish(life, graceMs);
  }

  #finish(life: Life, graceMs: number): Promise<void> {
    if (life.over) return life.over;
    this.#closing.add(life);
    life.over = this.#wind(life, graceMs).finally(() => this.#closing.delete(life));
    return life.over;
  }

  async #wind(life: Life, graceMs: number): Promise<void> {
    await Promise.resolve(); // `over` is set first: it dials no more from here on
    life.sql.close().catch(() => undefined); // those at rest go now, those at work when they are done
    await new Promise<void>((resolve) => {
      if (life.sockets.size === 0) return resolve();
      const timer = setTimeout(resolve, graceMs);
      life.hurry = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    await life.sql.end({ timeout: 0 }); // rejects whatever is left
    for (const socket of life.sockets) socket.destroy();
  }

  /**
   * Its own sockets wait for acknowledgements between small writes (Nagle), which costs 90 ms a transaction with a COPY in it.
   * Given back while it connects: what is written meanwhile waits, and a failure is told like any loss of a connection.
   * With TLS postgres.js listens to a socket of its own, so a loss is told by `onclose` alone.
   */
  #dial(life: Life, { host, port, path, ssl }: Server): Socket | Line {
    const turn = this.#turn;
    this.#turn += 1;
    const at = { host: host[turn % host.length] ?? "127.0.0.1", port: port[turn % port.length] ?? 5432 };
    const socket = path ? createConnection({ path }) : createConnection({ ...at, noDelay: true });
    life.sockets.add(socket);
    socket.once("close", () => {
      life.sockets.delete(socket);
      if (life.sockets.size === 0) life.hurry();
    });
    if (!ssl) return new Line(socket, () => this.#renew(life, GRACE_MS));
    return path ? socket : Object.assign(socket, at); // with TLS it looks here for the name to verify
  }
}
