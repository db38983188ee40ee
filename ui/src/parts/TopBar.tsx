import { For, Show } from "solid-js";
import type { FeedItem } from "../../../gateway/contract/systemItems.ts";
import {
  age,
  arrow,
  clock,
  limitName,
  moment,
  money,
  percent,
  signedPercent,
  signOf,
  tone,
  unsigned,
  weekday,
  zone,
} from "../format.ts";
import { type Deck, useDeck } from "../stores/deck.tsx";
import { isOpen } from "../stores/tape.ts";
import { Figure } from "./Figure.tsx";

/** Which money, how much, how is today, how close to a limit, is anything stale. And the two brakes. */
export function TopBar() {
  const deck = useDeck();
  return (
    <header class="top" classList={{ stale: deck.offline() && deck.tape() !== null }}>
      <Badge deck={deck} />
      <Money deck={deck} />
      <Today deck={deck} />
      <Limit deck={deck} />
      <div class="grow" />
      <Feeds deck={deck} />
      <Clock deck={deck} />
      <Brakes deck={deck} />
    </header>
  );
}

function Badge(props: { deck: Deck }) {
  const mode = () => props.deck.tape()?.mode;
  return (
    <span class="badge" classList={{ live: mode() === "live" }} title={mode() === "live" ? "Real money" : "No real money"}>
      {mode()?.toUpperCase() ?? "—"}
    </span>
  );
}

function Money(props: { deck: Deck }) {
  const item = () => props.deck.portfolio();
  return (
    <div class="stat s-equity">
      <small>Equity, USD</small>
      <b title={item() ? `cash ${money(item()?.cash ?? "0")} USD` : undefined}>
        <Figure text={item() ? money(item()?.equity ?? "0") : "–"} />
      </b>
    </div>
  );
}

function Today(props: { deck: Deck }) {
  const item = () => props.deck.portfolio();
  const sign = () => signOf(item()?.dayPnl ?? "0");
  return (
    <>
      <div class="stat s-today">
        <small>Today</small>
        <b class={tone(sign())}>
          <Figure text={item() ? `${arrow(sign())} ${unsigned(item()?.dayPnl ?? "0")}`.trim() : "–"} />
          <small>{item() ? signedPercent(item()?.dayPnlFraction ?? 0) : ""}</small>
        </b>
      </div>
      <div class="stat s-draw">
        <small>Drawdown</small>
        <b>
          <Figure text={item() ? percent(-(item()?.drawdown ?? 0)) : "–"} />
        </b>
      </div>
    </>
  );
}

function Limit(props: { deck: Deck }) {
  const used = () => props.deck.portfolio()?.riskBudgetUsed ?? null;
  const fraction = () => used()?.fraction ?? 0;
  return (
    <div class="stat s-risk" title="The limit closest to its bound, and how much of it is used">
      <small>
        Risk used<span class="which">{used() ? `, ${limitName(used()?.limit ?? "")}` : ""}</span>
      </small>
      <b>
        <Figure text={used() ? percent(fraction(), 0) : "–"} />
        <span class="budget" classList={{ near: fraction() >= 0.75, over: fraction() >= 1 }} aria-hidden="true">
          <i style={{ "--used": Math.min(1, Math.max(0, fraction())) }} />
        </span>
      </b>
    </div>
  );
}

const WORST = { dead: 0, late: 1, ok: 2 } as const;
/** What is stale comes first and is never cut off; then prices, on which everything rests. */
const inOrder = (feeds: readonly FeedItem[]): string[] =>
  [...feeds]
    .sort(
      (a, b) =>
        WORST[a.state] - WORST[b.state] ||
        Number(b.name === "prices") - Number(a.name === "prices") ||
        a.name.localeCompare(b.name),
    )
    .map((f) => f.name);

function Feeds(props: { deck: Deck }) {
  const names = () =>
    inOrder(props.deck.feeds.keys.map((k) => props.deck.feeds.byKey[k]).filter((f): f is FeedItem => f !== undefined));
  const silent = () => (props.deck.offline() ? props.deck.silentMs() : 0);
  return (
    <ul class="feeds" aria-label="Feeds and the age of their last word">
      <For each={names()}>
        {(name) => {
          const feed = () => props.deck.feeds.byKey[name];
          const state = () => (props.deck.offline() ? "dead" : (feed()?.state ?? "dead"));
          const ageMs = () => feed()?.ageMs ?? null;
          return (
            <li class="one" title={`${name}: ${state()}${feed()?.lastSeenAt ? `, last ${moment(feed()?.lastSeenAt ?? 0)}` : ""}`}>
              <i class="dot" classList={{ late: state() === "late", dead: state() === "dead" }} role="img" aria-label={state()} />
              <span>{name}</span>
              <span>{ageMs() === null ? "–" : age((ageMs() ?? 0) + (Number.isFinite(silent()) ? silent() : 0))}</span>
            </li>
          );
        }}
      </For>
    </ul>
  );
}

function Clock(props: { deck: Deck }) {
  const tape = () => props.deck.tape();
  const open = () => isOpen(tape());
  return (
    <div class="stat r clock" title={tape() ? moment(tape()?.tSeen ?? 0) : undefined}>
      <small>{tape() ? `New York, ${open() ? "open" : "closed"}` : "New York"}</small>
      <b>
        {tape() ? clock(tape()?.tSeen ?? 0) : "--:--:--"}
        <small>{tape() ? `${weekday(tape()?.tSeen ?? 0)} ${zone(tape()?.tSeen ?? 0)}` : ""}</small>
      </b>
    </div>
  );
}

function Brakes(props: { deck: Deck }) {
  const controls = () => props.deck.controls;
  const goOn = () => (controls().killed() ? props.deck.setDialog("unkill") : void controls().bringBack());
  return (
    <div class="brakes">
      <Show
        when={controls().halted()}
        fallback={
          <button
            type="button"
            class="button"
            disabled={!props.deck.mayControl()}
            aria-keyshortcuts="P"
            title="Open nothing new; exits go on"
            onClick={() => void controls().pause()}
          >
            Pause<kbd>P</kbd>
          </button>
        }
      >
        <button type="button" class="button primary" disabled={!props.deck.mayControl()} aria-keyshortcuts="P" onClick={goOn}>
          {controls().killed() ? "Unkill" : "Resume"}
          <kbd>P</kbd>
        </button>
      </Show>
      <button
        type="button"
        class="button kill"
        disabled={!props.deck.mayControl() || controls().killed()}
        aria-keyshortcuts="Shift+K"
        title={controls().killed() ? "Killed already" : "Stop trading, withdraw every order, close every position"}
        onClick={() => props.deck.setDialog("kill")}
      >
        Kill<kbd>⇧K</kbd>
      </button>
    </div>
  );
}
