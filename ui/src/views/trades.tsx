import { createMemo, createSignal, Match, Show, Switch } from "solid-js";
import type { OrderItem, TradeItem } from "../../../gateway/contract/items.ts";
import { clock, count, moment, money, shares, signedPercent, signOf } from "../format.ts";
import { Change } from "../parts/Change.tsx";
import { Filled } from "../parts/Empty.tsx";
import { Filter, matches } from "../parts/Filter.tsx";
import { Tick } from "../parts/Marks.tsx";
import { Orders } from "../parts/Orders.tsx";
import { Panel } from "../parts/Panel.tsx";
import { Rows, WhyRow } from "../parts/Rows.tsx";
import { Tabs } from "../parts/Tabs.tsx";
import { OrderWhy, words } from "../parts/Why.tsx";
import { useDeck } from "../stores/deck.tsx";

type Tab = "orders" | "fills" | "verdicts" | "closed";
const TABS: readonly { id: Tab; name: string }[] = [
  { id: "orders", name: "Orders" },
  { id: "fills", name: "Fills" },
  { id: "verdicts", name: "Verdicts" },
  { id: "closed", name: "Closed trades" },
];

const textOf = (o: OrderItem): string =>
  `${o.ticker} ${o.side ?? ""} ${words(o.status)} ${o.by} ${o.verdict?.outcome ?? ""} ${words(o.verdict?.denial?.code ?? "")} ${o.reason ?? ""}`;
/** What each tab keeps of the orders. */
const KEEPS: Readonly<Record<"orders" | "fills" | "verdicts", (o: OrderItem) => boolean>> = {
  orders: () => true,
  fills: (o) => signOf(o.filled) !== 0,
  verdicts: (o) => o.verdict !== null && o.verdict.outcome !== "approved",
};
const EMPTY: Readonly<Record<"orders" | "fills" | "verdicts", string>> = {
  orders: "An order appears when the ensemble sets a target and the risk manager answers.",
  fills: "A fill appears when the broker executes an order: on the simulated one at the next bar.",
  verdicts: "Here stand the orders that risk cut or denied, with the numbers. So far it let everything through.",
};

/** Orders, their fills, what risk said, and the round trips that ended. */
export function Trades() {
  const deck = useDeck();
  const [tab, setTab] = createSignal<Tab>("orders");
  const [query, setQuery] = createSignal("");
  const orders = createMemo(() => {
    const t = tab();
    if (t === "closed") return [];
    return deck.orders.keys.filter((k) => {
      const o = deck.orders.byKey[k];
      return o !== undefined && KEEPS[t](o) && matches(query(), textOf(o));
    });
  });
  const closed = createMemo(() =>
    deck.trades.keys.filter((k) => {
      const t = deck.trades.byKey[k];
      return t !== undefined && matches(query(), `${t.ticker} ${t.by} ${t.book} ${signOf(t.pnl) >= 0 ? "won" : "lost"}`);
    }),
  );
  const answer = () => {
    const p = deck.portfolio();
    return p
      ? `${count(deck.orders.keys.length)} orders · realised ${money(p.realised)} · commissions ${money(p.commissions)} USD`
      : "";
  };
  return (
    <div class="grid single">
      <Panel
        title="Trades"
        answer={answer()}
        tools={
          <>
            <Filter text={query()} onText={setQuery} hint="ticker, status, reason" />
            <Tabs label="Trades" tabs={TABS} chosen={tab()} onChoose={setTab} />
          </>
        }
      >
        <Switch>
          <Match when={tab() === "closed"}>
            <Closed keys={closed()} filtered={query() !== ""} />
          </Match>
          <Match when={true}>
            <Orders
              keys={orders()}
              hint={query() !== "" ? "No row matches. Clear the filter with Escape." : EMPTY[tab() as keyof typeof EMPTY]}
            />
          </Match>
        </Switch>
      </Panel>
    </div>
  );
}

function Closed(props: { keys: readonly string[]; filtered: boolean }) {
  const deck = useDeck();
  const trade = (key: string): TradeItem | undefined => deck.trades.byKey[key];
  return (
    <Filled
      ready={deck.trades.ready}
      some={props.keys.length > 0}
      title={props.filtered ? "No trade matches" : "No closed trade yet"}
      hint={
        props.filtered
          ? "Clear the filter with Escape."
          : "A trade ends when a position is reduced or closed; its result stands here to the micro-dollar."
      }
    >
      <table class="closed">
        <thead>
          <tr>
            <th>New York</th>
            <th>Ticker</th>
            <th class="r">Shares</th>
            <th class="r c-price">Entry</th>
            <th class="r c-price">Exit</th>
            <th class="r">P&amp;L, USD</th>
            <th class="r c-gain">Gain</th>
            <th class="r c-price">Commission</th>
            <th class="c-by">By</th>
            <th>
              <span class="unseen">Why</span>
            </th>
          </tr>
        </thead>
        <Rows keys={props.keys} columns={10}>
          {(key) => (
            <Show when={trade(key)}>
              {(t) => <ClosedRow trade={t()} exit={deck.orders.byKey[t().exitOrder]} entry={deck.orders.byKey[t().entryOrder]} />}
            </Show>
          )}
        </Rows>
      </table>
    </Filled>
  );
}

function ClosedRow(props: { trade: TradeItem; exit: OrderItem | undefined; entry: OrderItem | undefined }) {
  return (
    <WhyRow
      columns={9}
      label={`trade ${props.trade.ticker}`}
      why={() => (
        <div class="pair">
          <div>
            <h3>Entry, {moment(props.trade.entryAt)}</h3>
            <Cause order={props.entry} id={props.trade.entryOrder} />
          </div>
          <div>
            <h3>Exit, {moment(props.trade.exitAt)}</h3>
            <Cause order={props.exit} id={props.trade.exitOrder} />
          </div>
        </div>
      )}
      cells={
        <>
          <td class="dim" title={moment(props.trade.exitAt)}>
            {clock(props.trade.exitAt)}
          </td>
          <td>
            <Tick ticker={props.trade.ticker} />
          </td>
          <td class="r">{shares(props.trade.shares)}</td>
          <td class="r dim c-price">{money(props.trade.entryPx)}</td>
          <td class="r c-price">{money(props.trade.exitPx)}</td>
          <td class="r">
            <Change amount={props.trade.pnl} />
          </td>
          <td class="r c-gain">{signedPercent(props.trade.gain)}</td>
          <td class="r dim c-price">{money(props.trade.commission)}</td>
          <td class="dim c-by" title={`book: ${props.trade.book}`}>
            {props.trade.by}
          </td>
        </>
      }
    />
  );
}

function Cause(props: { order: OrderItem | undefined; id: string }) {
  return (
    <Show when={props.order} fallback={<p class="dim">Order {props.id} is older than this screen keeps.</p>}>
      {(order) => <OrderWhy order={order()} />}
    </Show>
  );
}
