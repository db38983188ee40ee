import type { Command } from "../../streams/domain/control.ts";
import { clockMark, controlCommand } from "../../streams/domain/control.ts";
import { stamped } from "../../streams/domain/envelope.ts";
import type { InputEvent } from "../../streams/domain/event.ts";
import { type Bar, bar, halt } from "../../streams/domain/market.ts";
import type { OrderAction, OrderIntent } from "../../streams/domain/order.ts";
import { ms, px, qty, type Ticker } from "../../streams/domain/units.ts";
import type { View } from "../../streams/strategies/define.ts";
import { MICROS } from "./amounts.ts";
import { MONEY } from "./controlState.ts";
import type { Counts } from "./counts.ts";
import { TRADERS, VIEWERS } from "./script.ts";
import type { Setup } from "./setup.ts";
import { kindsOf, type OrderStep, type Shape, type Step, type Volume } from "./steps.ts";
import { TICKERS, type World } from "./world.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** Tuesday 2024-01-02, 9:30 in New York, and the sessions after it. */
const FIRST_OPEN = Date.UTC(2024, 0, 2, 14, 30);
const SESSIONS = [2, 3, 4, 5, 8, 9, 10, 11, 12].map((day) => FIRST_OPEN + (day - 2) * DAY_MS);
const VOLUMES: Readonly<Record<Volume, (unit: number) => number>> = {
  plenty: () => 100_000_000,
  thin: (unit) => 20 + Math.floor(unit * 3_000),
  unsaid: () => 0,
};
const LEAST_PRICE = 0.5;
const MOST_PRICE = 5_000;
/** More crashes within a minute than a supervisor bears end the process, as they should. */
const MOST_CRASHES = 2;

const cents = (usd: number): number => Math.round(Math.min(MOST_PRICE, Math.max(LEAST_PRICE, usd)) * 100) / 100;

/** Plays steps in a world: what is drawn as fractions becomes prices and shares of now. */
export class Player {
  readonly #world: World;
  readonly #setup: Setup;
  readonly #counts: Counts;
  readonly #prices: number[];
  /** µUSD and ms of the core's time. */
  now = FIRST_OPEN;
  #crashes = 0;

  constructor(world: World, setup: Setup, counts: Counts) {
    this.#world = world;
    this.#setup = setup;
    this.#counts = counts;
    this.#prices = [...setup.prices];
    if (setup.adopted.length > 0) counts.add("adopted");
  }

  play(step: Step): void {
    for (const kind of kindsOf(step)) this.#counts.add(kind);
    switch (step.do) {
      case "bar":
        this.#bars([[step.ticker, step.shape]]);
        return;
      case "moment":
        this.#bars(step.shapes.map((shape, i) => [i, shape] as const));
        return;
      case "view":
        this.#say(VIEWERS[step.by], step.ticker, { score: step.score, confidence: 1, reason: "", causes: [] });
        return;
      case "order":
        this.#order(step);
        return;
      case "cancelAll":
        this.#say(TRADERS[step.by], step.ticker, { do: "cancelAll" });
        return;
      case "replace":
        this.#replace(step);
        return;
      case "crash":
        this.#crash(step.target);
        return;
      case "nextDay":
        this.now = SESSIONS.find((open) => open > this.now) ?? this.now;
        return;
      case "silence":
        this.now += step.minutes * MINUTE_MS;
        this.feed([clockMark(ms(this.now))]);
        return;
      case "answer":
        this.#answer(step);
        return;
      case "halt":
      case "unhalt":
        this.halt(step.ticker, step.do === "halt");
        return;
      case "split":
      case "dividend":
        this.#corporate(step);
        return;
      default:
        this.command(commandOf(step, (i) => this.#ticker(i)));
        return;
    }
  }

  command(command: Command): void {
    this.feed([controlCommand("person", command, ms(this.now))]);
  }

  halt(ticker: number, halted: boolean): void {
    const at = { tEvent: ms(this.now), tSeen: ms(this.now) };
    this.feed([halt(this.#ticker(ticker), at, halted, "news pending")]);
  }

  /** All tickers at the prices of before, with more volume than anyone needs. */
  quietMoment(): void {
    const flat: Shape = { jump: 0, drift: 0, up: 0, down: 0, volume: "plenty" };
    this.#bars(this.#prices.map((_, i) => [i, flat] as const));
  }

  feed(batch: readonly InputEvent[]): void {
    const { watch, core } = this.#world;
    watch.begin(batch.filter((e): e is Bar => e.type === "market.bar"));
    core.feed(batch);
    watch.end(() => this.#world.moneyRuns());
  }

  #say(strategy: string | undefined, ticker: number, said: View | OrderAction): void {
    this.#world.script.note(strategy ?? "", this.#ticker(ticker), said);
  }

  #ticker(number: number): Ticker {
    return TICKERS[number] as Ticker;
  }

  #bars(shapes: readonly (readonly [number, Shape])[]): void {
    const begin = ms(this.now);
    this.now += MINUTE_MS;
    this.feed(
      shapes.map(([i, shape]) => {
        const open = cents((this.#prices[i] as number) * (1 + shape.jump));
        const close = cents(open * (1 + shape.drift));
        this.#prices[i] = close;
        const high = cents(Math.max(open, close) * (1 + shape.up));
        const low = cents(Math.min(open, close) * (1 - shape.down));
        const volume = VOLUMES[shape.volume](Math.abs(shape.drift * 37) % 1);
        return bar(this.#ticker(i), begin, ms(this.now), open, high, low, close, volume, MINUTE_MS);
      }),
    );
  }

  #order(step: OrderStep): void {
    const price = this.#prices[step.ticker] as number;
    const equity = Math.max(0, this.#world.watch.shadow.equity()) / MICROS;
    const at = px(Math.round(cents(price * step.at) * MICROS));
    const away = (fraction: number | null, sign: number) =>
      fraction === null ? null : px(Math.round(cents(price * (1 + sign * fraction)) * MICROS));
    const sign = step.side === "buy" ? 1 : -1;
    const isSized = step.cashFraction === null && step.size !== "sizing";
    const order: OrderIntent = {
      side: step.side,
      kind: step.kind,
      qty: isSized ? qty(Math.max(1, Math.floor((equity * Number(step.size)) / price)) * MICROS) : null,
      ...(step.cashFraction === null ? {} : { cashFraction: step.cashFraction }),
      ...(step.kind === "limit" ? { limitPx: at } : {}),
      ...(step.kind === "stop" ? { stopPx: at } : {}),
      ...(step.bracket
        ? { bracket: { stopLoss: away(step.bracket.stop, -sign), takeProfit: away(step.bracket.take, sign) } }
        : {}),
      reduceOnly: step.reduceOnly,
      reason: "as drawn",
    };
    this.#say(TRADERS[step.by], step.ticker, { do: "submit", order });
  }

  #replace({ by, ticker, stop, take }: Extract<Step, { do: "replace" }>): void {
    const price = this.#prices[ticker] as number;
    const at = (usd: number) => px(Math.round(cents(usd) * MICROS));
    this.#say(TRADERS[by], ticker, {
      do: "replace",
      ...(stop === null ? {} : { stopLoss: at(price * (1 - stop)) }),
      ...(take === null ? {} : { takeProfit: at(price * (1 + take)) }),
    });
  }

  #crash(target: string): void {
    if (this.#crashes >= MOST_CRASHES) return;
    this.#crashes += 1;
    this.#world.breaking.due.add(target);
  }

  #answer({ how, which, jump }: Extract<Step, { do: "answer" }>): void {
    const said = this.#world.broker?.answer(how, which, jump, this.now) ?? [];
    for (const e of said) this.feed([e]);
  }

  /** At the prices of after: the next bar is of new shares. */
  #corporate(step: Extract<Step, { do: "split" | "dividend" }>): void {
    const ticker = this.#ticker(step.ticker);
    const price = this.#prices[step.ticker] as number;
    const head = { seq: stamped.seq, v: 1, tEvent: ms(this.now), tSeen: ms(this.now), cause: stamped.seq } as const;
    if (step.do === "dividend") {
      const perShare = px(Math.max(10_000, Math.round(price * step.fraction * 100) * 10_000));
      this.feed([{ type: "account.dividend", ...head, ticker, perShare }]);
      return;
    }
    // A broker outside rescales in its own time, which it is not drawn here.
    if (this.#setup.outside) return;
    const { numerator, denominator } = step;
    this.#prices[step.ticker] = cents((price * denominator) / numerator);
    this.feed([{ type: "account.split", ...head, ticker, numerator, denominator }]);
  }
}

type Commanding = Extract<
  Step,
  { do: "pause" | "resume" | "kill" | "unkill" | "close" | "closeAll" | "reconcile" | "actor" | "nextDay" }
>;

const commandOf = (step: Commanding, tickerOf: (i: number) => Ticker): Command => {
  switch (step.do) {
    case "pause":
      return { do: "pause", reason: "as drawn" };
    case "kill":
      return { do: "kill", reason: "as drawn", wholeAccount: step.whole };
    case "close":
      return { do: "close", ticker: tickerOf(step.ticker), wholeAccount: step.whole };
    case "closeAll":
      return { do: "closeAll", wholeAccount: step.whole };
    case "actor":
      return { do: "actor", path: step.target === "money" ? MONEY : `${MONEY}/${step.target}`, action: step.action };
    case "resume":
    case "unkill":
    case "reconcile":
      return { do: step.do };
    case "nextDay":
      throw new Error("not a command");
  }
};
