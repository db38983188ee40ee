import type { Fanout, FanoutMessage, Subscription } from "../../../actors/ports/fanout.ts";
import type { Say } from "../../../actors/ports/telemetry.ts";
import type { TapeEvent } from "../../../streams/domain/event.ts";
import { unpackEvents } from "../../adapters/tape/pack.ts";
import { askAbout, type CoreAbout } from "./coreService.ts";
import { SUBJECTS } from "./names.ts";
import { readOn } from "./tapeReading.ts";

export interface FollowerOptions {
  readonly fanout: Fanout;
  /** Another run: what was told before is void. */
  readonly renewed: (about: CoreAbout) => void;
  /** Events in order of seq, none missing, none twice. `sentAt`: when the core sent them, epoch ms; null for what was fetched later. */
  readonly events: (events: readonly TapeEvent[], sentAt: number | null) => void;
  readonly delay: (ms: number) => Promise<void>;
  readonly say: Say;
}

/** Packs kept while earlier ones are fetched. */
const KEPT = 2_000;

/**
 * Follows the tape of the run that is on, over the fan-out, from its first entry: what was missed is asked of the core, what
 * comes twice is left out.
 */
export class Follower {
  readonly #options: FollowerOptions;
  readonly #subscription: Subscription;
  #about: CoreAbout | null = null;
  #seq = 0;
  #waiting: FanoutMessage[] = [];
  #fetching = false;
  #looking: Promise<void> | null = null;
  #stopping = false;
  #gaps = 0;
  #missing: string | null = "no core has been heard of yet";

  constructor(options: FollowerOptions) {
    this.#options = options;
    this.#subscription = options.fanout.subscribe(SUBJECTS.tape, (m) => this.#hear(m), { maxPending: 16_384 });
  }

  get about(): CoreAbout | null {
    return this.#about;
  }
  /** seq of the last event told. */
  get seq(): number {
    return this.#seq;
  }
  /** How often entries were missing, and were asked of the core. */
  get gaps(): number {
    return this.#gaps;
  }
  /** Why what is shown may be old; null when it is not. */
  get missing(): string | null {
    return this.#missing;
  }

  /** Asks who is on, now and whenever nothing was heard for a while. */
  async run(): Promise<void> {
    while (!this.#stopping) {
      await this.look();
      await this.#options.delay(this.#about === null ? 250 : 1_000);
    }
  }

  stop(): void {
    this.#stopping = true;
    this.#subscription.close();
  }

  /** Asks who is on, and fetches what is missing. Asked again meanwhile, it is the same look. */
  look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = null;
    });
    return this.#looking;
  }

  async #look(): Promise<void> {
    try {
      const about = await askAbout(this.#options.fanout);
      if (about.run !== this.#about?.run) this.#renew(about);
      this.#about = about;
      this.#missing = null;
      if (about.tail > this.#seq) await this.#fetch();
    } catch (error) {
      this.#missing = `the core does not answer: ${error instanceof Error ? error.message : String(error)}`;
    }
  }

  #renew(about: CoreAbout): void {
    this.#about = about;
    this.#seq = 0;
    this.#waiting = this.#waiting.filter((m) => m.headers.run === about.run);
    this.#options.renewed(about);
  }

  #hear(message: FanoutMessage): void {
    if (this.#about !== null && message.headers.run !== this.#about.run && !this.#fetching) void this.look();
    if (this.#about === null || this.#fetching) {
      if (this.#waiting.length < KEPT) this.#waiting.push(message);
      return;
    }
    if (this.#take(message)) return;
    this.#gaps += 1;
    void this.#fetch();
  }

  /** False when entries before it are missing. */
  #take(message: FanoutMessage): boolean {
    const { run, from, to, at } = message.headers;
    if (run !== this.#about?.run || Number(to) <= this.#seq) return true;
    if (Number(from) > this.#seq + 1 || message.body.length === 0) return false;
    this.#tell(unpackEvents(message.body), at === undefined ? null : Number(at));
    return true;
  }

  #tell(events: readonly TapeEvent[], sentAt: number | null): void {
    const fresh = (events[0]?.seq ?? 0) > this.#seq ? events : events.filter((e) => e.seq > this.#seq);
    const last = fresh.at(-1);
    if (!last) return;
    this.#seq = last.seq;
    this.#options.events(fresh, sentAt);
  }

  async #fetch(): Promise<void> {
    if (this.#fetching || this.#about === null) return;
    this.#fetching = true;
    try {
      for (;;) {
        const { run } = this.#about;
        const events = await readOn(this.#options.fanout, run, this.#seq);
        if (run !== this.#about.run) continue; // another one was begun meanwhile
        if (events.length === 0 || this.#stopping) break;
        this.#tell(events, null);
      }
    } catch (error) {
      this.#missing = `entries after ${this.#seq} could not be fetched: ${error instanceof Error ? error.message : String(error)}`;
    } finally {
      this.#fetching = false;
    }
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const message of waiting) this.#take(message);
  }
}
