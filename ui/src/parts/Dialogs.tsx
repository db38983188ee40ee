import { For, onMount, type ParentProps, Show } from "solid-js";
import { ACCOUNT_BOOK } from "../../../streams/domain/books.ts";
import { useDeck } from "../stores/deck.tsx";
import { PLACES } from "../views/places.ts";
import { Palette } from "./Palette.tsx";

/** A modal of the browser's own: it keeps the focus inside, gives it back, and closes with Escape. */
function Modal(props: ParentProps<{ label: string; class?: string; onClose: () => void }>) {
  let box!: HTMLDialogElement;
  onMount(() => box.showModal());
  return (
    <dialog
      ref={box}
      class={props.class ?? ""}
      aria-label={props.label}
      onClose={() => props.onClose()}
      onClick={(e) => {
        if (e.target === box) box.close();
      }}
      onKeyDown={(e) => {
        if (e.key !== "Escape") e.stopPropagation();
      }}
    >
      {props.children}
    </dialog>
  );
}

/** What may stand over everything else, one at a time. */
export function Dialogs() {
  const deck = useDeck();
  const close = () => deck.setDialog(null);
  const held = () => deck.positions.keys.map((k) => deck.positions.byKey[k]).filter((p) => p !== undefined);
  const ours = () => held().filter((p) => p.books.some((b) => b.book !== ACCOUNT_BOOK)).length;
  const closes = () => `${ours()} open ${ours() === 1 ? "position is" : "positions are"} closed at the market`;
  const stays = () => {
    const n = held().length - ours();
    return n === 0 ? "" : ` ${n} that no strategy bought ${n === 1 ? "stays" : "stay"}.`;
  };
  const afterwards = () => {
    const control = deck.control();
    const left = control?.killed?.left ?? 0;
    const stop = left === 0 ? "" : `${left} ${left === 1 ? "position is" : "positions are"} not closed yet, and may stay open. `;
    return `${stop}${control?.paused ? "The pause from before goes on." : "Strategies may open positions again."}`;
  };
  return (
    <>
      <Show when={deck.dialog() === "kill"}>
        <Confirm
          title="Kill: stop everything?"
          text={`Trading stops, every working order is withdrawn, and ${closes()}.${stays()} Only Unkill ends it.`}
          act="Kill"
          onAct={() => void deck.controls.kill()}
          onClose={close}
        />
      </Show>
      <Show when={deck.dialog() === "unkill"}>
        <Confirm
          title="Unkill: end the kill?"
          text={afterwards()}
          act="Unkill"
          calm
          onAct={() => void deck.controls.unkill()}
          onClose={close}
        />
      </Show>
      <Show when={deck.dialog() === "closeAll"}>
        <Confirm
          title="Close all positions?"
          text={`${closes()}.${stays()} Trading goes on.`}
          act="Close all"
          onAct={() => void deck.controls.closeAll()}
          onClose={close}
        />
      </Show>
      <Show when={deck.dialog() === "help"}>
        <Help onClose={close} />
      </Show>
      <Show when={deck.dialog() === "palette"}>
        <Modal label="Go to or do" class="palette" onClose={close}>
          <Palette />
        </Modal>
      </Show>
    </>
  );
}

function Confirm(props: { title: string; text: string; act: string; calm?: boolean; onAct: () => void; onClose: () => void }) {
  return (
    <Modal label={props.title} onClose={props.onClose}>
      <form method="dialog" class="inside">
        <h2>{props.title}</h2>
        <p>{props.text}</p>
        <div class="actions">
          <button type="submit" class="button" autofocus>
            Cancel<kbd>Esc</kbd>
          </button>
          <button
            type="submit"
            class="button"
            classList={{ danger: props.calm !== true, primary: props.calm === true }}
            onClick={() => props.onAct()}
          >
            {props.act}
          </button>
        </div>
      </form>
    </Modal>
  );
}

const KEYS: readonly (readonly [string, string])[] = [
  ["⌘K  Ctrl K", "go to a view or ticker, do anything"],
  ["/", "filter this list; Escape clears"],
  ["space", "play or pause the tape"],
  ["P", "pause or resume trading, or end a kill (asks first)"],
  ["⇧K", "kill: stop, withdraw, close (asks first)"],
  ["?", "this page"],
];

function Help(props: { onClose: () => void }) {
  return (
    <Modal label="Help" onClose={props.onClose}>
      <form method="dialog" class="inside">
        <h2>Keys</h2>
        <div class="keys">
          <For each={PLACES}>
            {(place) => (
              <>
                <span>
                  <kbd>g</kbd> <kbd>{place.key}</kbd>
                </span>
                <span>{place.name}</span>
              </>
            )}
          </For>
          <For each={KEYS}>
            {([keys, what]) => (
              <>
                <span>
                  <kbd>{keys}</kbd>
                </span>
                <span>{what}</span>
              </>
            )}
          </For>
        </div>
        <p class="credit">
          Times are New York's; amounts are US dollars. A click on a row of orders, signals or trades shows why it is there.
          Charts are drawn by Lightweight Charts™, Copyright © 2025 <a href="https://www.tradingview.com/">TradingView, Inc.</a>
        </p>
        <div class="actions">
          <button type="submit" class="button" autofocus>
            Close<kbd>Esc</kbd>
          </button>
        </div>
      </form>
    </Modal>
  );
}
