import { useNavigate } from "@solidjs/router";
import { onCleanup } from "solid-js";
import { focusFilter } from "./parts/Filter.tsx";
import type { Deck } from "./stores/deck.tsx";
import { PLACES } from "./views/places.ts";

/** The second key of `g x` must come within this time, ms. */
const SEQUENCE_MS = 1200;

const writing = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
/** Space on a button or link is theirs. */
const pressable = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.closest("button, a, summary") !== null;

/** The whole deck from the keyboard. */
export const useKeys = (deck: Deck): void => {
  const go = useNavigate();
  let gAt = Number.NEGATIVE_INFINITY;
  const plain: Readonly<Record<string, (e: KeyboardEvent) => boolean>> = {
    g: (e) => {
      gAt = e.timeStamp;
      return true;
    },
    "/": () => focusFilter(),
    "?": () => {
      deck.setDialog("help");
      return true;
    },
    p: () => {
      if (deck.controls.killed()) deck.setDialog("unkill");
      else void (deck.controls.halted() ? deck.controls.bringBack() : deck.controls.pause());
      return true;
    },
    K: () => {
      deck.setDialog("kill");
      return true;
    },
    " ": (e) => {
      if (pressable(e.target)) return false;
      deck.controls.playPause();
      return true;
    },
  };
  const onKey = (e: KeyboardEvent) => {
    if ((e.metaKey || e.ctrlKey) && !e.altKey && e.key.toLowerCase() === "k") {
      e.preventDefault();
      deck.setDialog((d) => (d === "palette" ? null : "palette"));
      return;
    }
    if (e.metaKey || e.ctrlKey || e.altKey || e.repeat || writing(e.target) || deck.dialog() !== null) return;
    const place = e.timeStamp - gAt < SEQUENCE_MS ? PLACES.find((p) => p.key === e.key) : undefined;
    gAt = Number.NEGATIVE_INFINITY;
    if (place) {
      e.preventDefault();
      go(place.path);
      return;
    }
    const act = plain[e.key === "P" ? "p" : e.key];
    if (act?.(e)) e.preventDefault();
  };
  document.addEventListener("keydown", onKey);
  onCleanup(() => document.removeEventListener("keydown", onKey));
};
