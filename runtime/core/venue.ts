import type { BrokerRequest } from "../../actors/ports/broker.ts";
import type { PureScorer, ScoreRequest } from "../../actors/ports/scorer.ts";
import { PORTS } from "../../actors/topology.ts";
import type { BrokerReply } from "../../streams/domain/event.ts";
import { newsScored } from "../../streams/domain/news.ts";
import { requestFailed } from "../../streams/domain/request.ts";
import type { RunConfig } from "../../streams/domain/run.ts";
import type { Ms, Seq } from "../../streams/domain/units.ts";
import { type Exchange, simulatedExchange } from "../../streams/execution/exchange.ts";
import { newYorkDate } from "../../streams/market/calendar.ts";
import type { Performer } from "../kernel/door.ts";
import type { Surroundings } from "./tradingCore.ts";

/** What a request is about, and which entry led to it. */
export const aboutOf = (request: BrokerRequest): { readonly id: string; readonly cause: Seq } => {
  if (request.do === "lookup") return { id: request.orderId, cause: 0 as Seq };
  const { intent } = request;
  return { id: intent.type === "order.submitted" ? intent.order.id : intent.orderId, cause: intent.seq };
};

/** What a performer that is asked again throws is an event, so that the actor that asked hears of it. */
const failed = (port: string, request: BrokerRequest | ScoreRequest, now: Ms, error: unknown) => {
  const reason = error instanceof Error ? error.message : String(error);
  if ("news" in request)
    return requestFailed({ port, request: "score", about: request.news.id, sent: "no", reason }, now, request.news.seq);
  const { id, cause } = aboutOf(request);
  return requestFailed({ port, request: request.do, about: id, sent: "no", reason }, now, cause);
};

const asked = (exchange: Exchange, r: Exclude<BrokerRequest, { do: "lookup" }>, now: Ms): readonly BrokerReply[] => {
  switch (r.do) {
    case "submit":
      return exchange.submit(r.intent.order, now, r.intent.seq);
    case "cancel":
      return exchange.cancel(r.intent.orderId, r.intent.ticker, now, r.intent.seq);
    case "replace":
      return exchange.replace(r.intent.orderId, r.intent, now, r.intent.seq);
  }
};

/** The simulated exchange as the broker of a run: asked at quiet, answers at once. */
const exchangePerformer = (exchange: Exchange): Performer => ({
  perform: (request, now, offer) => {
    const r = request as BrokerRequest;
    try {
      if (r.do === "lookup") throw new Error("a simulated exchange answers everything at once: there is nothing to look up");
      for (const reply of asked(exchange, r, now)) offer(reply);
    } catch (error) {
      offer(failed(PORTS.broker, r, now, error));
    }
  },
});

/** A scorer that answers at once and always the same. */
const scorerPerformer = (scorer: PureScorer, port: string): Performer => ({
  perform: (request, now, offer) => {
    const r = request as ScoreRequest;
    try {
      offer(newsScored(r.news, now, scorer.score(r.news)));
    } catch (error) {
      offer(failed(port, r, now, error));
    }
  },
});

/** The same performer, asked before each request whether it may: `mayTrade` throws when not, and nothing was sent. */
const guarded = (performer: Performer, mayTrade: (() => void) | undefined): Performer =>
  mayTrade === undefined
    ? performer
    : {
        perform: (request, now, offer) => {
          mayTrade();
          performer.perform(request, now, offer);
        },
      };

/** The exchange of a simulated run, by the run's settings. */
const exchangeOf = (config: RunConfig): Exchange =>
  simulatedExchange({
    costs: config.costs,
    cash: config.cash,
    fill: config.fill,
    volumeShare: config.volumeShare,
    leverage: config.risk.leverage,
    dateOf: newYorkDate,
  });

/** Everything asked again: the simulated exchange for a broker, a pure scorer. What every backtest is made of, and `npm start`. */
export const simulated = (
  config: RunConfig,
  scorer: PureScorer,
  mayTrade?: () => void,
): Surroundings & { readonly exchange: Exchange } => {
  const exchange = exchangeOf(config);
  return {
    exchange,
    venue: exchange,
    notes: [exchange],
    performers: {
      [PORTS.broker]: guarded(exchangePerformer(exchange), mayTrade),
      [PORTS.scorer]: scorerPerformer(scorer, PORTS.scorer),
      [PORTS.fallback]: scorerPerformer(scorer, PORTS.fallback),
    },
  };
};
