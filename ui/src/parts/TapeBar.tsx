import { For, Show } from "solid-js";
import type { PlaySpeed, TapeItem } from "../../../gateway/contract/systemItems.ts";
import { clock, count, day, minute, moment, short } from "../format.ts";
import { useDeck } from "../stores/deck.tsx";
import { PauseIcon, PlayIcon } from "./icons.tsx";

const SPEEDS: readonly PlaySpeed[] = [1, 10, 60, 600, "max"];

/** "of 16:00" in the session, "opens 09:30" before it. */
const session = (t: TapeItem): string => {
  if (t.sessionOpen === null || t.sessionClose === null) return "";
  return t.tSeen < t.sessionOpen ? ` · opens ${minute(t.sessionOpen)}` : ` of ${minute(t.sessionClose)}`;
};

/** How far it has come, 0 to 1: through a tape that has an end, else through the session. */
const progress = (t: TapeItem): number => {
  const from = t.to === null ? t.sessionOpen : t.from;
  const to = t.to ?? t.sessionClose;
  if (from === null || to === null || to <= from) return 0;
  return Math.min(1, Math.max(0, (t.tSeen - from) / (to - from)));
};
const isAtEnd = (t: TapeItem): boolean => t.to !== null && t.tSeen >= t.to;

/** The tape, always there: play, speed, how far it has come, and how far behind the tables are. */
export function TapeBar() {
  const deck = useDeck();
  const tape = () => deck.tape();
  const at = () => {
    const t = tape();
    return t ? progress(t) : 0;
  };
  const off = () => !deck.mayControl() || !tape()?.playable;
  return (
    <section class="tape" aria-label="Tape">
      <button
        type="button"
        class="button icon"
        disabled={off()}
        aria-keyshortcuts="Space"
        aria-label={tape()?.playing ? "Pause the tape" : "Play the tape"}
        title={`${tape()?.playing ? "Pause" : "Play"} the tape (space)`}
        onClick={() => deck.controls.playPause()}
      >
        <Show when={tape()?.playing} fallback={<PlayIcon small />}>
          <PauseIcon small />
        </Show>
      </button>
      <Show when={tape()?.playable !== false}>
        <fieldset class="speeds">
          <legend class="unseen">Speed of the tape</legend>
          <For each={SPEEDS}>
            {(speed) => (
              <button
                type="button"
                aria-pressed={tape()?.speed === speed}
                disabled={off()}
                onClick={() => deck.controls.speed(speed)}
              >
                {speed === "max" ? "max" : `×${speed}`}
              </button>
            )}
          </For>
        </fieldset>
      </Show>
      <Show when={tape()}>
        {(t) => (
          <Show when={isAtEnd(t())} fallback={<Show when={!t().playing}>{<span class="chip warn">tape paused</span>}</Show>}>
            <span class="chip" title="Start with another tape, or without one for the generated market">
              end of the tape
            </span>
          </Show>
        )}
      </Show>
      <div
        class="reel"
        role="progressbar"
        aria-label={tape()?.to == null ? "Progress within the session" : "Progress through the tape"}
        aria-valuenow={Math.round(at() * 100)}
        title="Live: the tape cannot be scrubbed"
        style={{ "--at": at() }}
      >
        <i />
        <b />
      </div>
      <Show when={tape()} fallback={<span class="faint">no tape yet</span>}>
        {(t) => (
          <>
            <span class="where" title={moment(t().tSeen)}>
              <b>{t().source}</b> <span class="date">{day(t().tSeen)} · </span>
              <b>{clock(t().tSeen)}</b>
              <span class="date">{session(t())}</span>
            </span>
            <span class="wide" title="The last place on the tape">
              seq <b>{count(t().seq)}</b>
            </span>
            <span class="wide" title="Events a second through the core">
              <b>{short(t().eventsPerSecond)}</b>/s
            </span>
            <span class="wide" title="Entries on the tape and not yet in the tables">
              backlog <b>{short(t().backlog)}</b>
            </span>
          </>
        )}
      </Show>
    </section>
  );
}
