import { Match, Switch } from "solid-js";
import { age } from "../format.ts";
import { useDeck } from "../stores/deck.tsx";

/** What nobody may overlook: no line to the deck, or trading stopped. Nothing when all is well. */
export function Notice() {
  const deck = useDeck();
  const link = () => deck.link();
  const waiting = () => {
    const l = link();
    return l.state === "waiting" ? l : null;
  };
  const retryIn = () => Math.max(0, Math.ceil(((waiting()?.retryAt ?? 0) - deck.now()) / 1000));
  /** A kill says so in its reason. */
  const killed = () => (deck.risk()?.reason ?? "").startsWith("killed");
  const reason = () => (deck.risk()?.reason ?? "no reason given").replace(/^killed: /, "");
  return (
    <Switch>
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
      <Match when={deck.risk()?.halted}>
        <div class="notice" classList={{ halted: killed(), paused: !killed() }} role="alert">
          <span>
            {killed() ? "KILLED: trading is stopped." : "PAUSED: nothing new is opened."}{" "}
            <span class="why">
              Reason: {reason()}. {killed() ? "Orders are withdrawn and positions closed." : "Exits go on."}
            </span>
          </span>
          <div class="grow" />
          <button type="button" class="button small" disabled={!deck.mayControl()} onClick={() => void deck.controls.resume()}>
            Resume trading<kbd>P</kbd>
          </button>
        </div>
      </Match>
    </Switch>
  );
}
