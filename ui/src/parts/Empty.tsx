import { For, type JSX, type ParentProps, Show } from "solid-js";

/** Nothing yet: says what would fill the place, and how. */
export function Empty(props: { title: string; hint: JSX.Element }) {
  return (
    <div class="state">
      <b>{props.title}</b>
      <p>{props.hint}</p>
    </div>
  );
}

/** The shape of rows to come; nothing moves when they do. */
export function Ghost(props: { rows?: number }) {
  return (
    <output class="ghost" aria-busy="true" aria-label="Loading">
      <For each={Array.from({ length: props.rows ?? 6 })}>{() => <i />}</For>
    </output>
  );
}

/** Loading, empty or the content, in this order. */
export function Filled(props: ParentProps<{ ready: boolean; some: boolean; title: string; hint: JSX.Element; rows?: number }>) {
  return (
    <Show when={props.ready} fallback={<Ghost rows={props.rows ?? 6} />}>
      <Show when={props.some} fallback={<Empty title={props.title} hint={props.hint} />}>
        {props.children}
      </Show>
    </Show>
  );
}
