import { type NewsRaw, newsRaw } from "../domain/news.ts";
import { type Ms, ms, type Ticker } from "../domain/units.ts";
import type { Session } from "./calendar.ts";
import type { Company } from "./companies.ts";
import type { Push } from "./prices.ts";
import { Random } from "./random.ts";
import { BROKERS, QUARTERS, SOURCES, SUITORS, TOPICS, type Topic } from "./topics.ts";

/** What lies behind a headline: for tests and for showing what a strategy could have known. Never part of an event. */
export interface Story {
  readonly news: NewsRaw;
  readonly topic: Topic;
  /** Index of the ticker it moves; null: the whole market. */
  readonly index: number | null;
  /** Hidden sentiment in [-1, 1]. */
  readonly sentiment: number;
  /** Does not move the price, or moves it the other way in the end. */
  readonly falseAlarm: boolean;
  /** Id of the story that this one retells, or null. A retold story moves nothing. */
  readonly retells: string | null;
  /** What it does to the price from `news.tSeen` on. */
  readonly push: Push;
}

export interface NewsroomSettings {
  readonly seed: number;
  readonly newsPerDay: number;
  readonly falseAlarms: number;
  readonly impact: number;
}

const NOTHING: Push = { now: 0, later: 0 };
const HOUR_MS = 3_600_000;
const MARKET_TOPICS = TOPICS.filter((t) => t.kind === "market");
const oftenOf = (topics: readonly Topic[]): number => topics.reduce((sum, t) => sum + t.often, 0);
/** Share of stories that a second source tells again. */
const RETOLD = 0.15;
/** Share of company stories whose feed names no ticker: the reader must find it in the words. */
const UNTAGGED = 0.12;

/** Writes a day's stories: who, what, when, and what they do to prices. */
export class Newsroom {
  private readonly chance: Random;
  private readonly settings: NewsroomSettings;
  private readonly companies: readonly Company[];
  private readonly tickers: readonly Ticker[];
  /** Companies that make news: all but funds, the nervous more often. */
  private readonly makers: readonly number[];
  private readonly fund: readonly Ticker[];

  constructor(companies: readonly Company[], tickers: readonly Ticker[], settings: NewsroomSettings) {
    this.chance = new Random(settings.seed, "newsroom");
    this.settings = settings;
    this.companies = companies;
    this.tickers = tickers;
    this.makers = companies.flatMap((c, i) => (c.sector === null ? [] : c.nerves > 1.1 ? [i, i] : [i]));
    this.fund = tickers.filter((_, i) => companies[i]?.sector === null).slice(0, 1);
  }

  /** The stories seen from the last close up to this close, in the order in which they are seen. */
  day(session: Session, lastClose: Ms, prices: Float64Array): readonly Story[] {
    const wanted = this.settings.newsPerDay;
    const count = Math.floor(wanted * this.chance.between(0.7, 1.3) + this.chance.next());
    const stories: Story[] = [];
    for (let k = 0; k < count; k++) {
      const story = this.write(session, lastClose, prices, k);
      stories.push(story);
      if (story.topic.kind === "market" || !this.chance.chance(RETOLD)) continue;
      const later = story.news.tSeen + 60_000 + this.chance.below(19 * 60_000);
      if (later <= session.close) stories.push(this.retell(story, later, prices));
    }
    return stories.sort((a, b) => a.news.tSeen - b.news.tSeen || (a.news.id < b.news.id ? -1 : 1));
  }

  private write(session: Session, lastClose: Ms, prices: Float64Array, k: number): Story {
    const topic = this.topic();
    const about = topic.kind === "market" ? null : this.chance.pick(this.makers);
    const mood = topic.mood * this.chance.between(0.7, 1.1);
    const sentiment = mood > 1 ? 1 : Math.max(mood, -1);
    const odds = topic.kind === "rumour" ? this.settings.falseAlarms * 2.2 : this.settings.falseAlarms * 0.9;
    const falseAlarm = topic.mood !== 0 && this.chance.chance(odds);
    const at = this.when(session, lastClose);
    const headline = this.fill(this.chance.pick(topic.wordings), about, prices);
    return {
      news: this.news(`gen-${this.settings.seed}-${session.date}-${k}`, SOURCES[0], at, about, headline),
      topic,
      index: about,
      sentiment,
      falseAlarm,
      retells: null,
      push: this.push(topic, sentiment, about, falseAlarm),
    };
  }

  private retell(story: Story, at: number, prices: Float64Array): Story {
    const words = this.chance.chance(0.3)
      ? story.news.headline
      : this.fill(this.chance.pick(story.topic.wordings), story.index, prices);
    const news = this.news(`${story.news.id}-again`, SOURCES[1], at, story.index, words);
    return { ...story, news, retells: story.news.id, push: NOTHING };
  }

  private topic(): Topic {
    const topics = this.makers.length === 0 ? MARKET_TOPICS : TOPICS;
    let left = this.chance.next() * oftenOf(topics);
    for (const t of topics) {
      left -= t.often;
      if (left < 0) return t;
    }
    return topics[0] as Topic;
  }

  /** Half within the session, a third in the hours before it, the rest after the last close. */
  private when(session: Session, lastClose: Ms): number {
    const u = this.chance.next();
    if (u < 0.55) return session.open + 1 + this.chance.below(session.close - session.open);
    if (u < 0.85) return session.open - 1 - this.chance.below(4 * HOUR_MS);
    return lastClose + 1 + this.chance.below(3 * HOUR_MS);
  }

  private push(topic: Topic, sentiment: number, about: number | null, falseAlarm: boolean): Push {
    const nerves = about === null ? 1 : (this.companies[about] as Company).nerves;
    const full = sentiment * topic.reach * nerves * this.settings.impact * this.chance.between(0.5, 1.5);
    if (!falseAlarm) return { now: 0.3 * full, later: 0.7 * full };
    // Believed for a moment and taken back, or not believed at all.
    return this.chance.chance(0.6) ? { now: 0.2 * full, later: -0.55 * full } : { now: 0, later: 0 };
  }

  private news(id: string, source: string, at: number, about: number | null, headline: string): NewsRaw {
    const ticker = about === null ? undefined : this.tickers[about];
    const lag = this.chance.below(900);
    const stamp = { tEvent: ms(at - lag), tSeen: ms(at) };
    if (ticker === undefined) return newsRaw(stamp, { id, source, tickers: this.fund, headline, url: null });
    if (!this.chance.chance(UNTAGGED)) return newsRaw(stamp, { id, source, tickers: [ticker], headline, url: null });
    const named = (this.companies[about as number] as Company).name !== ticker && this.chance.chance(0.6);
    return newsRaw(stamp, { id, source, tickers: [], headline: named ? headline : `$${ticker} ${headline}`, url: null });
  }

  private fill(words: string, about: number | null, prices: Float64Array): string {
    const company = about === null ? undefined : this.companies[about];
    const price = about === null ? 100 : (prices[about] as number);
    const low = Math.max(1, Math.round(price * this.chance.between(0.8, 1)));
    const high = low + 1 + Math.round(price * this.chance.between(0.05, 0.3));
    const millions = 5 * (2 + this.chance.below(180));
    const percent = 3 + this.chance.below(28);
    const broker = this.chance.pick(BROKERS);
    const suitor = this.chance.pick(SUITORS);
    const quarter = this.chance.pick(QUARTERS);
    return words.replace(/\{(.)\}/g, (_, slot: string) => {
      switch (slot) {
        case "n":
          return company?.name ?? "the market";
        case "p":
          return company?.product ?? "trade";
        case "b":
          return broker;
        case "o":
          return suitor;
        case "q":
          return quarter;
        case "v":
          return String(percent);
        case "m":
          return `$${millions}`;
        case "a":
          return `$${low}`;
        default:
          return `$${high}`;
      }
    });
  }
}
