import { A } from "@solidjs/router";
import { createMemo, Show } from "solid-js";
import type { PositionItem } from "../../../gateway/contract/items.ts";
import { age, money, number, percent, shares } from "../format.ts";
import { useDeck } from "../stores/deck.tsx";
import { isOpen } from "../stores/tape.ts";
import { Change } from "./Change.tsx";
import { closingOf } from "./controlText.ts";
import { Filled } from "./Empty.tsx";
import { Figure } from "./Figure.tsx";
import { Closing, Meter, Spark, Tick } from "./Marks.tsx";
import { Rows } from "./Rows.tsx";

/** A mark older than this on the core's clock says its age, ms. */
const OLD_MARK_MS = 5 * 60_000;

/** What is held, by ticker: rows that keep their place can be watched. */
export function Positions() {
  const deck = useDeck();
  const keys = createMemo(() => [...deck.positions.keys].sort());
  const held = (key: string): PositionItem | undefined => deck.positions.byKey[key];
  return (
    <Filled
      ready={deck.positions.ready}
      some={deck.positions.keys.length > 0}
      title="No open position"
      hint="When a strategy's view passes the ensemble and the risk limits, the order fills and the position stands here."
    >
      <table class="positions">
        <thead>
          <tr>
            <th>Ticker</th>
            <th class="r">Shares</th>
            <th class="r c-entry">Entry</th>
            <th class="r c-mark">Mark</th>
            <th class="r">P&amp;L, USD</th>
            <th class="c-spark">Closes</th>
            <th class="c-mood">Mood</th>
            <th class="r c-weight">Weight</th>
            <th class="c-why">Why</th>
          </tr>
        </thead>
        <Rows keys={keys()} columns={9}>
          {(key) => (
            <Show when={held(key)}>
              {(p) => <PositionRow position={p()} now={isOpen(deck.tape()) ? (deck.tape()?.tSeen ?? 0) : 0} />}
            </Show>
          )}
        </Rows>
      </table>
    </Filled>
  );
}

/** @param now the core's clock, epoch ms; 0 while the market is closed and no price can be new. */
function PositionRow(props: { position: PositionItem; now: number }) {
  const deck = useDeck();
  const closing = () => closingOf(deck.control(), props.position.ticker, deck.tape()?.tSeen ?? 0);
  const oldMs = () => props.now - (props.position.markAt ?? props.now);
  return (
    <tr>
      <td>
        <Tick ticker={props.position.ticker} />
        <Show when={closing()}>{(waits) => <Closing waitsFor={waits()} />}</Show>
      </td>
      <td class="r">
        <Figure text={shares(props.position.shares)} />
      </td>
      <td class="r dim c-entry">{money(props.position.entryPx)}</td>
      <td class="r c-mark">
        <Show when={oldMs() > OLD_MARK_MS}>
          <span class="old" title="The last price of this ticker is old">
            {age(oldMs())}{" "}
          </span>
        </Show>
        <Figure text={props.position.mark === null ? "–" : number(props.position.mark)} />
      </td>
      <td class="r">
        <Change amount={props.position.unrealised} />
      </td>
      <td class="c-spark">
        <Spark values={props.position.spark} />
      </td>
      <td class="c-mood">
        <Show when={props.position.mood !== null} fallback={<span class="faint">–</span>}>
          <Meter value={props.position.mood ?? 0} label="mood" />
        </Show>
      </td>
      <td class="r c-weight">
        <Figure text={percent(props.position.weight, 1)} />
      </td>
      <td class="c-why">
        <A class="chip" href={`/tickers/${props.position.ticker}`} title={`Opened by order ${props.position.openedBy}`}>
          {props.position.by}
        </A>
      </td>
    </tr>
  );
}
