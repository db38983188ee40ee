import type { NewsRaw, NewsScored } from "../../streams/domain/news.ts";
import type { NewsItem } from "../contract/items.ts";
import { type Keyed, keyed, type Rec } from "./keyed.ts";

interface NewsRec extends Rec {
  event: NewsRaw | NewsScored;
}
export interface News {
  readonly view: Keyed<NewsRec>;
  /** A headline, or its score. */
  heard(e: NewsRaw | NewsScored): void;
}

const toItem = ({ event: e }: NewsRec): NewsItem => {
  const scored = e.type === "news.scored" ? e : null;
  return {
    id: e.id,
    seq: e.seq,
    at: e.tSeen,
    publishedAt: e.tEvent,
    source: e.source,
    tickers: [...e.tickers],
    headline: e.headline,
    url: e.url,
    score: scored ? scored.score : null,
    confidence: scored ? scored.confidence : null,
    scorer: scored ? scored.scorer : null,
  };
};

/** The last 500 headlines; a score replaces the bare headline, never the other way round. */
export const news = (): News => {
  const view = keyed<NewsRec>(500, toItem);
  return {
    view,
    heard: (e) => {
      const rec = view.get(e.id);
      if (!rec) view.add({ key: e.id, dirty: false, event: e });
      else if (e.type === "news.scored" || rec.event.type === "news.raw") {
        rec.event = e;
        view.touch(rec);
      }
    },
  };
};
