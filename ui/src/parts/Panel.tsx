import { createUniqueId, ErrorBoundary, type JSX, type ParentProps, Show } from "solid-js";
import { ErrorNote } from "./ErrorNote.tsx";

/** A title, a one-line answer beside it, tools, and the content. What breaks inside stays inside. */
export function Panel(
  props: ParentProps<{ title: string; answer?: JSX.Element; tools?: JSX.Element; class?: string; fixed?: boolean }>,
) {
  const id = createUniqueId();
  return (
    <section class={`panel ${props.class ?? ""}`} aria-labelledby={id}>
      <header>
        <h2 id={id}>{props.title}</h2>
        <span class="answer clip">{props.answer}</span>
        <Show when={props.tools}>
          <div class="tools">{props.tools}</div>
        </Show>
      </header>
      <div class="body" classList={{ fixed: props.fixed === true }}>
        <ErrorBoundary fallback={(error: unknown, again) => <ErrorNote error={error} again={again} />}>
          {props.children}
        </ErrorBoundary>
      </div>
    </section>
  );
}
