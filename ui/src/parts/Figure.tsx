import { createEffect, on } from "solid-js";

/** A number that glows for 300 ms when it changes. The animation is the style's; it is off where motion is not wanted. */
export function Figure(props: { text: string; class?: string; title?: string }) {
  let box!: HTMLSpanElement;
  createEffect(
    on(
      () => props.text,
      () => {
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
