import { Show } from "solid-js";
import type { SignalItem } from "../../../gateway/contract/items.ts";
import { clock, moment, prose } from "../format.ts";
import { useDeck } from "../stores/deck.tsx";
import { Filled } from "./Empty.tsx";
import { Score, Tick } from "./Marks.tsx";
import { Rows, WhyRow } from "./Rows.tsx";
import { SignalWhy } from "./Why.tsx";

/** What the strategies think, newest first, each with its reason. */
export function Signals(props: { keys: readonly string[]; max?: number }) {
  const deck = useDeck();
  const signal = (key: string): SignalItem | undefined => deck.signals.byKey[key];
  return (
    <Filled
      ready={deck.signals.ready}
      some={props.keys.length > 0}
      title="No signals"
      hint="A strategy speaks when its view of a ticker turns. It needs a few bars of each ticker first."
    >
      <table class="signals">
        <thead>
          <tr>
            <th>New York</th>
            <th>Ticker</th>
            <th>Strategy</th>
            <th class="r">Score</th>
            <th class="c-reason">Reason</th>
            <th>
              <span class="unseen">Why</span>
            </th>
          </tr>
        </thead>
        <Rows keys={props.keys} max={props.max ?? 200} columns={6}>
          {(key) => <Show when={signal(key)}>{(s) => <SignalRow signal={s()} />}</Show>}
        </Rows>
      </table>
    </Filled>
  );
}

function SignalRow(props: { signal: SignalItem }) {
  return (
    <WhyRow
      columns={5}
      label={`signal ${props.signal.strategy} ${props.signal.ticker}`}
      why={() => <SignalWhy signal={props.signal} />}
      cells={
        <>
          <td class="dim" title={moment(props.signal.at)}>
            {clock(props.signal.at)}
          </td>
          <td>
            <Tick ticker={props.signal.ticker} />
          </td>
          <td>{props.signal.strategy}</td>
          <td class="r">
            <Score value={props.signal.score} />
          </td>
          <td class="fill clip dim c-reason" title={prose(props.signal.reason)}>
            {prose(props.signal.reason)}
          </td>
        </>
      }
    />
  );
}
