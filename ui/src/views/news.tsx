import { createMemo, createSignal } from "solid-js";
import { Filter, matches } from "../parts/Filter.tsx";
import { Headlines } from "../parts/Headline.tsx";
import { Panel } from "../parts/Panel.tsx";
import { useDeck } from "../stores/deck.tsx";

/** Every headline kept, scored, newest first. */
export function News() {
  const deck = useDeck();
  const [query, setQuery] = createSignal("");
  const keys = createMemo(() =>
    query() === ""
      ? deck.news.keys
      : deck.news.keys.filter((k) => {
          const n = deck.news.byKey[k];
          return (
            n !== undefined && matches(query(), `${n.tickers.join(" ")} ${n.headline} ${n.source} ${n.scorer ?? "unscored"}`)
          );
        }),
  );
  const answer = () =>
    query() === "" ? `${deck.news.keys.length} headlines, as they were known` : `${keys().length} of ${deck.news.keys.length}`;
  return (
    <div class="grid single news-view">
      <Panel title="News" answer={answer()} tools={<Filter text={query()} onText={setQuery} hint="ticker, word, source" />}>
        <Headlines keys={keys()} filtered={query() !== ""} />
      </Panel>
    </div>
  );
}
