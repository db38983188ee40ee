import { type Accessor, createSignal, onCleanup } from "solid-js";

/** This browser's clock, epoch ms, four times a second: for ages and countdowns only. */
export const createClock = (everyMs = 250): Accessor<number> => {
  const [now, setNow] = createSignal(Date.now());
  const timer = setInterval(() => setNow(Date.now()), everyMs);
  onCleanup(() => clearInterval(timer));
  return now;
};
