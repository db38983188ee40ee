import { createConnection, type Socket } from "node:net";
import postgres, { type Sql, type TransactionSql } from "postgres";

export type { Sql, TransactionSql };

/** bigint as a number: every one of ours is a seq or a count below 2^53. numeric stays text: money is never a float. */
const bigint = { to: 20, from: [20], serialize: String, parse: Number };

interface Server {
  readonly host: readonly string[];
  readonly port: readonly number[];
  readonly path?: string | false;
}

/**
 * Its own sockets wait for acknowledgements between small writes (Nagle), which costs 90 ms a transaction with a COPY in it.
 * Given back while it connects: what is written meanwhile waits, and a failure is told like any loss of a connection.
 */
const promptSocket = (): ((server: Server) => Socket) => {
  let turn = 0;
  return ({ host, port, path }) => {
    if (path) return createConnection({ path });
    const at = { host: host[turn % host.length] ?? "127.0.0.1", port: port[turn % port.length] ?? 5432 };
    turn += 1;
    return Object.assign(createConnection({ ...at, noDelay: true }), at); // with TLS it looks here for the name to verify
  };
};

/**
 * The one client. Connects on first use, again after a loss.
 * @param url postgres://user:password@host:port/database
 * @param options.max connections, default 4
 */
export const connect = (
  url: string,
  options: { readonly max?: number; readonly onNotice?: (text: string) => void } = {},
): Sql => {
  const settings = {
    max: options.max ?? 4,
    connect_timeout: 5,
    idle_timeout: 0,
    onnotice: (notice: { readonly message?: string }) => options.onNotice?.(notice.message ?? ""),
    connection: { application_name: "tapedeck", TimeZone: "UTC" },
    types: { bigint },
    socket: promptSocket(),
  };
  return postgres(url, settings) as unknown as Sql;
};

/** Connection lost, server going down or not up yet, no room, lost a race: the same statement may go through later. */
const PASSING = new Set(["40001", "40P01", "53000", "53100", "53200", "53300", "55P03", "57P01", "57P02", "57P03", "58030"]);
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

/**
 * A fault of postgres.js: what a transaction still sends when its connection has just been cut is written to a socket that is gone,
 * from a timer of its own, where nobody can catch it. The transaction itself fails as it should and is tried again.
 */
export const isLateWrite = (error: unknown): boolean =>
  error instanceof Error &&
  error.message === "Cannot read properties of null (reading 'write')" &&
  (error.stack ?? "").includes("postgres/src/connection.js");
