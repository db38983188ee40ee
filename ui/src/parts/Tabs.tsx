import { For } from "solid-js";

/** One of a few; arrow keys move between them. */
export function Tabs<T extends string>(props: {
  label: string;
  tabs: readonly { readonly id: T; readonly name: string }[];
  chosen: T;
  onChoose: (id: T) => void;
}) {
  const move = (e: KeyboardEvent, by: number) => {
    const at = props.tabs.findIndex((t) => t.id === props.chosen);
    const next = props.tabs[(at + by + props.tabs.length) % props.tabs.length];
    if (!next) return;
    e.preventDefault();
    props.onChoose(next.id);
    const list = (e.currentTarget as HTMLElement).parentElement;
    (list?.children[props.tabs.indexOf(next)] as HTMLElement | undefined)?.focus();
  };
  return (
    <div class="tabs" role="tablist" aria-label={props.label}>
      <For each={props.tabs}>
        {(tab) => (
          <button
            type="button"
            role="tab"
            aria-selected={props.chosen === tab.id}
            tabIndex={props.chosen === tab.id ? 0 : -1}
            onClick={() => props.onChoose(tab.id)}
            onKeyDown={(e) => {
              if (e.key === "ArrowRight") move(e, 1);
              if (e.key === "ArrowLeft") move(e, -1);
            }}
          >
            {tab.name}
          </button>
        )}
      </For>
    </div>
  );
}
