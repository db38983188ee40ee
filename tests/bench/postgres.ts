import { finished } from "node:stream/promises";
import type { Sql, TransactionSql } from "../../runtime/adapters/postgres/client.ts";
import { copyLine } from "../../runtime/adapters/postgres/copyText.ts";
import { PostgresHistory } from "../../runtime/adapters/postgres/history.ts";
import { PostgresProjection } from "../../runtime/adapters/postgres/projection.ts";
import { type Mark, writeBatch } from "../../runtime/adapters/postgres/writeBatch.ts";
import type { TapeEvent } from "../../streams/domain/event.ts";
import { bar } from "../../streams/domain/market.ts";
import { ms, type Seq, ticker } from "../../streams/domain/units.ts";
import { runRow } from "../contract/store.contract.ts";
import { dropTemplates, migratedDatabase, reachable, SERVER_URL } from "../services/postgresServer.ts";
import { BIG, fillManyEvents, partsOf } from "../support/manyEvents.ts";
import { KINDS, queriesOf } from "../support/manyQueries.ts";

const EVENTS = Number(process.env.TAPEDECK_TEST_EVENTS ?? 10_000_000);
const REQUIRED_MS = 20;
const ROUNDS = 15;
const BATCH = 2_000;
const start = 1_577_975_400_000;

const aBar = (i: number): TapeEvent => {
  const at = start + i * 30;
  const event = bar(
    ticker(`T${"ABCDEFGHIJ"[i % 10]}`),
    ms(at),
    ms(at),
    100.1,
    100.4,
    99.9,
    100.2 + (i % 100) / 1e3,
    1000 + i,
    60_000,
  );
  (event as { seq: Seq }).seq = (i + 1) as Seq;
  return event;
};
const aMark = (i: number): Mark => [start + i * 1_000, 100_000_000_000 + i * 1_000, 50_000_000_000];

const series = <T>(from: number, make: (i: number) => T): readonly T[] => Array.from({ length: BATCH }, (_, i) => make(from + i));

/** One way to write `count` rows in a transaction of its own. */
interface Way {
  readonly name: string;
  readonly count: number;
  readonly write: (sql: Sql, runNo: number) => PromiseLike<unknown>;
}

const copy = async (tx: TransactionSql, into: string, text: string): Promise<void> => {
  const stream = await tx.unsafe(`copy ${into} from stdin`).writable();
  const done = finished(stream);
  stream.end(text);
  await done;
};
const inOne = (sql: Sql, work: (tx: TransactionSql) => Promise<unknown>) =>
  sql.begin(async (tx) => {
    await tx`set local synchronous_commit = off`;
    await work(tx);
  });

const eventRows = (runNo: number, count: number) =>
  Array.from({ length: count }, (_, i) => {
    const { seq, type, v, tEvent, tSeen, cause, ticker: name, ...body } = aBar(i) as Extract<TapeEvent, { type: "market.bar" }>;
    const times = { t_event: new Date(tEvent), t_seen: new Date(tSeen) };
    return { run: runNo, seq, type, v, ticker: name, ...times, cause, body: JSON.stringify(body) };
  });
const barRows = (runNo: number, count: number) =>
  Array.from({ length: count }, (_, i) => {
    const b = aBar(i) as Extract<TapeEvent, { type: "market.bar" }>;
    const times = { t_start: new Date(b.tEvent), t_seen: new Date(b.tSeen) };
    const prices = { open: b.open, high: b.high, low: b.low, close: b.close, volume: b.volume };
    return { run: runNo, seq: b.seq, ticker: b.ticker, ...times, bar_ms: b.barMs, ...prices };
  });
const equityRows = (runNo: number, count: number) =>
  Array.from({ length: count }, (_, i) => ({ run: runNo, at: new Date(aMark(i)[0]), equity_usd: "100000.5", cash_usd: "50000" }));

const insert = (sql: Sql | TransactionSql, table: string, rows: readonly Record<string, unknown>[]) =>
  sql`insert into ${sql(table)} ${sql(rows as Record<string, never>[])}`;

/** By rows of a thousand a statement, and by one a statement, each of these its own transaction, as code without thought does it. */
const naive = (table: string, rows: (runNo: number, count: number) => readonly Record<string, unknown>[]): readonly Way[] => [
  {
    name: `${table}: insert of 1,000 rows`,
    count: 50_000,
    write: (sql, no) =>
      inOne(sql, async (tx) => {
        const all = rows(no, 50_000);
        for (let at = 0; at < all.length; at += 1_000) await insert(tx, table, all.slice(at, at + 1_000));
      }),
  },
  {
    name: `${table}: insert of one row`,
    count: 2_000,
    write: async (sql, no) => {
      for (const row of rows(no, 2_000)) await insert(sql, table, [row]);
    },
  },
];

const copiedBars = (no: number): string => {
  let text = "";
  for (const b of barRows(no, 200_000))
    text += `${no}\t${b.seq}\t${b.ticker}\t${b.t_start.toISOString()}\t${b.t_seen.toISOString()}\t${b.bar_ms}\t${b.open}\t${b.high}\t${b.low}\t${b.close}\t${b.volume}\n`;
  return text;
};

const WAYS: readonly Way[] = [
  {
    name: "events: COPY (ours)",
    count: 200_000,
    write: (sql, no) =>
      inOne(sql, (tx) => {
        let text = "";
        for (let i = 0; i < 200_000; i += 1) text += copyLine(no, aBar(i));
        return copy(tx, "events (run, seq, type, v, ticker, t_event, t_seen, cause, body)", text);
      }),
  },
  ...naive("events", eventRows),
  {
    name: "events and bars: a batch of 2,000 (ours)",
    count: 200_000,
    write: async (sql, no) => {
      for (let at = 0; at < 200_000; at += BATCH)
        await writeBatch(sql, { runNo: no, written: at, events: series(at, aBar), marks: [] }, 60_000);
    },
  },
  { name: "bars: COPY", count: 200_000, write: (sql, no) => inOne(sql, (tx) => copy(tx, "bars", copiedBars(no))) },
  ...naive("bars", barRows),
  {
    name: "equity: marks as JSON, 2,000 at once (ours)",
    count: 100_000,
    write: async (sql, no) => {
      for (let at = 0; at < 100_000; at += BATCH)
        await writeBatch(sql, { runNo: no, written: 0, events: [], marks: series(at, aMark) }, 60_000);
    },
  },
  {
    name: "equity: COPY",
    count: 100_000,
    write: (sql, no) =>
      inOne(sql, (tx) => {
        let text = "";
        for (let i = 0; i < 100_000; i += 1) text += `${no}\t${new Date(aMark(i)[0]).toISOString()}\t100000.5\t50000\n`;
        return copy(tx, "equity", text);
      }),
  },
  ...naive("equity", equityRows),
];

/** Each way into a run of its own, dropped after it. */
const writes = async (sql: Sql): Promise<void> => {
  for (const way of WAYS) {
    const [run] = await sql<{ no: number }[]>`
      insert into runs (id, mode, config_hash, seed, version, config) values (${way.name}, 'verify', 'c', 1, '0', '{}') returning no`;
    const since = performance.now();
    await way.write(sql, run?.no ?? 0);
    const perSecond = (way.count / (performance.now() - since)) * 1_000;
    console.log(`${way.name.padEnd(48)} ${Math.round(perSecond).toLocaleString("en-US").padStart(9)} rows/s`);
    await sql`select drop_run(${way.name})`;
  }
};

const projectionRate = async (sql: Sql): Promise<void> => {
  const projection = new PostgresProjection(sql);
  const count = 200_000;
  await projection.open(runRow("projected"));
  const events = Array.from({ length: count }, (_, i) => aBar(i));
  const since = performance.now();
  projection.offer("projected", events);
  await projection.flush();
  const perSecond = (count / (performance.now() - since)) * 1_000;
  console.log(
    `${"projection: bars offered, queued and written".padEnd(48)} ${Math.round(perSecond).toLocaleString("en-US").padStart(9)} events/s`,
  );
  await projection.close();
  await sql`select drop_run('projected')`;
};

/** By the median: the longest of a few is the neighbours' on a machine that is shared, and is printed beside it. @returns whether it is under. */
const time = async (name: string, ask: () => Promise<unknown>): Promise<boolean> => {
  const took: number[] = [];
  for (let i = 0; i < ROUNDS; i += 1) {
    const since = performance.now();
    await ask();
    took.push(performance.now() - since);
  }
  took.sort((a, b) => a - b);
  const [p50, max] = [took[ROUNDS >> 1] ?? 0, took.at(-1) ?? 0];
  const ok = p50 < REQUIRED_MS;
  console.log(
    `${name.padEnd(48)} p50 ${p50.toFixed(1).padStart(6)} ms  max ${max.toFixed(1).padStart(6)} ms  (${REQUIRED_MS}) ${ok ? "ok" : "over"}`,
  );
  return ok;
};

const reads = async (sql: Sql): Promise<void> => {
  const history = new PostgresHistory(sql);
  const big = partsOf(EVENTS).find((part) => part.run === BIG)?.events ?? 0;
  let over = 0;
  for (const [name, query] of Object.entries(queriesOf(big)))
    for (const kind of KINDS) over += (await time(`${kind}: ${name}`, () => history.list(kind, query))) ? 0 : 1;
  let asked = 0;
  const scattered = () => history.event(BIG, 1 + ((asked++ * 7_919_777) % big));
  over += (await time("event by seq", scattered)) ? 0 : 1;
  over += (await time("equity curve", () => history.equity({ run: BIG }))) ? 0 : 1;
  over += (await time("equity curve of the newest run", () => history.equity({}))) ? 0 : 1;
  console.log(over === 0 ? "every query is under what is required" : `${over} queries are over what is required`);
};

/** Prints how fast rows go in, beside naive ways, and how long each question takes at `TAPEDECK_TEST_EVENTS` events (default 10 million). */
export const run = async (): Promise<void> => {
  if (!(await reachable())) return console.log(`postgres: skipped, no server answers at ${new URL(SERVER_URL).host}`);
  const database = await migratedDatabase();
  try {
    await writes(database.sql);
    await projectionRate(database.sql);
    const since = performance.now();
    await fillManyEvents(database.sql, EVENTS);
    console.log(`filled ${EVENTS.toLocaleString("en-US")} events in ${((performance.now() - since) / 1_000).toFixed(0)} s`);
    await reads(database.sql);
  } finally {
    await database.dispose();
    await dropTemplates();
  }
};
