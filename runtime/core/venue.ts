import type { BrokerRequest } from "../../actors/ports/broker.ts";
import type { ScoreRequest, Scorer } from "../../actors/ports/scorer.ts";
import { newsScored } from "../../streams/domain/news.ts";
import type { Exchange } from "../../streams/execution/exchange.ts";
import type { Performer } from "../kernel/door.ts";

/** The simulated exchange as the broker of a run. */
export const exchangePerformer = (exchange: Exchange): Performer => ({
  deterministic: true,
  perform: (request, now, offer) => {
    const r = request as BrokerRequest;
    const replies =
      r.do === "submit"
        ? exchange.submit(r.intent.order, now, r.intent.seq)
        : exchange.cancel(r.intent.orderId, r.intent.ticker, now, r.intent.seq);
    for (const reply of replies) offer(reply);
  },
});

/** A scorer that answers at once and always the same. */
export const scorerPerformer = (scorer: Scorer): Performer => ({
  deterministic: true,
  perform: (request, now, offer) => {
    const { news } = request as ScoreRequest;
    offer(newsScored(news, now, scorer.score(news)));
  },
});

/** The same, asked before each request whether it may: `mayTrade` throws when not, and nothing was sent. */
export const guarded = (performer: Performer, mayTrade: (() => void) | undefined): Performer =>
  mayTrade === undefined
    ? performer
    : {
        deterministic: performer.deterministic,
        perform: (request, now, offer) => {
          mayTrade();
          performer.perform(request, now, offer);
        },
      };
