import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tapeHash } from "../../runtime/adapters/tape/hash.ts";
import { openTape } from "../../runtime/adapters/tape/reader.ts";
import { createTape } from "../../runtime/adapters/tape/writer.ts";
import type { TapeEvent } from "../../streams/domain/event.ts";
import { bar } from "../../streams/domain/market.ts";
import { fill } from "../../streams/domain/order.ts";
import { money, ms, orderId, px, qty, type Seq, seq, ticker } from "../../streams/domain/units.ts";

const BARS = 1_000_000;
const ROUNDS = 5;
const COMMITS = 50_000;
const AAPL = ticker("AAPL");
const start = 1_577_975_400_000;

const placed = <E extends TapeEvent>(event: E, at: number): E => {
  (event as { seq: Seq }).seq = seq(at);
  return event;
};
const aBar = (i: number) =>
  placed(
    bar(AAPL, ms(start + i * 60_000), ms(start + (i + 1) * 60_000), 100.1, 100.4, 99.9, 100.2 + i / 1e6, 1000 + i, 60_000),
    i + 1,
  );

/** Millions a second since `since`. */
const rate = (count: number, since: number): number => count / (performance.now() - since) / 1000;
const print = (what: string, perSecond: number): void => console.log(`${what.padEnd(48)} ${perSecond.toFixed(2)} M/s`);

/** Prints how fast bars go to a tape and come back, and what a commit of a small journal entry costs. */
export const run = (): void => {
  const folder = mkdtempSync(join(tmpdir(), "tape-bench-"));
  try {
    const path = join(folder, "bars.tape");
    let [wrote, read, hashed] = [0, 0, 0];
    for (let round = 0; round < ROUNDS; round++) {
      rmSync(path, { force: true });
      wrote = Math.max(wrote, write(path));
      read = Math.max(read, readBack(path));
      const since = performance.now();
      tapeHash(path);
      hashed = Math.max(hashed, rate(BARS, since));
    }
    print("tape: write 1 M bars, best of 5", wrote);
    print("tape: read 1 M bars to events, best of 5", read);
    print("tape: content hash of 1 M bars, best of 5", hashed);
    console.log(`${"tape: bytes a bar".padEnd(48)} ${(statSync(path).size / BARS).toFixed(1)}`);
    journal(join(folder, "run.tape"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const write = (path: string): number => {
  const events = Array.from({ length: BARS }, (_, i) => aBar(i));
  const since = performance.now();
  const writer = createTape(path, { kind: "market", source: "bench", run: null });
  for (const event of events) writer.append(event);
  writer.commit();
  const wrote = rate(BARS, since);
  writer.close();
  return wrote;
};

const readBack = (path: string): number => {
  const since = performance.now();
  const reader = openTape(path);
  let closes = 0;
  for (let batch = reader.next(); batch; batch = reader.next())
    for (const event of batch) if (event.type === "market.bar") closes += event.close;
  reader.close();
  if (!(closes > 0)) throw new Error("the bars read back are not those written");
  return rate(BARS, since);
};

const aFill = (i: number) =>
  placed(
    fill({
      ticker: AAPL,
      orderId: orderId("run-momentum-AAPL-1042"),
      fillId: `f${i}`,
      side: "buy",
      qty: qty(100_000_000),
      px: px(101_230_000),
      commission: money(12_300),
      leaves: qty(0),
      tEvent: ms(start + i),
      tSeen: ms(start + i),
      cause: seq(i),
    }),
    i + 1,
  );

const journal = (path: string): void => {
  const events = Array.from({ length: COMMITS * 2 }, (_, i) => (i % 2 === 0 ? aFill(i) : placed(lateBar(i), i + 1)));
  const writer = createTape(path, { kind: "run", source: "bench", run: "bench" });
  let since = performance.now();
  for (const event of events) {
    writer.append(event);
    writer.commit();
  }
  print("tape: append and commit, bar or fill, each alone", rate(events.length, since));
  writer.close();
  since = performance.now();
  const reader = openTape(path);
  let count = 0;
  for (let batch = reader.next(); batch; batch = reader.next()) count += batch.length;
  reader.close();
  print("tape: read that journal", rate(count, since));
};
const lateBar = (i: number) => bar(AAPL, ms(start + i), ms(start + i), 100, 101, 99, 100.5, 1000, 60_000);
