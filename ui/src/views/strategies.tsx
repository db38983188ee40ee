import { For, Show } from "solid-js";
import type { OutcomeItem, SignalItem, StrategyItem } from "../../../gateway/contract/items.ts";
import { age, arrow, clock, count, limitName, moment, number, percent, tone } from "../format.ts";
import { Filled } from "../parts/Empty.tsx";
import { Figure } from "../parts/Figure.tsx";
import { Score, Tick } from "../parts/Marks.tsx";
import { Panel } from "../parts/Panel.tsx";
import { Rows, WhyRow } from "../parts/Rows.tsx";
import { SignalWhy } from "../parts/Why.tsx";
import { useDeck } from "../stores/deck.tsx";
import { createLearning } from "../stores/learning.ts";

/** Credit is an observation, a float in USD: arrow, colour, two decimals. */
function Credit(props: { usd: number }) {
  const sign = () => (Math.abs(props.usd) < 0.005 ? 0 : Math.sign(props.usd));
  return <Figure class={tone(sign())} text={`${arrow(sign())} ${number(Math.abs(props.usd))}`.trim()} />;
}

/** Who advises, how much each counts, and how it went for each. */
export function Strategies() {
  const deck = useDeck();
  const total = () =>
    deck.strategies.keys.reduce(
      (sum, k) => sum + (deck.strategies.byKey[k]?.enabled ? (deck.strategies.byKey[k]?.weight ?? 0) : 0),
      0,
    );
  return (
    <div class="grid strategies-view">
      <Panel title="Strategies" answer={`${deck.strategies.keys.length} known; weights are shares of the ensemble`}>
        <Filled
          ready={deck.strategies.ready}
          some={deck.strategies.keys.length > 0}
          title="No strategies"
          hint="The default three come with `npx tapedeck seed`; your own is one file in the strategies folder."
        >
          <table class="strategies">
            <thead>
              <tr>
                <th>Strategy</th>
                <th>State</th>
                <th class="r">Weight</th>
                <th class="c-share">Share</th>
                <th class="r">Signals</th>
                <th class="c-last">Last</th>
                <th class="r c-outcomes">Outcomes</th>
                <th class="r">Credit, USD</th>
                <th>
                  <span class="unseen">Why</span>
                </th>
              </tr>
            </thead>
            <Rows keys={deck.strategies.keys} columns={9}>
              {(key) => (
                <Show when={deck.strategies.byKey[key]}>
                  {(s) => (
                    <StrategyRow strategy={s()} total={total()} last={deck.signals.byKey[String(s().lastSignal?.seq ?? "")]} />
                  )}
                </Show>
              )}
            </Rows>
          </table>
        </Filled>
      </Panel>
      <Outcomes />
      <RiskPanel />
    </div>
  );
}

function StrategyRow(props: { strategy: StrategyItem; total: number; last: SignalItem | undefined }) {
  const part = () => (props.strategy.enabled && props.total > 0 ? props.strategy.weight / props.total : 0);
  return (
    <WhyRow
      columns={8}
      label={`last signal of ${props.strategy.name}`}
      why={() => (
        <Show when={props.last} fallback={<p class="dim">Its last signal is not among those kept on this screen.</p>}>
          {(signal) => <SignalWhy signal={signal()} />}
        </Show>
      )}
      cells={
        <>
          <td class="strong">{props.strategy.name}</td>
          <td>
            <span class="chip" classList={{ warn: !props.strategy.enabled }}>
              {props.strategy.enabled ? "enabled" : "disabled"}
            </span>
          </td>
          <td class="r">
            <Figure text={number(props.strategy.weight)} />
          </td>
          <td class="c-share">
            <span class="budget">
              <i style={{ "--used": part() }} />
            </span>{" "}
            <span class="dim">{percent(part(), 0)}</span>
          </td>
          <td class="r">
            <Figure text={count(props.strategy.signals)} />
          </td>
          <td class="c-last">
            <Show when={props.strategy.lastSignal} fallback={<span class="faint">none yet</span>}>
              {(last) => (
                <>
                  <span class="dim">{clock(last().at)}</span> <Tick ticker={last().ticker} /> <Score value={last().score} />
                </>
              )}
            </Show>
          </td>
          <td class="r c-outcomes">{count(props.strategy.outcomes)}</td>
          <td class="r">
            <Credit usd={props.strategy.credit} />
          </td>
        </>
      }
    />
  );
}

function Outcomes() {
  const deck = useDeck();
  const learning = createLearning(deck.socket);
  const outcome = (key: string): OutcomeItem | undefined => learning.byKey[key];
  return (
    <Panel title="Outcomes" answer="what each closed trade was worth to who advised it">
      <Filled
        ready={learning.ready}
        some={learning.keys.length > 0}
        title="No outcomes yet"
        hint="When a trade closes, the learner splits its result among the strategies that stood behind it."
      >
        <table>
          <thead>
            <tr>
              <th>New York</th>
              <th>Ticker</th>
              <th>Strategy</th>
              <th class="r">Weight</th>
              <th class="r">Credit, USD</th>
            </tr>
          </thead>
          <Rows keys={learning.keys} columns={5}>
            {(key) => (
              <Show when={outcome(key)}>
                {(o) => (
                  <tr>
                    <td class="dim" title={moment(o().at)}>
                      {clock(o().at)}
                    </td>
                    <td>
                      <Tick ticker={o().ticker} />
                    </td>
                    <td>{o().strategy}</td>
                    <td class="r">{number(o().weight)}</td>
                    <td class="r">
                      <Credit usd={o().credit} />
                    </td>
                  </tr>
                )}
              </Show>
            )}
          </Rows>
        </table>
      </Filled>
    </Panel>
  );
}

const limitValue = (value: number, unit: "fraction" | "usd" | "count" | "ms"): string => {
  if (unit === "fraction") return percent(value, 1);
  if (unit === "usd") return `${number(value)} USD`;
  return unit === "ms" ? age(value) : count(value);
};

/** The limits of risk, how much of each is used, and what was denied. */
function RiskPanel() {
  const deck = useDeck();
  const limits = () => deck.risk()?.limits ?? [];
  const denials = () => Object.entries(deck.risk()?.denials ?? {}).sort((a, b) => b[1] - a[1]);
  return (
    <Panel title="Risk" answer={deck.risk()?.halted ? "halted" : "limits and what is used of them"}>
      <Filled
        ready={deck.risk() !== null}
        some={limits().length > 0 || denials().length > 0}
        title="No limits in force"
        hint="They are the RISK_ settings; with none, risk approves everything but what is halted."
      >
        <table>
          <thead>
            <tr>
              <th>Limit</th>
              <th class="r">Used</th>
              <th class="r">Bound</th>
              <th>
                <span class="unseen">Part</span>
              </th>
            </tr>
          </thead>
          <tbody>
            <For each={limits()}>
              {(l) => (
                <tr>
                  <td>{limitName(l.name)}</td>
                  <td class="r">
                    <Figure text={limitValue(l.used, l.unit)} />
                  </td>
                  <td class="r dim">{limitValue(l.limit, l.unit)}</td>
                  <td>
                    <span class="budget" classList={{ near: l.used / l.limit >= 0.75, over: l.used / l.limit >= 1 }}>
                      <i style={{ "--used": Math.min(1, Math.max(0, l.used / l.limit || 0)) }} />
                    </span>
                  </td>
                </tr>
              )}
            </For>
            <For each={denials()}>
              {([code, times]) => (
                <tr>
                  <td>{code.toLowerCase().replaceAll("_", " ")}</td>
                  <td class="r">{count(times)}</td>
                  <td class="r dim">denied or cut</td>
                  <td />
                </tr>
              )}
            </For>
          </tbody>
        </table>
      </Filled>
    </Panel>
  );
}
