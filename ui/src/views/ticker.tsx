import { createMemo, For, Show } from "solid-js";
import type { NewsItem, OrderItem } from "../../../gateway/contract/items.ts";
import { ACCOUNT_BOOK } from "../../../streams/domain/books.ts";
import { age, arrow, count, money, number, percent, shares, signed, signedPercent, signOf, tone } from "../format.ts";
import { type BarMark, BarsChart } from "../parts/BarsChart.tsx";
import { Change } from "../parts/Change.tsx";
import { closingOf } from "../parts/controlText.ts";
import { Empty } from "../parts/Empty.tsx";
import { Figure } from "../parts/Figure.tsx";
import { Headlines } from "../parts/Headline.tsx";
import { Orders } from "../parts/Orders.tsx";
import { Panel } from "../parts/Panel.tsx";
import { Signals } from "../parts/Signals.tsx";
import { createTickerBars } from "../stores/bars.ts";
import { useDeck } from "../stores/deck.tsx";
import { createQuotes } from "../stores/quotes.ts";
import { lastOf } from "../stores/series.ts";

const MAX_MARKS = 40;

/** One ticker: its bars with what was known and what was done, its quote, and everything decided about it. */
export function TickerPage(props: { ticker: string }) {
  const deck = useDeck();
  // The page is made anew for each ticker.
  const ticker = props.ticker;
  const known = /^[A-Z]{1,5}(\.[A-Z])?$/.test(ticker);
  const orders = createMemo(() => deck.orders.keys.filter((k) => deck.orders.byKey[k]?.ticker === ticker));
  const signals = createMemo(() => deck.signals.keys.filter((k) => deck.signals.byKey[k]?.ticker === ticker));
  const news = createMemo(() => deck.news.keys.filter((k) => deck.news.byKey[k]?.tickers.includes(ticker)));
  return (
    <Show
      when={known}
      fallback={
        <Empty
          title={`${ticker} is no US ticker`}
          hint="Tickers look like AAPL or BRK.B. ⌘K or Ctrl K finds those that are followed."
        />
      }
    >
      <div class="grid ticker-view">
        <PricePanel ticker={ticker} orders={orders()} news={news()} />
        <FactsPanel ticker={ticker} />
        <Panel title="Orders" answer={`${orders().length} kept`}>
          <Orders keys={orders()} compact hint={`Nothing was ordered in ${ticker} yet.`} />
        </Panel>
        <Panel title="Signals" answer={`${signals().length} kept`}>
          <Signals keys={signals()} />
        </Panel>
        <Panel title="News" answer={`about ${ticker}`}>
          <Headlines keys={news()} />
        </Panel>
      </div>
    </Show>
  );
}

function PricePanel(props: { ticker: string; orders: readonly string[]; news: readonly string[] }) {
  const deck = useDeck();
  const bars = createTickerBars(deck.socket, props.ticker);
  const marks = createMemo<readonly BarMark[]>(() => [
    ...props.orders
      .map((k) => deck.orders.byKey[k])
      .filter((o): o is OrderItem => o !== undefined && o.side !== null && signOf(o.filled) !== 0)
      .slice(0, MAX_MARKS)
      .map((o) => ({ at: o.updatedAt, kind: o.side ?? "buy", text: shares(o.filled) })),
    ...props.news
      .map((k) => deck.news.byKey[k])
      .filter((n): n is NewsItem => n !== undefined)
      .slice(0, MAX_MARKS)
      .map((n) => ({ at: n.at, kind: "news" as const, text: n.score === null ? "" : signed(n.score, 1) })),
  ]);
  const last = () => lastOf(bars);
  const change = () => {
    const first = bars.points[0];
    const l = last();
    return first && l ? l.close / first.open - 1 : 0;
  };
  return (
    <Panel
      title={props.ticker}
      class="a-price"
      fixed
      answer={
        <Show when={last()}>
          {(l) => (
            <>
              <b class="price">
                <Figure text={number(l().close)} />
              </b>{" "}
              <span class={tone(change())}>{`${arrow(change())} ${percent(Math.abs(change()))}`}</span>
              {` over ${count(bars.points.length)} bars`}
            </>
          )}
        </Show>
      }
      tools={<span class="faint c-legend">○ headline and score · ▲ buy ▼ sell</span>}
    >
      <Show
        when={!bars.ready() || last()}
        fallback={
          <Empty title="No bars yet" hint={`The first bar of ${props.ticker} draws the chart. Is it followed? See UNIVERSE.`} />
        }
      >
        <BarsChart bars={bars} marks={marks()} />
      </Show>
    </Panel>
  );
}

function FactsPanel(props: { ticker: string }) {
  const deck = useDeck();
  const quotes = createQuotes(deck.socket);
  const quote = () => quotes.byKey[props.ticker];
  const position = () => deck.positions.byKey[props.ticker];
  const closing = () => closingOf(deck.control(), props.ticker, deck.tape()?.tSeen ?? 0);
  const isOurs = () => position()?.books.some((b) => b.book !== ACCOUNT_BOOK) ?? false;
  const spread = () => {
    const q = quote();
    return q ? (q.ask - q.bid) / ((q.ask + q.bid) / 2) : 0;
  };
  return (
    <Panel title="Quote and position" class="a-facts">
      <dl class="facts">
        <Show when={quote()} fallback={<p class="dim">No quote yet: bars alone carry the price.</p>}>
          {(q) => (
            <>
              <dt>Bid</dt>
              <dd>
                <Figure text={number(q().bid)} /> <span class="faint">× {count(q().bidSize)}</span>
              </dd>
              <dt>Ask</dt>
              <dd>
                <Figure text={number(q().ask)} /> <span class="faint">× {count(q().askSize)}</span>
              </dd>
              <dt>Spread</dt>
              <dd>{percent(spread(), 3)}</dd>
              <dt>Quote age</dt>
              <dd>{age(Math.max(0, (deck.tape()?.tSeen ?? q().at) - q().at))}</dd>
            </>
          )}
        </Show>
        <Show when={position()} fallback={<p class="dim">No open position.</p>}>
          {(p) => (
            <>
              <dt>Shares</dt>
              <dd>
                <Figure text={shares(p().shares)} />
              </dd>
              <dt>Entry</dt>
              <dd>{money(p().entryPx)}</dd>
              <dt>Unrealised</dt>
              <dd>
                <Change amount={p().unrealised} />
              </dd>
              <dt>Today</dt>
              <dd>
                <Change amount={p().dayPnl} />
              </dd>
              <dt>Weight</dt>
              <dd>{signedPercent(p().weight, 1)}</dd>
              <dt>By</dt>
              <dd>{p().by}</dd>
              <For each={p().books}>
                {(b) => (
                  <>
                    <dt>Book {b.book}</dt>
                    <dd>
                      {shares(b.shares)} <span class="faint">at {money(b.avgPx)}</span>
                    </dd>
                  </>
                )}
              </For>
            </>
          )}
        </Show>
      </dl>
      <Show when={position()}>
        <div class="acts wide">
          <button
            type="button"
            class="button small"
            disabled={!deck.mayControl() || closing() !== null || !isOurs()}
            title={isOurs() ? undefined : "No strategy of this deck bought it"}
            onClick={() => void deck.controls.close(props.ticker)}
          >
            {closing() === null ? "Close the position" : "Closing…"}
          </button>
          <Show when={closing()}>{(waits) => <span class="dim">{waits()}</span>}</Show>
        </div>
      </Show>
    </Panel>
  );
}
