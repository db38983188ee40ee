import { createSignal, For, type JSX, Show } from "solid-js";
import { ChevronIcon } from "./icons.tsx";

/** Rows on screen at most; the topics keep more, and the API all. */
const MAX_ROWS = 200;

/** A table row that opens to its cause: click, Enter or space. */
export function WhyRow(props: { cells: JSX.Element; why: () => JSX.Element; columns: number; label: string }) {
  const [open, setOpen] = createSignal(false);
  const toggle = () => setOpen((o) => !o);
  return (
    <>
      <tr class="opens" classList={{ open: open() }} onClick={toggle}>
        {props.cells}
        <td class="r">
          <button
            type="button"
            class="more"
            aria-expanded={open()}
            aria-label={`Why: ${props.label}`}
            onClick={(e) => {
              e.stopPropagation();
              toggle();
            }}
          >
            <ChevronIcon small />
          </button>
        </td>
      </tr>
      <Show when={open()}>
        <tr class="why">
          <td colSpan={props.columns + 1}>{props.why()}</td>
        </tr>
      </Show>
    </>
  );
}

/** The newest rows, and a word about the rest. */
export function Rows(props: { keys: readonly string[]; max?: number; columns: number; children: (key: string) => JSX.Element }) {
  const max = () => props.max ?? MAX_ROWS;
  const shown = () => (props.keys.length > max() ? props.keys.slice(0, max()) : props.keys);
  return (
    <tbody>
      <For each={shown()}>{(key) => props.children(key)}</For>
      <Show when={props.keys.length > max()}>
        <tr>
          <td class="faint" colSpan={props.columns}>
            {props.keys.length - max()} older ones not shown
          </td>
        </tr>
      </Show>
    </tbody>
  );
}
