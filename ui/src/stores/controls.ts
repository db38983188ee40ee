import { type Accessor, createSignal } from "solid-js";
import type { ControlItem } from "../../../gateway/contract/controlItems.ts";
import { routes } from "../../../gateway/contract/http.ts";
import type { PlaySpeed, TapeItem } from "../../../gateway/contract/systemItems.ts";
import { ApiError, call } from "../api/http.ts";

export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly bad: boolean;
}
const TOAST_MS = 5_000;

/** What a person can ask the deck to do. What it did comes back by the topics, never from here. */
export const createControls = (deck: {
  tape: Accessor<TapeItem | null>;
  control: Accessor<ControlItem | null>;
  mayControl: Accessor<boolean>;
}) => {
  const [toasts, setToasts] = createSignal<readonly Toast[]>([]);
  let nextId = 1;
  const drop = (id: number) => setToasts((all) => all.filter((t) => t.id !== id));
  const say = (text: string, bad = false) => {
    const id = nextId++;
    setToasts((all) => [...all.slice(-3), { id, text, bad }]);
    setTimeout(() => drop(id), bad ? 2 * TOAST_MS : TOAST_MS);
  };
  const ask = async (what: string, doing: () => Promise<unknown>): Promise<void> => {
    if (!deck.mayControl()) return say(`${what}: not now. The deck is out of reach, or this session may only read.`, true);
    try {
      await doing();
      say(what);
    } catch (e) {
      say(`${what}: ${e instanceof ApiError ? e.message : String(e)}`, true);
    }
  };
  const reason = "asked on the dashboard";
  const play = (body: { playing?: boolean; speed?: PlaySpeed }, what: string) => ask(what, () => call(routes.play, { body }));
  const resume = () => ask("Resume: trading goes on", () => call(routes.resume));
  const actor = (path: string, action: "restart" | "pause" | "resume" | "stop") =>
    ask(`${action} ${path}`, () => call(routes.controlActor, { params: { path, action } }));
  return {
    toasts,
    say,
    halted: () => deck.control()?.trading === false,
    killed: () => (deck.control()?.killed ?? null) !== null,
    pause: () => ask("Pause: nothing new is opened", () => call(routes.pause, { body: { reason } })),
    resume,
    kill: () =>
      ask("Kill: orders withdrawn, positions closing", () => call(routes.kill, { body: { reason, wholeAccount: false } })),
    unkill: () => ask("Unkill: the kill is over", () => call(routes.unkill)),
    closeAll: () => ask("Close all positions", () => call(routes.closeAll, { body: { wholeAccount: false } })),
    close: (ticker: string) =>
      ask(`Close ${ticker}`, () => call(routes.closePosition, { params: { ticker }, body: { wholeAccount: false } })),
    actor,
    /** Ends what halts trading, but for a kill: that one is confirmed. */
    bringBack: () => {
      const { paused, stopped } = deck.control() ?? {};
      const [out] = stopped ?? [];
      return paused || !out ? resume() : actor(out.path, out.how === "pause" ? "resume" : "restart");
    },
    retry: (id: number) => ask(`Retry message ${id}`, () => call(routes.retryDeadLetter, { params: { id } })),
    playPause: () => {
      const tape = deck.tape();
      if (!tape?.playable) return say("This market cannot be paused: it is not a tape.", true);
      void play({ playing: !tape.playing }, tape.playing ? "Tape paused" : "Tape plays");
    },
    speed: (speed: PlaySpeed) => void play({ speed }, `Speed ${speed === "max" ? "as fast as it goes" : `×${speed}`}`),
  };
};
