import type { InputEvent } from "../domain/event.ts";
import { halt } from "../domain/market.ts";
import { type Ms, ms, type Ticker } from "../domain/units.ts";
import { BarMaker } from "./bar-maker.ts";
import { nextSession, previousSession, type Session } from "./calendar.ts";
import { type Company, companyOf } from "./companies.ts";
import { dayShape } from "./day-shape.ts";
import { DAY_MS, parseDay } from "./days.ts";
import { Halting, type HaltPlan } from "./halting.ts";
import { Newsroom, type Story } from "./newsroom.ts";
import { Prices, type Push, usualSd } from "./prices.ts";
import type { Regime } from "./regimes.ts";
import { GeneratedMarketConfig, type GeneratedMarketSettings } from "./settings.ts";

/** In one batch news comes first, then halts, quotes, bars; within a kind the order of the tickers. */
const RANK: Readonly<Record<string, number>> = { "news.raw": 0, "market.halt": 1, "market.quote": 2, "market.bar": 3 };
const SHORT_BAR_MS = 300_000;
const MINUTE_MS = 60_000;

/** An endless market. Pure: the same settings give the same events, whoever asks, whenever, on whatever machine. */
export interface GeneratedMarket {
  readonly config: GeneratedMarketConfig;
  readonly tickers: readonly Ticker[];
  readonly companies: readonly Company[];
  /** The next events, all of one `tSeen`, never none. `tSeen` grows from batch to batch. `seq` is 0: the door stamps it. */
  next(): readonly InputEvent[];
  /** Drops batches: a restart that had seen n batches goes on with the next. */
  skip(batches: number): void;
  /** Drops every batch seen at or before a moment. */
  seek(after: Ms): void;
  /** What lies behind a headline of this session or the one before, or null. For tests and explanations, never for trading. */
  truthOf(newsId: string): Story | null;
  /** The regime of the session that is being played. */
  regime(): Regime;
}

/** Before the open the price has hours to take a story in: most of it is in the gap. What turns out false turns after the open. */
const overnight = ({ now, later }: Push): Push => {
  const lasting = now * later >= 0;
  return lasting ? { now: 0.75 * (now + later), later: 0.25 * (now + later) } : { now: 2 * now, later: later - now };
};

const perStep = (barMs: number): number => Math.min(barMs, 390 * MINUTE_MS) / MINUTE_MS;
const stepsIn = (session: Session, barMs: number): number => Math.max(1, Math.ceil((session.close - session.open) / barMs));

class Simulation implements GeneratedMarket {
  readonly config: GeneratedMarketConfig;
  readonly tickers: readonly Ticker[];
  readonly companies: readonly Company[];
  private readonly prices: Prices;
  private readonly newsroom: Newsroom;
  private readonly makers: readonly BarMaker[];
  private readonly halting: Halting;
  private readonly mayHalt: boolean;
  private readonly stories = new Map<string, Story>();
  private session: Session;
  private lastClose: Ms;
  private today: readonly Story[] = [];
  private told = 0;
  private plans: readonly HaltPlan[] = [];
  private step = -1;
  private ready: (readonly InputEvent[])[] = [];
  private given = 0;

  constructor(config: GeneratedMarketConfig) {
    this.config = config;
    this.tickers = config.tickers;
    this.companies = config.tickers.map((t) => companyOf(t, config.names[t]));
    const minutes = perStep(config.barMs);
    this.prices = new Prices(this.companies, config.seed, minutes, config.volatility);
    this.newsroom = new Newsroom(this.companies, this.tickers, {
      seed: config.seed,
      newsPerDay: config.newsPerDay,
      falseAlarms: config.falseAlarms,
      impact: config.newsImpact,
    });
    this.makers = this.companies.map(
      (c, i) => new BarMaker(this.tickers[i] as Ticker, c, config.seed, 390 / minutes, usualSd(c, minutes)),
    );
    this.mayHalt = config.halts && config.barMs <= SHORT_BAR_MS;
    const bands = Float64Array.from(this.companies, (c) => (c.price * c.volume > 150 ? 0.05 : 0.1));
    this.halting = new Halting(bands, config.seed, minutes);
    this.session = nextSession(ms(parseDay(config.start) * DAY_MS));
    this.lastClose = previousSession(this.session.open).close;
  }

  next(): readonly InputEvent[] {
    while (this.given >= this.ready.length) {
      this.ready.length = 0;
      this.given = 0;
      this.advance();
    }
    return this.ready[this.given++] as readonly InputEvent[];
  }

  skip(batches: number): void {
    for (let i = 0; i < batches; i++) this.next();
  }

  seek(after: Ms): void {
    while ((this.next()[0] as InputEvent).tSeen <= after);
    this.given--;
  }

  truthOf(newsId: string): Story | null {
    return this.stories.get(newsId) ?? null;
  }

  regime(): Regime {
    return this.prices.regime;
  }

  private advance(): void {
    if (this.step < 0) this.openSession();
    else this.playStep();
    if (this.step < stepsIn(this.session, this.config.barMs)) return;
    this.lastClose = this.session.close;
    this.session = nextSession(this.session.close);
    this.step = -1;
  }

  private openSession(): void {
    const { session } = this;
    this.forget();
    this.today = this.newsroom.day(session, this.lastClose, this.prices.price);
    this.told = 0;
    for (const s of this.today) this.stories.set(s.news.id, s);
    const events: InputEvent[] = [];
    for (let s = this.today[0]; s && s.news.tSeen < session.open; s = this.today[++this.told]) {
      events.push(s.news);
      this.prices.push(s.index, overnight(s.push));
    }
    const at = { tEvent: session.open, tSeen: session.open };
    this.tickers.forEach((t, i) => {
      if (this.halting.frozen[i] === 1) events.push(halt(t, at, false, "trading resumes at the open"));
    });
    this.prices.openSession();
    this.halting.openSession(this.prices.price);
    for (const m of this.makers) m.openSession();
    this.plans = this.mayHalt ? this.planHalts() : [];
    this.queue(events);
    this.step = 0;
  }

  /** Keeps the stories of two sessions. */
  private forget(): void {
    const keep = new Set(this.today.map((s) => s.news.id));
    for (const id of this.stories.keys()) if (!keep.has(id)) this.stories.delete(id);
  }

  private planHalts(): readonly HaltPlan[] {
    const steps = stepsIn(this.session, this.config.barMs);
    return this.today.slice(this.told).flatMap((s) => {
      const step = Math.floor((s.news.tSeen - this.session.open) / this.config.barMs);
      const plan = s.retells === null ? this.halting.planFor(s.index, s.topic.reach, step, steps) : null;
      return plan ? [plan] : [];
    });
  }

  private playStep(): void {
    const { session, prices, step } = this;
    const { barMs, quotesPerBar } = this.config;
    const steps = stepsIn(session, barMs);
    const start = session.open + step * barMs;
    const end = ms(Math.min(start + barMs, session.close));
    const events: InputEvent[] = [];
    const inShortBars = barMs <= SHORT_BAR_MS;
    const firstStory = this.told;
    for (let s = this.today[this.told]; s && s.news.tSeen <= end; s = this.today[++this.told]) {
      events.push(s.news);
      if (!inShortBars) prices.push(s.index, s.push);
    }
    const shape = dayShape(steps);
    prices.step(shape.volatility[step] as number, this.halting.frozen);
    const bars = this.makeBars(ms(start), end, shape.volume[step] as number);
    if (quotesPerBar > 0) this.quotes(start, end, events);
    if (inShortBars) for (let k = firstStory; k < this.told; k++) this.tell(this.today[k] as Story);
    this.step++;
    if (this.mayHalt) this.haltAndResume(end, steps, events);
    if (events.length === 0) {
      if (bars.length > 0) this.ready.push(bars);
      return;
    }
    for (const b of bars) events.push(b);
    this.queue(events);
  }

  private tell(story: Story): void {
    this.prices.push(story.index, story.push);
  }

  private makeBars(start: Ms, end: Ms, volumeShape: number): InputEvent[] {
    const { price, from, sd, heat } = this.prices;
    const { frozen } = this.halting;
    const bars: InputEvent[] = [];
    for (let i = 0; i < this.makers.length; i++) {
      if (frozen[i] === 1) continue;
      bars.push(
        (this.makers[i] as BarMaker).make(
          start,
          end,
          this.config.barMs,
          from[i] as number,
          price[i] as number,
          sd[i] as number,
          volumeShape,
          heat[i] as number,
        ),
      );
    }
    return bars;
  }

  private quotes(start: number, end: Ms, into: InputEvent[]): void {
    const { quotesPerBar } = this.config;
    const { heat } = this.prices;
    const tickers = this.makers.length;
    for (let q = 0; q < quotesPerBar; q++)
      for (let i = 0; i < tickers; i++) {
        if (this.halting.frozen[i] === 1) continue;
        const fraction = (q + (i + 0.5) / tickers) / quotesPerBar;
        const at = start + 1 + Math.floor(fraction * (end - start - 1));
        into.push((this.makers[i] as BarMaker).quoteAt(at, fraction, heat[i] as number));
      }
  }

  /** Between two steps: whose price broke out, who trades again, and who stops because a story is coming. */
  private haltAndResume(at: Ms, steps: number, into: InputEvent[]): void {
    const { halting, prices, step } = this;
    const stamp = { tEvent: at, tSeen: at };
    for (let i = 0; i < this.tickers.length; i++) {
      const ticker = this.tickers[i] as Ticker;
      if (halting.frozen[i] === 1) {
        if (step >= steps || !halting.resumes(i, step)) continue;
        prices.reopen(i);
        halting.reset(i, prices.price[i] as number);
        into.push(halt(ticker, stamp, false, "trading resumes"));
        continue;
      }
      const way = halting.follows(i, prices.price[i] as number, step, steps);
      if (way === 0 || step >= steps) continue;
      halting.stop(i, step);
      into.push(halt(ticker, stamp, true, `volatility pause, limit ${way > 0 ? "up" : "down"}`));
    }
    for (const plan of this.plans) {
      if (plan.step !== step || halting.frozen[plan.index] === 1) continue;
      halting.stop(plan.index, step);
      into.push(halt(this.tickers[plan.index] as Ticker, stamp, true, "news pending"));
    }
  }

  /** Cuts events into batches of one `tSeen`, joined to the last one ready when that has the same. */
  private queue(events: InputEvent[]): void {
    events.sort((a, b) => a.tSeen - b.tSeen || (RANK[a.type] as number) - (RANK[b.type] as number));
    let batch: InputEvent[] = [];
    for (const e of events) {
      if (batch.length > 0 && (batch[0] as InputEvent).tSeen !== e.tSeen) {
        this.ready.push(batch);
        batch = [];
      }
      batch.push(e);
    }
    if (batch.length > 0) this.ready.push(batch);
  }
}

/** @throws ZodError when a setting is out of its range. */
export const generatedMarket = (settings: GeneratedMarketSettings = {}): GeneratedMarket =>
  new Simulation(GeneratedMarketConfig.parse(settings));
