import { beforeEach, describe, expect, it } from "vitest";
import { Ingress } from "../../../../runtime/live/ingress.ts";
import type { InputEvent } from "../../../../streams/domain/event.ts";
import { bar, quote } from "../../../../streams/domain/market.ts";
import { orderAccepted } from "../../../../streams/domain/order.ts";
import { requestFailed } from "../../../../streams/domain/request.ts";
import { ms, orderId, seq, ticker } from "../../../../streams/domain/units.ts";

const AAPL = ticker("AAPL");
const MSFT = ticker("MSFT");
const priced = (at: number) => bar(AAPL, ms(at), ms(at), 1, 1, 1, 1, 1, 1);
const quoted = (bid: number, of = AAPL) => quote(of, { tEvent: ms(1), tSeen: ms(1) }, bid, bid + 1, 1, 1);
const accepted = (n: number) => orderAccepted(AAPL, orderId(`o${n}`), "b", ms(1), seq(0));
const failed = requestFailed({ port: "scorer", request: "score", about: "n", sent: "unknown", reason: "" }, ms(1), seq(1));

let now: number;
let wakes: number;
let ingress: Ingress;
const make = (more: { mostReplies?: number; mostEvents?: number } = {}): void => {
  ingress = new Ingress({ stamp: () => ms(now), wake: () => wakes++, failed: () => {}, ...more });
};
beforeEach(() => {
  [now, wakes] = [1_000, 0];
  make();
});
const types = (moment: readonly InputEvent[] | null): string[] => (moment ?? []).map((e) => e.type);

describe("what arrives by itself", () => {
  it("is nothing until it comes, and wakes whoever waits", () => {
    expect(ingress.take(ms(0))).toBeNull();
    ingress.push(priced(1));
    ingress.reply(accepted(1));
    ingress.answer(failed);
    expect([wakes, ingress.size]).toEqual([3, 3]);
  });

  it("is one moment, seen when its last part arrived, replies of the broker first", () => {
    ingress.push(priced(1));
    now = 1_001;
    ingress.answer(failed);
    now = 1_007;
    ingress.reply(accepted(1));
    now = 5_000;
    const moment = ingress.take(ms(900));
    expect(types(moment)).toEqual(["order.accepted", "request.failed", "market.bar"]);
    expect(moment?.map((e) => e.tSeen)).toEqual([1_007, 1_007, 1_007]);
    expect(moment?.[2]?.tEvent).toBe(1);
  });

  it("is never seen before what was taken in before it", () => {
    ingress.push(priced(1));
    expect(ingress.take(ms(2_000))?.[0]?.tSeen).toBe(2_000);
  });

  it("waits for a later moment past what one may hold, in order", () => {
    for (let i = 0; i < 5_000; i++) ingress.push(priced(i));
    const first = ingress.take(ms(0)) ?? [];
    const second = ingress.take(ms(0)) ?? [];
    expect([first.length, second.length, ingress.take(ms(0))]).toEqual([4_096, 904, null]);
    expect([...first, ...second].map((e) => e.tEvent)).toEqual(Array.from({ length: 5_000 }, (_, i) => i));
  });
});

describe("a flood of a feed", () => {
  it("keeps the newest quote of each ticker where it arrived, and everything else", () => {
    ingress.push(quoted(10));
    ingress.push(priced(1));
    ingress.push(quoted(20, MSFT));
    ingress.push(quoted(11));
    ingress.push(quoted(12));
    const moment = ingress.take(ms(0)) ?? [];
    expect(moment.map((e) => (e.type === "market.quote" ? e.bid : e.type))).toEqual(["market.bar", 20, 12]);
    expect(ingress.conflated).toBe(2);
    ingress.push(quoted(13));
    expect(types(ingress.take(ms(0)))).toEqual(["market.quote"]);
  });

  it("of quotes alone waits in no more room than there are tickers, however long", () => {
    make({ mostEvents: 100 });
    for (let i = 0; i < 100_000; i++) expect(ingress.push(quoted(i, i % 2 === 0 ? AAPL : MSFT))).toBe(true);
    expect([ingress.size, ingress.conflated]).toEqual([2, 99_998]);
    expect(ingress.take(ms(0))?.map((e) => e.type === "market.quote" && e.bid)).toEqual([99_998, 99_999]);
  });

  it("is held back when enough waits, and loses nothing; there is room again when half of it is taken in", async () => {
    make({ mostEvents: 4 });
    expect([1, 2, 3, 4, 5].map((i) => ingress.push(priced(i)))).toEqual([true, true, true, false, false]);
    let hasRoom = false;
    const room = ingress.room().then(() => {
      hasRoom = true;
    });
    await Promise.resolve();
    expect(hasRoom).toBe(false);
    expect(ingress.take(ms(0))).toHaveLength(5);
    await room;
    await ingress.room();
  });

  it("that goes on when it is asked to wait ends the run, before memory grows", () => {
    const faults: unknown[] = [];
    ingress = new Ingress({ stamp: () => ms(now), wake: () => wakes++, failed: (e) => faults.push(e), mostEvents: 4 });
    for (let i = 0; i < 100_000; i++) ingress.push(priced(i));
    expect(faults).toMatchObject([{ message: "the feed pushed 10000 events more after it was asked to wait: 10004 wait" }]);
    expect(ingress.size).toBe(10_004);
    ingress.reply(accepted(1));
    expect(ingress.size).toBe(10_005);
  });

  it("does not hold back the broker: its replies are taken in first, and none is refused", () => {
    make({ mostEvents: 2, mostReplies: 3 });
    for (let i = 0; i < 10; i++) ingress.push(priced(i));
    for (let i = 0; i < 10; i++) ingress.reply(accepted(i));
    const moment = ingress.take(ms(0)) ?? [];
    expect(types(moment).slice(0, 11)).toEqual(["broker.pressure", ...Array(10).fill("order.accepted")]);
    expect(moment).toHaveLength(21);
  });
});

describe("replies of the broker", () => {
  it("past their bound pause what opens until all are taken in, and the tape says both", () => {
    make({ mostReplies: 2 });
    for (let i = 0; i < 3; i++) ingress.reply(accepted(i));
    expect(ingress.take(ms(0))?.[0]).toMatchObject({ type: "broker.pressure", behind: true, waiting: 3 });
    ingress.push(priced(1));
    expect(ingress.take(ms(0))?.[0]).toMatchObject({ type: "broker.pressure", behind: false, waiting: 0 });
    for (let i = 0; i < 2; i++) ingress.reply(accepted(i));
    expect(types(ingress.take(ms(0)))).toEqual(["order.accepted", "order.accepted"]);
  });

  it("that all are taken in is told without anything else to come", () => {
    make({ mostReplies: 2 });
    for (let i = 0; i < 3; i++) ingress.reply(accepted(i));
    ingress.take(ms(0));
    expect(ingress.take(ms(0))).toMatchObject([{ type: "broker.pressure", behind: false }]);
    expect(ingress.take(ms(0))).toBeNull();
  });
});
