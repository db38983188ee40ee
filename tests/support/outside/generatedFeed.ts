import { type Ticker, ticker } from "../../../streams/domain/units.ts";
import { chance } from "../killing.ts";
import type { MarketClock, Pushed } from "./protocol.ts";

const TICKERS = ["AAPL", "MSFT", "NVDA", "AMZN", "TSLA", "JPM"].map((symbol) => ticker(symbol));
const BAR_MS = 15_000;
const WORDS = ["beats estimates", "cuts its outlook", "recalls a product", "wins a contract", "is sued", "raises its dividend"];

interface Line {
  readonly ticker: Ticker;
  /** USD. */
  price: number;
  open: number;
  high: number;
  low: number;
}

/** Prices and headlines without end, from a seed; some bars come late, some headlines twice. */
export class GeneratedFeed {
  readonly #clock: MarketClock;
  readonly #draw: () => number;
  readonly #push: (what: Pushed) => void;
  readonly #lines: readonly Line[];
  readonly #timer: NodeJS.Timeout;
  #barAt: number;
  #headlines = 0;
  #stopped = false;

  constructor(seed: number, clock: MarketClock, push: (what: Pushed) => void) {
    this.#clock = clock;
    this.#draw = chance(seed);
    this.#push = (what) => {
      if (!this.#stopped) push(what);
    };
    this.#lines = TICKERS.map((of, i) => {
      const price = 80 + 40 * i;
      return { ticker: of, price, open: price, high: price, low: price };
    });
    this.#barAt = clock.now();
    this.#timer = setInterval(() => this.#step(), 100);
  }

  /** µUSD. */
  priceOf(of: Ticker): number {
    return Math.round((this.#lines.find((l) => l.ticker === of)?.price ?? 100) * 1e6);
  }

  /** Nothing more comes, nor what is late. */
  stop(): void {
    clearInterval(this.#timer);
    this.#stopped = true;
  }

  #step(): void {
    const at = this.#clock.now();
    for (const line of this.#lines) this.#move(line);
    const chosen = this.#lines[Math.floor(this.#draw() * this.#lines.length)] as Line;
    this.#push({ is: "quote", ticker: chosen.ticker, at, bid: chosen.price - 0.01, ask: chosen.price + 0.01 });
    if (this.#draw() < 0.5) this.#tellNews(chosen.ticker, at);
    if (at - this.#barAt < BAR_MS) return;
    for (const line of this.#lines) this.#tellBar(line);
    this.#barAt = at;
  }

  #move(line: Line): void {
    line.price = Math.max(5, Math.round(line.price * (1 + (this.#draw() - 0.5) * 0.002) * 100) / 100);
    line.high = Math.max(line.high, line.price);
    line.low = Math.min(line.low, line.price);
  }

  #tellBar(line: Line): void {
    const { ticker: of, open, high, low, price } = line;
    const bar: Pushed = { is: "bar", ticker: of, at: this.#barAt, barMs: BAR_MS, ohlc: [open, high, low, price] };
    if (this.#draw() < 0.1) this.#clock.after(20_000 + this.#draw() * 20_000, () => this.#push(bar));
    else this.#push(bar);
    Object.assign(line, { open: price, high: price, low: price });
  }

  #tellNews(of: Ticker, at: number): void {
    const n = this.#draw() < 0.05 ? Math.floor(this.#draw() * this.#headlines) : this.#headlines++;
    const headline = `${of} ${WORDS[n % WORDS.length]} (${n})`;
    this.#push({ is: "news", id: `n${n}`, at, tickers: [of], headline });
  }
}
