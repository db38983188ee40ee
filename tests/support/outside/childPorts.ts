import { type Broker, type BrokerRequest, NotSent } from "../../../actors/ports/broker.ts";
import type { Feed, FeedSink } from "../../../actors/ports/feed.ts";
import type { Headline, Mood, Scorer } from "../../../actors/ports/scorer.ts";
import type { BrokerAnswer, InputEvent } from "../../../streams/domain/event.ts";
import { bar, quote } from "../../../streams/domain/market.ts";
import { newsRaw } from "../../../streams/domain/news.ts";
import { fill, orderAccepted, orderCancelled, orderExpired, orderMissing, orderRejected } from "../../../streams/domain/order.ts";
import { money, ms, px, qty, seq, type Ticker } from "../../../streams/domain/units.ts";
import { LineToWorld } from "./lineToWorld.ts";
import { syncedBytes } from "./observedDisk.ts";
import { type BrokerAsk, type Fact, lotOf, type MarketClock, type Pushed } from "./protocol.ts";

const askOf = (request: BrokerRequest): BrokerAsk => {
  switch (request.do) {
    case "submit":
      return { do: "submit", order: request.intent.order, syncedBytes: syncedBytes() };
    case "cancel":
      return { do: "cancel", orderId: request.intent.orderId, ticker: request.intent.ticker };
    case "replace":
      throw new NotSent("this broker replaces nothing");
    case "lookup":
      return request;
  }
};

const answerOf = (f: Fact): BrokerAnswer => {
  const at = ms(f.at);
  const none = seq(0);
  switch (f.is) {
    case "accepted":
      return orderAccepted(f.ticker, f.orderId, `at ${f.orderId}`, at, none);
    case "rejected":
      return orderRejected(f.ticker, f.orderId, "REFUSED", "refused", at, none);
    case "cancelled":
      return orderCancelled(f.ticker, f.orderId, "asked for", at, none);
    case "expired":
      return orderExpired(f.ticker, f.orderId, at, none);
    case "missing":
      return orderMissing(f.ticker, f.orderId, at, none);
    case "filled":
      return fill({
        ...{ ticker: f.ticker, orderId: f.orderId, fillId: f.fillId, side: f.side, qty: qty(f.qty), leaves: qty(f.leaves) },
        ...{ px: px(f.px), commission: money(0), tEvent: at, tSeen: at, cause: none },
      });
  }
};

interface Call {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** A broker behind a socket. A call ends when the broker says so or the connection is lost. */
export const socketBroker = (port: number): Broker => {
  const calls = new Map<number, Call>();
  let last = 0;
  let hearAnswer: (answer: BrokerAnswer) => void = () => {};
  const end = (n: number): Call | undefined => {
    const call = calls.get(n);
    calls.delete(n);
    return call;
  };
  const line = new LineToWorld(
    port,
    "broker",
    (message) => {
      if (message.t === "said") hearAnswer(answerOf(message.fact));
      if (message.t === "done") end(message.n)?.resolve();
      if (message.t === "error") end(message.n)?.reject(new Error(message.why));
    },
    () => {
      for (const n of [...calls.keys()]) end(n)?.reject(new Error("the connection was lost"));
    },
  );
  return {
    name: "socket",
    open: (hear) => {
      hearAnswer = hear;
      return line.open();
    },
    send: (request) =>
      new Promise((resolve, reject) => {
        last += 1;
        if (line.write({ t: "ask", n: last, ask: askOf(request) })) calls.set(last, { resolve, reject });
        else reject(new NotSent("not connected"));
      }),
    close: async () => line.close(),
  };
};

const eventOf = (p: Pushed): InputEvent => {
  const at = ms(p.at);
  switch (p.is) {
    case "bar":
      return bar(p.ticker, at, at, ...p.ohlc, 100, p.barMs);
    case "quote":
      return quote(p.ticker, { tEvent: at, tSeen: at }, p.bid, p.ask, 1, 1);
    case "news":
      return newsRaw(
        { tEvent: at, tSeen: at },
        { id: p.id, source: "wire", tickers: p.tickers, headline: p.headline, url: null },
      );
  }
};

export const socketFeed = (port: number): Feed => {
  let line: LineToWorld | null = null;
  const open = (sink: FeedSink): Promise<void> => {
    const opened = new LineToWorld(port, "feed", (message) => {
      if (message.t !== "pushed" || sink.push(eventOf(message.what))) return;
      opened.pause();
      void sink.room().then(() => opened.resume());
    });
    line = opened;
    return opened.open();
  };
  return { name: "socket", open, close: async () => line?.close() };
};

/** What a model says that has gone mad. */
const LIES: readonly unknown[] = [
  { score: Number.NaN },
  { score: 7 },
  { confidence: -1 },
  { scorer: "ollama" },
  { tickers: ["no such ticker"] },
  { score: "high" },
];

/** A model that is fast, slow, failing at first, failing always, mad or silent, by the headline. */
export const moodyModel = (seed: number, clock: MarketClock): Scorer => {
  const tries = new Map<string, number>();
  const well = (tickers: readonly Ticker[], lot: number): Mood => ({
    ...{ tickers, score: lot * 2 - 1, confidence: lot, scorer: "finbert" },
  });
  return {
    name: "finbert",
    score: async ({ headline, tickers }: Headline) => {
      const lot = lotOf(seed, headline);
      const nth = (tries.get(headline) ?? 0) + 1;
      tries.set(headline, nth);
      const mood = well(tickers, lotOf(seed, `${headline} mood`));
      if (lot < 0.5) return mood;
      if (lot < 0.65) await new Promise<void>((done) => void clock.after(((lot - 0.5) / 0.15) * 20_000, done));
      else if (lot < 0.75 && nth === 1) throw new Error("warming up");
      else if (lot >= 0.75 && lot < 0.8) throw new Error("out of memory");
      else if (lot >= 0.8 && lot < 0.9) return { ...mood, ...(LIES[Math.floor(((lot - 0.8) / 0.1) * LIES.length)] as object) };
      else if (lot >= 0.9) await new Promise<void>(() => {});
      return mood;
    },
  };
};
