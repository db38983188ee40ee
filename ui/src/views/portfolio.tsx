import { createMemo, createSignal, Show } from "solid-js";
import type { OrderItem } from "../../../gateway/contract/items.ts";
import { money, percent, signedPercent, signOf } from "../format.ts";
import { ActorsAnswer, ActorTree } from "../parts/ActorTree.tsx";
import { Empty } from "../parts/Empty.tsx";
import { EquityChart, type FillMark, type Span } from "../parts/EquityChart.tsx";
import { Headlines } from "../parts/Headline.tsx";
import { Orders } from "../parts/Orders.tsx";
import { Panel } from "../parts/Panel.tsx";
import { Positions } from "../parts/Positions.tsx";
import { Signals } from "../parts/Signals.tsx";
import { Tabs } from "../parts/Tabs.tsx";
import { type Deck, useDeck } from "../stores/deck.tsx";
import { lastOf } from "../stores/series.ts";

const LIVE_ROWS = 60;

/** The order's fills as marks. Same marks, same array: the chart draws them only when they change. */
const fillMarks = (deck: Deck) =>
  createMemo<readonly FillMark[]>(
    () =>
      deck.orders.keys
        .map((k) => deck.orders.byKey[k])
        .filter((o): o is OrderItem => o !== undefined && o.side !== null && signOf(o.filled) !== 0)
        .map((o) => ({ at: o.updatedAt, side: o.side ?? "buy" })),
    [],
    { equals: (a, b) => a.length === b.length && a.every((m, i) => m.at === b[i]?.at) },
  );

/** The whole deck at a glance. */
export function Portfolio() {
  return (
    <div class="grid portfolio">
      <EquityPanel />
      <PositionsPanel />
      <LivePanel />
      <NewsPanel />
      <Panel title="Supervisor" answer={<ActorsAnswer />} class="a-tree">
        <ActorTree />
      </Panel>
    </div>
  );
}

const SPANS: readonly { id: Span; name: string }[] = [
  { id: "day", name: "Day" },
  { id: "all", name: "All" },
];

function EquityPanel() {
  const deck = useDeck();
  const [span, setSpan] = createSignal<Span>("all");
  const [compare, setCompare] = createSignal(true);
  const marks = fillMarks(deck);
  const answer = () => {
    const p = deck.portfolio();
    if (!p) return "";
    const gain = Number(p.equity) / Number(p.startEquity) - 1;
    return `${signedPercent(gain)} since start · exposure ${percent(p.grossExposure, 0)} gross, ${percent(p.netExposure, 0)} net`;
  };
  return (
    <Panel
      title="Equity"
      answer={answer()}
      class="a-equity"
      fixed
      tools={
        <>
          <button
            type="button"
            class="compare"
            aria-pressed={compare()}
            title="The starting equity held in equal parts"
            onClick={() => setCompare((c) => !c)}
          >
            <i /> equal-weight hold
          </button>
          <Tabs label="Span" tabs={SPANS} chosen={span()} onChoose={setSpan} />
        </>
      }
    >
      <Show
        when={!deck.equity.ready() || lastOf(deck.equity) !== undefined}
        fallback={<Empty title="No equity yet" hint="The curve begins when the account opens and the first prices come in." />}
      >
        <EquityChart
          equity={deck.equity}
          fills={marks()}
          span={span()}
          compare={compare()}
          dayOpen={deck.tape()?.sessionOpen ?? null}
        />
      </Show>
    </Panel>
  );
}

function PositionsPanel() {
  const deck = useDeck();
  const answer = () => {
    const p = deck.portfolio();
    return p ? `${deck.positions.keys.length} open · unrealised ${money(p.unrealised)} · realised ${money(p.realised)}` : "";
  };
  return (
    <Panel title="Positions" answer={answer()} class="a-positions">
      <Positions />
    </Panel>
  );
}

type LiveTab = "orders" | "signals";
const LIVE: readonly { id: LiveTab; name: string }[] = [
  { id: "orders", name: "Orders" },
  { id: "signals", name: "Signals" },
];

function LivePanel() {
  const deck = useDeck();
  const [tab, setTab] = createSignal<LiveTab>("orders");
  return (
    <Panel
      title="Decisions"
      answer="as they are made"
      class="a-live"
      tools={<Tabs label="Decisions" tabs={LIVE} chosen={tab()} onChoose={setTab} />}
    >
      <Show when={tab() === "orders"} fallback={<Signals keys={deck.signals.keys.slice(0, LIVE_ROWS)} />}>
        <Orders keys={deck.orders.keys.slice(0, LIVE_ROWS)} compact />
      </Show>
    </Panel>
  );
}

function NewsPanel() {
  const deck = useDeck();
  return (
    <Panel title="News" answer="scored, as it was known" class="a-news">
      <Headlines keys={deck.news.keys} max={LIVE_ROWS} />
    </Panel>
  );
}
