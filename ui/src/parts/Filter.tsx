import { onCleanup } from "solid-js";

let current: HTMLInputElement | null = null;
/** Puts the cursor into the filter of the view on screen, where it has one. */
export const focusFilter = (): boolean => {
  current?.focus();
  current?.select();
  return current !== null;
};

/** Narrows a list by words; every word must occur. Reached with `/`, left with Escape. */
export function Filter(props: { text: string; onText: (text: string) => void; hint: string }) {
  let box!: HTMLInputElement;
  onCleanup(() => {
    if (current === box) current = null;
  });
  return (
    <input
      ref={(el) => {
        box = el;
        current = el;
      }}
      class="field filter"
      type="search"
      placeholder={`${props.hint}  /`}
      aria-label={props.hint}
      aria-keyshortcuts="/"
      value={props.text}
      onInput={(e) => props.onText(e.currentTarget.value)}
      onKeyDown={(e) => {
        if (e.key !== "Escape") return;
        props.onText("");
        box.blur();
      }}
    />
  );
}

/** True when every word of the query occurs in the text, in any case. */
export const matches = (query: string, text: string): boolean => {
  const low = text.toLowerCase();
  return query
    .toLowerCase()
    .split(/\s+/)
    .every((word) => low.includes(word));
};
