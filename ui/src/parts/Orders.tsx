import { createMemo, Show } from "solid-js";
import type { OrderItem } from "../../../gateway/contract/items.ts";
import { clock, moment, money, prose, shares, signOf } from "../format.ts";
import { type Deck, useDeck } from "../stores/deck.tsx";
import { Filled } from "./Empty.tsx";
import { Figure } from "./Figure.tsx";
import { Tick } from "./Marks.tsx";
import { Rows, WhyRow } from "./Rows.tsx";
import { denialText, legName, OrderWhy, viewsOf, words } from "./Why.tsx";

/** How an order stands, in words; what went wrong is marked. */
function Status(props: { order: OrderItem }) {
  const bad = () => props.order.status === "denied" || props.order.status === "rejected";
  const name = () =>
    props.order.status === "filled" && props.order.verdict?.outcome === "resized" ? "filled, cut" : words(props.order.status);
  return (
    <span class="chip" classList={{ bad: bad(), warn: props.order.verdict?.outcome === "resized" }}>
      {name()}
    </span>
  );
}

/** "buy 120", "sell 60 of 100". */
const asked = (o: OrderItem): string => {
  if (o.cashFraction !== null && signOf(o.filled) === 0) return `${Math.round(o.cashFraction * 100)} % of cash`;
  const whole = signOf(o.qty) === 0 ? (o.verdict?.asked ?? o.filled) : o.qty;
  const partly = signOf(o.filled) !== 0 && o.filled !== whole;
  return partly ? `${shares(o.filled)} of ${shares(whole)}` : shares(whole);
};

/** The shortest true answer: what risk said, what the broker said, or the strongest view behind it. */
const becauseOf = (order: OrderItem, deck: Deck): string => {
  if (order.reason) return order.reason;
  const leg = legName(order.id);
  if (leg !== null) return leg;
  if (order.verdict?.denial) return denialText(order.verdict.denial);
  const strongest = viewsOf(order, deck).sort((a, b) => Math.abs(b.score) * b.confidence - Math.abs(a.score) * a.confidence)[0];
  return strongest ? `${strongest.strategy}: ${prose(strongest.reason)}` : "";
};

export function Orders(props: { keys: readonly string[]; max?: number; compact?: boolean; hint?: string }) {
  const deck = useDeck();
  const order = (key: string): OrderItem | undefined => deck.orders.byKey[key];
  return (
    <Filled
      ready={deck.orders.ready}
      some={props.keys.length > 0}
      title="No orders"
      hint={
        props.hint ??
        "An order appears when the ensemble sets a target and the risk manager answers. On the generated market that takes under a minute."
      }
    >
      <table class="orders" classList={{ compact: props.compact === true }}>
        <thead>
          <tr>
            <th>New York</th>
            <th>Ticker</th>
            <th>Side</th>
            <th class="r">Shares</th>
            <th class="r c-price">Price</th>
            <th class="c-by">By</th>
            <th>Status</th>
            <th class="c-reason">Because</th>
            <th>
              <span class="unseen">Why</span>
            </th>
          </tr>
        </thead>
        <Rows keys={props.keys} max={props.max ?? 200} columns={9}>
          {(key) => <Show when={order(key)}>{(o) => <OrderRow order={o()} />}</Show>}
        </Rows>
      </table>
    </Filled>
  );
}

function OrderRow(props: { order: OrderItem }) {
  const deck = useDeck();
  const because = createMemo(() => (deck.signals.ready ? becauseOf(props.order, deck) : ""));
  return (
    <WhyRow
      columns={8}
      label={`order ${props.order.ticker}`}
      why={() => <OrderWhy order={props.order} />}
      cells={
        <>
          <td class="dim" title={moment(props.order.updatedAt)}>
            {clock(props.order.at)}
          </td>
          <td>
            <Tick ticker={props.order.ticker} />
          </td>
          <td>{props.order.side ?? "–"}</td>
          <td class="r">
            <Figure text={asked(props.order)} />
          </td>
          <td class="r c-price">
            {props.order.avgPx ? money(props.order.avgPx) : <span class="faint">{props.order.kind ?? "–"}</span>}
          </td>
          <td class="dim c-by">{props.order.by}</td>
          <td>
            <Status order={props.order} />
          </td>
          <td class="fill clip dim c-reason" title={because()}>
            {because()}
          </td>
        </>
      }
    />
  );
}
