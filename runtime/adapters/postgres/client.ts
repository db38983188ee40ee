import { setTimeout as delay } from "node:timers/promises";
import type { Sql, TransactionSql } from "postgres";
import { backoffMs } from "../../mechanisms/backoff.ts";
import { RenewingClient } from "./renewing.ts";

export type { Sql, TransactionSql };

/** bigint as a number: every one of ours is a seq or a count below 2^53. numeric stays text: money is never a float. */
const bigint = { to: 20, from: [20], serialize: String, parse: Number };

const END_S = 5;
const RETRIES = { firstMs: 100, longestMs: 2_000 } as const;
const ANSWER_MS = 5_000;
const clients = new WeakMap<object, RenewingClient>();

/**
 * The one client. Connects on first use; anew, on connections made afresh, after a loss. What hung on a lost one is rejected, see `isPassing`.
 * `end` lets what runs finish within its timeout (s, default 5) and never waits longer. LISTEN does not outlive a loss; no `reserve`.
 * Arrays come as PostgreSQL's text: ask for them as JSON (`to_jsonb`), and give them as JSON.
 * @param url postgres://user:password@host:port/database
 * @param options.max connections, default 4
 */
export const connect = (
  url: string,
  options: { readonly max?: number; readonly onNotice?: (text: string) => void } = {},
): Sql => {
  const client = new RenewingClient(url, {
    max: options.max ?? 4,
    connect_timeout: 5,
    idle_timeout: 0,
    max_lifetime: null,
    fetch_types: false, // a connection lost while it asks for them rejects a promise nobody holds
    onnotice: (notice: { readonly message?: string }) => options.onNotice?.(notice.message ?? ""),
    // jit: compiling a query takes longer than any of ours runs. random_page_cost: of a disk that need not turn; else pages of a list
    // are read by sorting a whole run as long as the table was not vacuumed.
    connection: { application_name: "tapedeck", TimeZone: "UTC", jit: "off", random_page_cost: "1.1" },
    types: { bigint },
  });
  const end = ({ timeout }: { readonly timeout?: number | null } = {}) => client.end((timeout ?? END_S) * 1_000);
  const reserve = () => Promise.reject(new Error("reserve hangs on a new connection of this client: use begin"));
  const instead: Readonly<Record<PropertyKey, unknown>> = { end, close: end, reserve };
  const sql = new Proxy((() => undefined) as unknown as Sql, {
    apply: (_target, _this, args) => Reflect.apply(client.sql, undefined, args),
    get: (_target, key) => (Object.hasOwn(instead, key) ? instead[key] : Reflect.get(client.sql, key)),
  });
  clients.set(sql, client);
  return sql;
};

/**
 * What `work` gives, unless it takes longer than `ms`: then its connections are cut, and everything else on them fails too.
 * For a server or a line that stands still. @throws CONNECTION_STALLED, which is passing.
 */
export const within = async <T>(sql: Sql, ms: number, work: (sql: Sql) => Promise<T>): Promise<T> => {
  const client = clients.get(sql);
  const now = client?.sql ?? sql;
  let timer: NodeJS.Timeout | undefined;
  const stalled = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      client?.cut(now);
      reject(Object.assign(new Error(`the database did not answer within ${ms / 1_000} s`), { code: "CONNECTION_STALLED" }));
    }, ms);
  });
  try {
    return await Promise.race([work(now), stalled]);
  } finally {
    clearTimeout(timer);
  }
};

/** Connection lost, server going down or not up yet, no room, lost a race, took too long: the same statement may go through later. */
const PASSING = new Set([
  "25P03",
  "40001",
  "40P01",
  "53000",
  "53100",
  "53200",
  "53300",
  "55P03",
  "57014",
  "57P01",
  "57P02",
  "57P03",
  "58030",
]);
const UNREACHED =
  /^(CONNECTION_|CONNECT_TIMEOUT$|ECONN|EPIPE$|ETIMEDOUT$|ENOTFOUND$|EAI_AGAIN$|EHOSTUNREACH$|ENETUNREACH$|ENOENT$|ERR_STREAM_)/;

const codeOf = (error: unknown): string =>
  typeof error === "object" && error !== null && "code" in error ? String(error.code) : "";

/** Whether trying the same again may help. A refused row never gets better by itself. */
export const isPassing = (error: unknown): boolean => {
  const code = codeOf(error);
  return PASSING.has(code) || code.startsWith("08") || UNREACHED.test(code);
};

/** The database's code for what was wrong (SQLSTATE), or "". */
export const sqlState = codeOf;

export interface Wait {
  readonly error: unknown;
  readonly retryInMs: number;
}

/**
 * Resolves when the server answers, asking again and again for `forMs`; `onWait` hears of each time it did not. What does not pass by
 * itself (a wrong password, no such database) is thrown at once. @throws Error naming host and port when the time is over.
 */
export const awaitServer = async (
  sql: Sql,
  options: { readonly forMs: number; readonly onWait?: (wait: Wait) => void },
): Promise<void> => {
  const until = performance.now() + options.forMs;
  for (let tries = 0; ; tries++) {
    const retryInMs = backoffMs(RETRIES, tries);
    try {
      await within(sql, Math.max(RETRIES.firstMs, Math.min(ANSWER_MS, until - performance.now())), (now) => now`select 1`);
      return;
    } catch (error) {
      if (!isPassing(error)) throw error;
      if (performance.now() + retryInMs > until)
        throw new Error(`the database at ${placeOf(sql)} did not answer within ${options.forMs / 1_000} s: ${lineOf(error)}`, {
          cause: error,
        });
      options.onWait?.({ error, retryInMs });
      await delay(retryInMs);
    }
  }
};

/** "host:port", or the socket's path. */
const placeOf = ({ options }: Sql): string =>
  options.path ? String(options.path) : options.host.map((host, i) => `${host}:${options.port[i] ?? 5432}`).join(", ");

const lineOf = (error: unknown): string =>
  (error instanceof Error ? error.message || codeOf(error) : String(error)).split("\n", 1)[0] ?? "";

/**
 * A fault of postgres.js, met over TLS only (see `Line`): what a transaction still sends when its connection has just been cut is written
 * to a socket that is gone, from a timer of its own, where nobody can catch it. The transaction itself fails as it should and is tried again.
 */
export const isLateWrite = (error: unknown): boolean =>
  error instanceof Error &&
  error.message === "Cannot read properties of null (reading 'write')" &&
  (error.stack ?? "").includes("postgres/src/connection.js");
