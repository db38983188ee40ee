import { type JSX, Match, Show, Switch } from "solid-js";
import { age } from "../format.ts";
import { type Deck, useDeck } from "../stores/deck.tsx";
import { exceededText, leftLines, leftText, pressedText } from "./controlText.ts";

/** What nobody may overlook: no line to the deck, or trading stopped. Nothing when all is well. */
export function Notice() {
  const deck = useDeck();
  const link = () => deck.link();
  const waiting = () => {
    const l = link();
    return l.state === "waiting" ? l : null;
  };
  const retryIn = () => Math.max(0, Math.ceil(((waiting()?.retryAt ?? 0) - deck.now()) / 1000));
  return (
    <Switch fallback={<ControlNotice deck={deck} />}>
      <Match when={link().state === "mismatch"}>
        <div class="notice offline" role="alert">
          This page is older than the deck.
          <button type="button" class="button small" onClick={() => location.reload()}>
            Reload
          </button>
        </div>
      </Match>
      <Match when={waiting()}>
        <div class="notice offline" role="status">
          <i class="dot dead" />
          <span>
            No line to the deck.{" "}
            <span class="why">
              The figures are {age(deck.silentMs())} old; reconnecting in {retryIn()} s.
            </span>
          </span>
          <div class="grow" />
          <button type="button" class="button small" onClick={() => deck.socket.connect()}>
            Try now
          </button>
        </div>
      </Match>
      <Match when={link().state === "connecting" && deck.tape()}>
        <div class="notice offline" role="status">
          <i class="dot late" /> Connecting …
        </div>
      </Match>
    </Switch>
  );
}

/** The state of the controls, the strongest first. Only the first sentence is an alert: a countdown is not read out at every step. */
function ControlNotice(props: { deck: Deck }) {
  const control = () => props.deck.control();
  const now = () => props.deck.tape()?.tSeen ?? 0;
  return (
    <Switch>
      <Match when={control()?.killed}>
        {(killed) => (
          <Banner
            deck={props.deck}
            class="halted"
            title={pressedText("Killed", killed(), now())}
            why={<span title={leftLines(killed())}>{leftText(killed(), control()?.opensAt ?? null, now())}</span>}
            act="Unkill"
            onAct={() => props.deck.setDialog("unkill")}
          />
        )}
      </Match>
      <Match when={control()?.paused}>
        {(paused) => (
          <Banner
            deck={props.deck}
            class="paused"
            title={pressedText("Paused", paused(), now())}
            why="Nothing new is opened; exits go on."
            act="Resume trading"
            key="P"
            onAct={() => void props.deck.controls.resume()}
          />
        )}
      </Match>
      <Match when={control()?.stopped[0]}>
        {(one) => (
          <Banner
            deck={props.deck}
            class="paused"
            title={`${one().path} was ${one().how === "pause" ? "paused" : "stopped"} by ${one().by}.`}
            why="Nothing new is opened until it runs."
            act={one().how === "pause" ? "Resume it" : "Start it"}
            key="P"
            onAct={() => void props.deck.controls.bringBack()}
          />
        )}
      </Match>
      <Match when={control()?.exceeded[0]}>
        {(one) => (
          <Banner deck={props.deck} class="paused" title={exceededText(one())} why="Nothing new is opened until it is within." />
        )}
      </Match>
    </Switch>
  );
}

function Banner(props: {
  deck: Deck;
  class: "halted" | "paused";
  title: string;
  why: JSX.Element;
  act?: string;
  key?: string;
  onAct?: () => void;
}) {
  return (
    <div class={`notice ${props.class}`}>
      <p>
        <span role="alert">{props.title}</span> <span class="why">{props.why}</span>
      </p>
      <div class="grow" />
      <Show when={props.act}>
        <button type="button" class="button small" disabled={!props.deck.mayControl()} onClick={() => props.onAct?.()}>
          {props.act}
          <Show when={props.key}>
            <kbd>{props.key}</kbd>
          </Show>
        </button>
      </Show>
    </div>
  );
}
