import { createEffect, on } from "solid-js";

/** What changes faster than this would glow without end and say nothing: it glows once in so many ms. */
const REST_MS = 900;

/** A number that glows for 300 ms when it changes. The animation is the style's; it is off where motion is not wanted. */
export function Figure(props: { text: string; class?: string; title?: string }) {
  let box!: HTMLSpanElement;
  let glowedAt = Number.NEGATIVE_INFINITY;
  createEffect(
    on(
      () => props.text,
      () => {
        const now = performance.now();
        if (now - glowedAt < REST_MS) return;
        glowedAt = now;
        // Two names of one animation, in turn: a change of name starts it anew without a forced layout.
        const odd = box.classList.contains("glow");
        box.classList.toggle("glow", !odd);
        box.classList.toggle("glow2", odd);
      },
      { defer: true },
    ),
  );
  return (
    <span ref={box} class={`figure ${props.class ?? ""}`} title={props.title}>
      {props.text}
    </span>
  );
}
