import type { FeedSink } from "../../actors/ports/feed.ts";
import type { BrokerAnswer, InputEvent } from "../../streams/domain/event.ts";
import type { Quote } from "../../streams/domain/market.ts";
import { brokerPressure } from "../../streams/domain/request.ts";
import { type Ms, ms, type Ticker } from "../../streams/domain/units.ts";
import { Fifo } from "../mechanisms/fifo.ts";

export interface IngressOptions {
  /** Market time of what arrives now. */
  readonly stamp: () => Ms;
  /** Something has arrived. */
  readonly wake: () => void;
  /** Replies of the broker that may wait before openings pause. Default 1,000. */
  readonly mostReplies?: number;
  /** Events of a feed that may wait before it is held back. Default 10,000. */
  readonly mostEvents?: number;
  /** A feed cannot go on. */
  readonly failed: (error: unknown) => void;
}

/** Events that a feed may still push after it was asked to wait: what one read of a socket brought. One that pushes on is broken, and ends the run. */
const MOST_UNASKED = 10_000;
/** Events that are taken in as one moment, at most: a flood is played in slices. */
const MOST_IN_A_MOMENT = 4_096;

type Stampable = { -readonly [K in "tSeen"]: InputEvent[K] };
interface Waiting {
  /** Null: a quote that a newer one took the place of. */
  event: InputEvent | null;
}

/**
 * Where everything that comes by itself waits until the core is ready: replies of a broker in a lane of their own that refuses nothing, then
 * other answers, then what a feed pushes. Each is stamped when it arrives. What is taken in together is one moment, seen when its last part arrived.
 */
export class Ingress implements FeedSink {
  readonly #options: IngressOptions;
  readonly #replies = new Fifo<BrokerAnswer>();
  readonly #answers = new Fifo<InputEvent>();
  readonly #feed = new Fifo<Waiting>();
  /** Newest quote that waits of each ticker. */
  readonly #quotes = new Map<Ticker, Waiting>();
  /** Events of the feed that wait, without quotes that were passed over. */
  #fed = 0;
  #conflated = 0;
  #behind = false;
  #room: (() => void)[] = [];
  #overrun = false;

  constructor(options: IngressOptions) {
    this.#options = options;
  }

  /** What waits. */
  get size(): number {
    return this.#replies.size + this.#answers.size + this.#fed;
  }
  /** Quotes that a newer one took the place of before they were seen. */
  get conflated(): number {
    return this.#conflated;
  }

  /** What the tape says of this, which a start goes on with. */
  set behind(behind: boolean) {
    this.#behind = behind;
  }

  /** Something a broker said. Never refused. */
  reply(event: BrokerAnswer): void {
    this.#stamp(event);
    this.#replies.push(event);
    this.#options.wake();
  }

  /** What another port answered, or that it failed. */
  answer(event: InputEvent): void {
    this.#stamp(event);
    this.#answers.push(event);
    this.#options.wake();
  }

  push(event: InputEvent): boolean {
    if (this.#overrun) return false;
    this.#stamp(event);
    const waiting: Waiting = { event };
    if (event.type === "market.quote") this.#conflate(event, waiting);
    this.#feed.push(waiting);
    this.#fed += 1;
    this.#options.wake();
    if (this.#fed >= this.#mostEvents + MOST_UNASKED) this.#overflow();
    return this.#fed < this.#mostEvents;
  }

  room(): Promise<void> {
    return this.#fed < this.#mostEvents ? Promise.resolve() : new Promise((resolve) => this.#room.push(resolve));
  }

  failed(error: unknown): void {
    this.#options.failed(error);
  }

  /** One moment: what has arrived, at most so much that others get their turn. Null when nothing has. @param now core time */
  take(now: Ms): readonly InputEvent[] | null {
    if (this.size === 0 && !this.#behind) return null;
    const moment: InputEvent[] = [];
    this.#press(moment);
    while (this.#replies.size > 0 && moment.length < MOST_IN_A_MOMENT) moment.push(this.#replies.shift() as BrokerAnswer);
    while (this.#answers.size > 0 && moment.length < MOST_IN_A_MOMENT) moment.push(this.#answers.shift() as InputEvent);
    while (this.#feed.size > 0 && moment.length < MOST_IN_A_MOMENT) {
      const { event } = this.#feed.shift() as Waiting;
      if (event === null) continue;
      if (event.type === "market.quote") this.#quotes.delete(event.ticker);
      this.#fed -= 1;
      moment.push(event);
    }
    if (this.#feed.size === 0) this.#fed = 0;
    if (this.#fed < this.#mostEvents / 2) for (const go of this.#room.splice(0)) go();
    let at: number = now;
    for (const e of moment) if (e.tSeen > at) at = e.tSeen;
    for (const e of moment) (e as Stampable).tSeen = ms(at);
    return moment;
  }

  get #mostEvents(): number {
    return this.#options.mostEvents ?? 10_000;
  }

  #stamp(event: InputEvent): void {
    (event as Stampable).tSeen = this.#options.stamp();
  }

  /** What came is taken in still; what comes after it is not, and the run says so by its end. */
  #overflow(): void {
    this.#overrun = true;
    this.failed(new Error(`the feed pushed ${MOST_UNASKED} events more after it was asked to wait: ${this.#fed} wait`));
  }

  #conflate(quote: Quote, waiting: Waiting): void {
    const older = this.#quotes.get(quote.ticker);
    this.#quotes.set(quote.ticker, waiting);
    if (older === undefined) return;
    older.event = null;
    this.#fed -= 1;
    this.#conflated += 1;
    if (this.#feed.size > 1_024 && this.#feed.size > 2 * this.#fed) this.#feed.keep(({ event }) => event !== null);
  }

  /** Openings pause while more replies wait than may, until all are taken in. */
  #press(moment: InputEvent[]): void {
    const waiting = this.#replies.size;
    const isBehind = this.#behind ? waiting > 0 : waiting > (this.#options.mostReplies ?? 1_000);
    if (isBehind === this.#behind) return;
    this.#behind = isBehind;
    moment.push(brokerPressure(isBehind, waiting, this.#options.stamp()));
  }
}
