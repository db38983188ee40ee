import type { DurableStreams } from "../../../actors/ports/streams.ts";
import type { TapeEvent } from "../../../streams/domain/event.ts";
import { packEvents } from "../../adapters/tape/pack.ts";
import { rootIn, traceparentOf } from "../../adapters/telemetry/trace.ts";
import { ACCOUNT, tapeStreamOf } from "./names.ts";
import { RecentPacks } from "./recentPacks.ts";

export interface TapePublisherOptions {
  readonly streams: DurableStreams;
  readonly run: string;
  /** Whose copy of the tape has what is on the stream. */
  readonly node: string;
  /** Of the lease under which this process writes. */
  readonly epoch: number;
  /** seq of the last entry that is in the stream already. */
  readonly tail: number;
  /** Machine's clock, epoch ms: tells readers how long an entry was on its way. */
  readonly now: () => number;
  readonly published: (seq: number) => void;
  /** Fenced, or the stream went on without us: this process must stop. */
  readonly failed: (error: unknown) => void;
}

/**
 * Puts the run's tape on its stream, one entry for each seal, fenced. What others see of a run they see from there: a writer that lost
 * its lease is heard by nobody.
 */
export class TapePublisher {
  readonly #options: TapePublisherOptions;
  #offered: number;
  #published: number;
  #broken = false;
  /** The newest of what is in the stream. */
  readonly recent = new RecentPacks();

  constructor(options: TapePublisherOptions) {
    this.#options = options;
    this.#offered = options.tail;
    this.#published = options.tail;
  }

  /** Entries on the local tape that are not in the stream yet. */
  get backlog(): number {
    return this.#offered - this.#published;
  }
  /** seq of the last entry that is in the stream. */
  get published(): number {
    return this.#published;
  }

  /** Everything of one seal. What is in the stream already is left out. */
  offer(events: readonly TapeEvent[]): void {
    if (this.#broken) return;
    const fresh = (events[0]?.seq ?? 0) > this.#offered ? events : events.filter((e) => e.seq > this.#offered);
    const [first, last] = [fresh[0], fresh.at(-1)];
    if (!first || !last) return;
    const after = this.#offered;
    const to = last.seq;
    this.#offered = to;
    const { streams, run, node, epoch, now } = this.#options;
    const headers = {
      run,
      node,
      epoch: String(epoch),
      from: String(first.seq),
      to: String(to),
      n: String(fresh.length),
      seen: String(last.tSeen),
      at: String(now()),
      traceparent: traceparentOf(run, rootIn(fresh, first), first.seq),
    };
    const body = packEvents(fresh);
    streams.appendFenced(tapeStreamOf(run), { name: ACCOUNT, epoch, after, to }, { headers, body }).then(
      () => {
        this.recent.add({ from: first.seq, to, bytes: body });
        this.#published = Math.max(this.#published, to);
        this.#options.published(to);
      },
      (error: unknown) => {
        if (this.#broken) return;
        this.#broken = true;
        this.#options.failed(error);
      },
    );
  }
}
