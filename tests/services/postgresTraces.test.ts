import { afterAll, expect, it } from "vitest";
import { PostgresProjection } from "../../runtime/adapters/postgres/projection.ts";
import { rootIn, traceIdOf } from "../../runtime/adapters/telemetry/trace.ts";
import { runRow } from "../contract/store.contract.ts";
import { dayOfTrading } from "../contract/storeEvents.ts";
import { dropTemplates, migratedDatabase, reachable, SERVER_URL } from "./postgresServer.ts";

const up = await reachable();
afterAll(async () => {
  if (up) await dropTemplates();
});

it.skipIf(!up)(
  `${SERVER_URL} gives every entry of a run the trace that the program gives it${up ? "" : " (not reachable)"}`,
  async () => {
    const db = await migratedDatabase();
    const projection = new PostgresProjection(db.sql, { batch: 7 });
    await projection.open(runRow("a"));
    projection.offer("a", dayOfTrading);
    await projection.flush();
    const rows = await db.sql<{ seq: string; root: string; trace: string }[]>`
      select seq::text, root::text, trace_id as trace from events_traced where run = 'a' order by events_traced.seq`;
    const ours = dayOfTrading.map((e) => {
      const root = rootIn(dayOfTrading, e);
      return { seq: String(e.seq), root: String(root), trace: traceIdOf("a", root) };
    });
    expect([...rows]).toEqual(ours);
    expect(new Set(ours.map((o) => o.trace)).size).toBeLessThan(ours.length); // some follow from others
    await projection.close();
    await db.dispose();
  },
);
