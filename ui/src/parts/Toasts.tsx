import { For } from "solid-js";
import { useDeck } from "../stores/deck.tsx";

/** What was asked and whether it was taken. */
export function Toasts() {
  const deck = useDeck();
  return (
    <div class="toasts" role="status" aria-live="polite">
      <For each={deck.controls.toasts()}>
        {(toast) => (
          <div class="toast" classList={{ bad: toast.bad }}>
            {toast.text}
          </div>
        )}
      </For>
    </div>
  );
}
