import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { History, Projection, RunRow } from "../../actors/ports/store.ts";
import { BadCursor } from "../../actors/ports/store.ts";
import type { TapeEvent } from "../../streams/domain/event.ts";
import { encodeEvent } from "../../streams/domain/upcast.ts";
import { dayOfTrading, signals } from "./storeEvents.ts";

export interface OpenStore {
  readonly projection: Projection;
  readonly history: History;
  close(): Promise<void>;
}
export interface StoreUnderTest {
  /** A second call sees what the first one wrote. */
  open(): Promise<OpenStore>;
  /** Removes all. */
  dispose(): Promise<void>;
}

export const runRow = (id: string, mode: RunRow["mode"] = "simulated"): RunRow => ({
  id,
  mode,
  tapeHash: null,
  configHash: "c0ffee",
  seed: 7,
  version: "0.1.0",
  config: { cash: "100000" },
});

const seqs = (page: { readonly items: readonly Record<string, unknown>[] }) => page.items.map((item) => item.seq);

/** What every store does, whatever it is made of. */
export const storeContract = (adapter: string, create: () => Promise<StoreUnderTest>) =>
  describe(`store contract: ${adapter}`, () => {
    let under: StoreUnderTest;
    let store: OpenStore;
    beforeEach(async () => {
      under = await create();
      store = await under.open();
    });
    afterEach(async () => {
      await store.close();
      await under.dispose();
    });
    const write = async (run: string, events: readonly TapeEvent[]) => {
      store.projection.offer(run, events);
      await store.projection.flush();
    };

    it("starts a new run at 0 and knows how far it came", async () => {
      expect(await store.projection.open(runRow("a"))).toBe(0);
      await write("a", dayOfTrading);
      expect(await store.projection.open(runRow("a"))).toBe(dayOfTrading.length);
      expect(store.projection.backlog).toBe(0);
    });

    it("gives every entry back in its wire form", async () => {
      await store.projection.open(runRow("a"));
      await write("a", dayOfTrading);
      for (const event of dayOfTrading)
        expect(await store.history.event("a", event.seq)).toEqual({ run: "a", ...encodeEvent(event) });
      expect(await store.history.event("a", 9_999)).toBeNull();
      expect(await store.history.event("no such run", 1)).toBeNull();
    });

    it("lists each kind newest first", async () => {
      await store.projection.open(runRow("a"));
      await write("a", dayOfTrading);
      const of = (type: string) =>
        dayOfTrading
          .filter((e) => e.type === type)
          .map((e) => e.seq)
          .reverse();
      expect(seqs(await store.history.list("signals", {}))).toEqual(of("signal.generated"));
      expect(seqs(await store.history.list("targets", {}))).toEqual(of("target.set"));
      expect(seqs(await store.history.list("verdicts", {}))).toEqual(of("risk.verdict"));
      expect(seqs(await store.history.list("trades", {}))).toEqual(of("trade.closed"));
      expect(seqs(await store.history.list("outcomes", {}))).toEqual(of("learning.outcome"));
      expect(seqs(await store.history.list("news", {}))).toEqual(of("news.scored"));
    });

    it("shows what became of each order, and a fill told twice once", async () => {
      await store.projection.open(runRow("a"));
      await write("a", dayOfTrading);
      const orders = (await store.history.list("orders", {})).items;
      expect(orders.map((o) => [(o.order as { id: string }).id, o.status, o.filled])).toEqual([
        ["o4", "lost", "0"],
        ["o3", "pending_cancel", "0"],
        ["o2", "cancelled", "2.5"],
        ["o1", "filled", "10"],
      ]);
      expect((await store.history.list("fills", {})).items.map((f) => f.fillId)).toEqual(["f3", "f2", "f1"]);
    });

    it("writes the same batch twice without a change", async () => {
      await store.projection.open(runRow("a"));
      await write("a", dayOfTrading);
      const before = await store.history.list("orders", {});
      await write("a", dayOfTrading);
      store.projection.offer("a", dayOfTrading.slice(3, 9));
      await store.projection.flush();
      expect(await store.history.list("orders", {})).toEqual(before);
      expect(seqs(await store.history.list("fills", {}))).toHaveLength(3);
    });

    it("goes on after a reopen where it was", async () => {
      await store.projection.open(runRow("a"));
      await write("a", dayOfTrading.slice(0, 8));
      await store.close();
      store = await under.open();
      expect(await store.projection.open(runRow("a"))).toBe(8);
      await write("a", dayOfTrading); // from the start of the tape: what is there is passed over
      expect(await store.projection.open(runRow("a"))).toBe(dayOfTrading.length);
      expect(seqs(await store.history.list("fills", {}))).toHaveLength(3);
    });

    it("pages through a list that grows meanwhile without a gap or a repeat", async () => {
      await store.projection.open(runRow("a"));
      const all = signals(1, 25);
      await write("a", all.slice(0, 20));
      const first = await store.history.list("signals", { limit: 7 });
      await write("a", all.slice(20));
      const seen = [...seqs(first)];
      for (let cursor = first.cursor; cursor !== null; ) {
        const page = await store.history.list("signals", { limit: 7, cursor });
        seen.push(...seqs(page));
        cursor = page.cursor;
      }
      expect(seen).toEqual(Array.from({ length: 20 }, (_, i) => 20 - i));
      expect((await store.history.list("signals", { limit: 25 })).cursor).toBeNull();
    });

    it("pages over runs that saw the same moments, each row once", async () => {
      for (const run of ["a", "b", "c"]) {
        await store.projection.open(runRow(run));
        await write(run, signals(1, 5));
      }
      const seen: unknown[] = [];
      let cursor: string | null = null;
      do {
        const page = await store.history.list("signals", { limit: 4, ...(cursor === null ? {} : { cursor }) });
        seen.push(...page.items.map((item) => `${item.run}${item.seq}`));
        cursor = page.cursor;
      } while (cursor !== null);
      expect(seen).toEqual(["c5", "b5", "a5", "c4", "b4", "a4", "c3", "b3", "a3", "c2", "b2", "a2", "c1", "b1", "a1"]);
    });

    it("pages one run alone", async () => {
      await store.projection.open(runRow("a"));
      await store.projection.open(runRow("b", "backtest"));
      await write("a", signals(1, 3));
      await write("b", signals(1, 5));
      const first = await store.history.list("signals", { run: "b", limit: 3 });
      const second = await store.history.list("signals", { run: "b", limit: 3, cursor: first.cursor ?? "" });
      expect([seqs(first), seqs(second), second.cursor]).toEqual([[5, 4, 3], [2, 1], null]);
      expect((await store.history.list("signals", { run: "no such run" })).items).toEqual([]);
    });

    it("filters by ticker and by time, and leaves backtests out unless asked", async () => {
      await store.projection.open(runRow("a"));
      await store.projection.open(runRow("test", "backtest"));
      const all = signals(1, 10); // odd: AAPL, even: MSFT; one a second
      await write("a", all);
      await write("test", all);
      const time = (seq: number) => (all[seq - 1] as TapeEvent).tSeen;
      expect(seqs(await store.history.list("signals", { ticker: "AAPL" }))).toEqual([9, 7, 5, 3, 1]);
      expect(seqs(await store.history.list("signals", { from: time(3), to: time(6) }))).toEqual([5, 4, 3]);
      expect(seqs(await store.history.list("signals", { ticker: "MSFT", from: time(3), run: "test" }))).toEqual([10, 8, 6, 4]);
    });

    it("filters trades by their book, and nothing else by it", async () => {
      await store.projection.open(runRow("a"));
      const closed = dayOfTrading.find((e) => e.type === "trade.closed");
      if (closed?.type !== "trade.closed") throw new Error("the day has no closed trade");
      const trades = ["ensemble", "account", "rsiBracket", "ensemble"].map((book, i) => ({
        ...closed,
        seq: (i + 1) as typeof closed.seq,
        trade: { ...closed.trade, book },
      }));
      await write("a", trades);
      expect(seqs(await store.history.list("trades", { book: "ensemble" }))).toEqual([4, 1]);
      expect(seqs(await store.history.list("trades", { book: "rsiBracket", ticker: "AAPL" }))).toEqual([3]);
      expect(seqs(await store.history.list("trades", { book: "momentum" }))).toEqual([]);
      expect((await store.history.list("trades", {})).items.map((t) => (t.trade as { book: string }).book)).toEqual([
        "ensemble",
        "rsiBracket",
        "account",
        "ensemble",
      ]);
      await store.projection.open(runRow("b"));
      await write("b", signals(1, 2));
      expect(seqs(await store.history.list("signals", { book: "ensemble" }))).toEqual([2, 1]);
    });

    it("finds a headline under each of its tickers", async () => {
      await store.projection.open(runRow("a"));
      await write("a", dayOfTrading);
      const both = await store.history.list("news", { ticker: "MSFT" });
      expect(both.items.map((n) => n.tickers)).toEqual([["AAPL", "MSFT"]]);
      expect(seqs(await store.history.list("news", { ticker: "AAPL" }))).toHaveLength(2);
      expect(seqs(await store.history.list("news", { ticker: "IBM" }))).toEqual([]);
    });

    it("refuses a cursor it did not give", async () => {
      await expect(store.history.list("fills", { cursor: "1; drop table fills" })).rejects.toThrow(BadCursor);
    });

    it("draws the equity curve oldest first, thinned, its last mark kept", async () => {
      await store.projection.open(runRow("a"));
      const marks = Array.from({ length: 500 }, (_, i) => [1_000_000 + i * 1_000, (100_000 + i) * 1_000_000, 5_000_000] as const);
      store.projection.offerEquity("a", marks);
      await store.projection.flush();
      const curve = await store.history.equity({ points: 50 });
      expect(curve).toHaveLength(50);
      expect(curve[0]).toEqual([1_000_000, 100_000]);
      expect(curve.at(-1)).toEqual([1_499_000, 100_499]);
      expect(curve.map(([at]) => at)).toEqual(curve.map(([at]) => at).sort((a, b) => a - b));
      expect(await store.history.equity({ from: 1_010_000, to: 1_013_000 })).toEqual([
        [1_010_000, 100_010],
        [1_011_000, 100_011],
        [1_012_000, 100_012],
      ]);
      expect(await store.history.equity({ run: "no such run" })).toEqual([]);
    });

    it("takes a headline with characters no database likes", async () => {
      await store.projection.open(runRow("a"));
      const odd = dayOfTrading.find((e) => e.type === "news.scored");
      if (odd?.type !== "news.scored") throw new Error("the day has no scored headline");
      await write("a", [{ ...odd, seq: 1 as typeof odd.seq, headline: 'tab\t nl\n back\\slash "q" \u20ac 😀 \\N' }]);
      expect((await store.history.list("news", {})).items[0]?.headline).toBe('tab\t nl\n back\\slash "q" \u20ac 😀 \\N');
      await write("a", [{ ...odd, seq: 2 as typeof odd.seq, headline: "nul\u0000 half\ud83d end" }]);
      expect((await store.history.list("news", {})).items).toHaveLength(2);
    });

    it("ignores what is offered for a run that was not opened", async () => {
      expect(() => store.projection.offer("unknown", dayOfTrading)).not.toThrow();
      await store.projection.flush();
      expect(await store.history.event("unknown", 1)).toBeNull();
    });
  });
