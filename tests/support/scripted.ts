import { ignoreElements, merge, mergeMap, tap } from "rxjs";
import { z } from "zod";
import { bookOf } from "../../streams/domain/books.ts";
import { type Command, controlCommand } from "../../streams/domain/control.ts";
import type { InputEvent } from "../../streams/domain/event.ts";
import { type Bar, bar } from "../../streams/domain/market.ts";
import type { OrderAction } from "../../streams/domain/order.ts";
import type { RunConfig } from "../../streams/domain/run.ts";
import { ms, SCALE, type Ticker } from "../../streams/domain/units.ts";
import { everyBook } from "../../streams/portfolio/ledger.ts";
import { defineStrategy, type OrderNews } from "../../streams/strategies/define.ts";
import type { AnyStrategy } from "../../streams/strategies/registry.ts";
import { FIRST_OPEN, type Played, type PlayOptions, played, taped } from "./playing.ts";

const MINUTE = 60_000;

/** Prices of one minute: a close (opens at the close before), or open, high, low, close. */
export type Minute = number | readonly [open: number, high: number, low: number, close: number];

/** Bars of a minute each. @param volume of each; the default is more than anybody trades */
export const minutesOf = (symbol: Ticker, minutes: readonly Minute[], volume = 1_000_000): Bar[] => {
  let last = typeof minutes[0] === "number" ? minutes[0] : (minutes[0]?.[0] ?? 0);
  return minutes.map((m, i) => {
    const [o, h, l, c] = typeof m === "number" ? [last, Math.max(last, m), Math.min(last, m), m] : m;
    last = c;
    const at = FIRST_OPEN + i * MINUTE;
    return bar(symbol, ms(at), ms(at + MINUTE), o, h, l, c, volume, MINUTE);
  });
};

const minuteAt = (at: number): number => Math.round((at - FIRST_OPEN) / MINUTE) - 1;
const minuteOf = (b: Bar): number => minuteAt(b.tSeen);

/** When the bar of that number was known. */
export const closeOf = (minute: number): number => FIRST_OPEN + (minute + 1) * MINUTE;

/** A person's command, told when the bar of that number was known: in its moment, or later. */
export const pressed = (minute: number, command: Command, laterMs = 0): InputEvent =>
  controlCommand("ana", command, ms(closeOf(minute) + laterMs));

const none = z.object({});

/** A strategy whose views are written down: by ticker and bar. Undefined: it says nothing. */
export const viewing = (name: string, say: (symbol: Ticker, minute: number) => number | undefined): AnyStrategy =>
  defineStrategy({
    name,
    params: none,
    signals: ({ bars$, ticker }) =>
      bars$.pipe(
        mergeMap((b) => {
          const score = say(ticker, minuteOf(b));
          return score === undefined ? [] : [{ score, confidence: 1, reason: "as written", causes: [b.seq] }];
        }),
      ),
  }) as unknown as AnyStrategy;

/** A strategy whose orders are written down. `heard` gets what it is told of them. */
export const ordering = (
  name: string,
  say: (symbol: Ticker, minute: number) => readonly OrderAction[],
  heard: OrderNews[] = [],
): AnyStrategy =>
  defineStrategy({
    name,
    params: none,
    orders: ({ bars$, orders$, ticker }) =>
      merge(
        bars$.pipe(mergeMap((b) => say(ticker, minuteOf(b)))),
        orders$.pipe(
          tap((n) => void heard.push(n)),
          ignoreElements(),
        ),
      ),
  }) as unknown as AnyStrategy;

/** Plays what is written down: each strategy with weight 1, without costs, without limits that a test does not name. */
export const scripted = (
  strategies: readonly AnyStrategy[],
  events: readonly InputEvent[],
  config: Partial<z.input<typeof RunConfig>> = {},
  options: Pick<PlayOptions, "tree"> = {},
): Played =>
  played(taped(events), {
    ...options,
    known: new Map(strategies.map((s) => [s.name, s])),
    config: {
      strategies: strategies.map((s) => ({ name: s.name })),
      cash: "10000",
      sizing: { by: "shares", shares: 10 },
      costs: { slippage: 0 },
      volumeShare: 1,
      ...config,
      risk: { maxPositionFraction: 1, maxDailyLossFraction: 1, ...config.risk },
    },
  });

/** Each fill in a line: the number of the bar after which, or at whose end, it was known; whose it is, what, at what price. */
export const fillsOf = (p: Pick<Played, "events">): string[] =>
  p.events.flatMap((e) =>
    e.type === "order.filled"
      ? [`${minuteAt(e.tSeen)} ${bookOf(e.orderId, e.ticker)} ${e.ticker} ${e.side} ${e.qty / SCALE} @ ${e.px / SCALE}`]
      : [],
  );

/** What every book holds, the flat ones apart: `dip AAPL 10`. */
export const heldIn = (p: Played): string[] =>
  everyBook(p.collector.ledger).flatMap((b) => (b.shares === 0 ? [] : [`${b.book} ${b.ticker} ${b.shares / SCALE}`]));

/** What was decided of each order that did not pass whole: `3 AAPL resized 10 to 5: POSITION_EXCEEDS_LIMIT`. */
export const refusalsOf = (p: Pick<Played, "events">): string[] =>
  p.events.flatMap((e) =>
    e.type === "risk.verdict" && e.outcome !== "approved"
      ? [
          `${minuteAt(e.tSeen)} ${e.ticker} ${e.outcome} ${e.asked / SCALE}${e.outcome === "resized" ? ` to ${e.granted / SCALE}` : ""}: ${e.denial?.code}`,
        ]
      : [],
  );
