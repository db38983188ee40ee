import { For, Show } from "solid-js";
import type { NewsItem } from "../../../gateway/contract/items.ts";
import { age, clock, moment } from "../format.ts";
import { useDeck } from "../stores/deck.tsx";
import { Empty, Ghost } from "./Empty.tsx";
import { Score, Tick } from "./Marks.tsx";

/** Known later than this after its publication, a headline says by how much, ms. */
const LATE_MS = 60_000;

/** A headline as it was known: when, about whom, how good or bad, by whose judgement. */
function Headline(props: { item: NewsItem }) {
  const lateMs = () => props.item.at - props.item.publishedAt;
  return (
    <article class="headline">
      <div class="meta">
        <span title={moment(props.item.at)}>{clock(props.item.at)}</span>
        <Show when={props.item.tickers.length > 0} fallback={<span class="dim">market</span>}>
          <For each={props.item.tickers.slice(0, 4)}>{(t) => <Tick ticker={t} />}</For>
        </Show>
        <Score value={props.item.score} />
        <Show when={lateMs() > LATE_MS}>
          <span title={`published ${moment(props.item.publishedAt)}`}>{age(lateMs())} late</span>
        </Show>
        <span class="clip">
          {props.item.scorer ? `${props.item.scorer} · ` : ""}
          {props.item.source}
        </span>
      </div>
      <p>
        <Show when={props.item.url?.startsWith("http") ? props.item.url : null} fallback={props.item.headline}>
          {(url) => (
            <a href={url()} target="_blank" rel="noreferrer noopener">
              {props.item.headline}
            </a>
          )}
        </Show>
      </p>
    </article>
  );
}

/** Headlines, newest first. */
export function Headlines(props: { keys: readonly string[]; max?: number; filtered?: boolean }) {
  const deck = useDeck();
  return (
    <Show when={deck.news.ready} fallback={<Ghost rows={9} />}>
      <Show
        when={props.keys.length > 0}
        fallback={
          <Empty
            title={props.filtered ? "No headline matches" : "No headlines yet"}
            hint={
              props.filtered
                ? "Clear the filter with Escape."
                : "They come from the feeds in NEWS_FEEDS, or from the generated market, scored as they are known."
            }
          />
        }
      >
        <For each={props.keys.slice(0, props.max ?? 200)}>
          {(key) => <Show when={deck.news.byKey[key]}>{(item) => <Headline item={item()} />}</Show>}
        </For>
      </Show>
    </Show>
  );
}
