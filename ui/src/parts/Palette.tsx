import { useNavigate } from "@solidjs/router";
import { createMemo, createSignal, For, Show } from "solid-js";
import { type Deck, useDeck } from "../stores/deck.tsx";
import { toggleTheme } from "../theme.ts";
import { PLACES } from "../views/places.ts";
import { matches } from "./Filter.tsx";

interface Choice {
  readonly name: string;
  readonly kind: string;
  readonly run: () => void;
}

/** What goes on when trading is halted, and stops it when it is not. */
const trading = (deck: Deck): Choice => {
  const controls = deck.controls;
  if (controls.killed()) return { name: "Unkill: end the kill", kind: "P", run: () => deck.setDialog("unkill") };
  return controls.halted()
    ? { name: "Resume trading", kind: "P", run: () => void controls.bringBack() }
    : { name: "Pause trading", kind: "P", run: () => void controls.pause() };
};

const choicesOf = (deck: Deck, go: (path: string) => void): readonly Choice[] => {
  const controls = deck.controls;
  const tickers = [...new Set([...deck.positions.keys, ...deck.bars.keys])].sort();
  return [
    ...PLACES.map((p) => ({ name: p.name, kind: `g ${p.key}`, run: () => go(p.path) })),
    ...tickers.map((t) => ({ name: t, kind: deck.positions.byKey[t] ? "position" : "ticker", run: () => go(`/tickers/${t}`) })),
    trading(deck),
    { name: "Kill: stop, withdraw, close", kind: "⇧K", run: () => deck.setDialog("kill") },
    { name: "Close all positions", kind: "action", run: () => deck.setDialog("closeAll") },
    ...deck.positions.keys.map((t) => ({ name: `Close ${t}`, kind: "action", run: () => void controls.close(t) })),
    { name: "Play or pause the tape", kind: "space", run: controls.playPause },
    ...([1, 10, 60, 600, "max"] as const).map((s) => ({
      name: `Speed ${s === "max" ? "max" : `×${s}`}`,
      kind: "tape",
      run: () => controls.speed(s),
    })),
    { name: "Switch dark and light", kind: "theme", run: toggleTheme },
    { name: "Help", kind: "?", run: () => deck.setDialog("help") },
    { name: "Sign out", kind: "session", run: () => void deck.session.signOut() },
  ];
};

/** Type a few letters, Enter: any view, any ticker, any action. */
export function Palette() {
  const deck = useDeck();
  const go = useNavigate();
  const [query, setQuery] = createSignal("");
  const [at, setAt] = createSignal(0);
  const found = createMemo(() =>
    choicesOf(deck, go)
      .filter((c) => matches(query(), `${c.name} ${c.kind}`))
      .slice(0, 40),
  );
  const run = (choice: Choice | undefined) => {
    if (!choice) return;
    deck.setDialog(null);
    choice.run();
  };
  const onKey = (e: KeyboardEvent) => {
    const move = e.key === "ArrowDown" ? 1 : e.key === "ArrowUp" ? -1 : 0;
    if (move !== 0) {
      e.preventDefault();
      setAt((n) => (n + move + found().length) % Math.max(1, found().length));
      document.getElementById(`choice-${at()}`)?.scrollIntoView({ block: "nearest" });
    } else if (e.key === "Enter") {
      e.preventDefault();
      run(found()[at()]);
    }
  };
  return (
    <>
      <input
        type="text"
        role="combobox"
        aria-expanded="true"
        aria-controls="choices"
        aria-activedescendant={`choice-${at()}`}
        aria-label="Go to or do"
        placeholder="A view, a ticker, an action …"
        autofocus
        value={query()}
        onInput={(e) => {
          setQuery(e.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={onKey}
      />
      <div id="choices" class="choices" role="listbox" aria-label="Choices">
        <For each={found()}>
          {(choice, i) => (
            <div
              id={`choice-${i()}`}
              role="option"
              aria-selected={i() === at()}
              onClick={() => run(choice)}
              onKeyDown={onKey}
              tabIndex={-1}
            >
              <span>{choice.name}</span>
              <span class="faint">{choice.kind}</span>
            </div>
          )}
        </For>
        <Show when={found().length === 0}>
          <div class="dim">Nothing by that name.</div>
        </Show>
      </div>
    </>
  );
}
