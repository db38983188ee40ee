import { A } from "@solidjs/router";
import { createMemo, Show } from "solid-js";
import { signed } from "../format.ts";

const W = 74;
const H = 18;
const path = (values: readonly number[]): string => {
  const low = Math.min(...values);
  const span = Math.max(...values) - low || 1;
  const step = W / Math.max(1, values.length - 1);
  return values
    .map((v, i) => `${i === 0 ? "M" : "L"}${(i * step).toFixed(1)} ${(H - 2 - ((v - low) / span) * (H - 4)).toFixed(1)}`)
    .join("");
};

/** The last closes as a line, coloured by where they went; the sign is beside it in its row. */
export function Spark(props: { values: readonly number[] }) {
  const line = createMemo(() => path(props.values));
  const way = () => Math.sign((props.values.at(-1) ?? 0) - (props.values[0] ?? 0));
  return (
    <Show when={props.values.length > 1} fallback={<span class="faint">–</span>}>
      <svg
        class="spark"
        classList={{ up: way() > 0, down: way() < 0 }}
        viewBox={`0 0 ${W} ${H}`}
        role="img"
        aria-label={way() > 0 ? "rose" : way() < 0 ? "fell" : "unchanged"}
      >
        <path d={line()} />
      </svg>
    </Show>
  );
}

/** A score in [−1, 1] from the middle to its side. */
export function Meter(props: { value: number; label: string }) {
  return (
    <span
      class="meter"
      classList={{ neg: props.value < 0 }}
      style={{ "--by": props.value }}
      role="img"
      aria-label={`${props.label} ${signed(props.value)}`}
      title={`${props.label} ${signed(props.value)}`}
    >
      <i />
    </span>
  );
}

/** A score in [−1, 1] as a chip; weak ones stay grey. */
export function Score(props: { value: number | null }) {
  const v = () => props.value ?? 0;
  return (
    <Show when={props.value !== null} fallback={<span class="chip">unscored</span>}>
      <span class="chip" classList={{ up: v() >= 0.15, down: v() <= -0.15 }}>
        {signed(v())}
      </span>
    </Show>
  );
}

/** A ticker, leading to its page from anywhere. */
export function Tick(props: { ticker: string }) {
  return (
    <A class="tick" href={`/tickers/${props.ticker}`} onClick={(e) => e.stopPropagation()}>
      {props.ticker}
    </A>
  );
}

/** Beside a ticker that is being closed. */
export function Closing(props: { waitsFor: string }) {
  return (
    <span class="closing" title={props.waitsFor}>
      closing…
    </span>
  );
}
