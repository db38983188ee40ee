import type { Answers, TapeReader } from "../../actors/ports/tape.ts";
import { PORTS } from "../../actors/topology.ts";
import { type InputEvent, isInput, type TapeEvent } from "../../streams/domain/event.ts";

/**
 * The port whose answer an entry is; null for what came from outside by itself. A headline that came in scored has no cause; one that was
 * scored here, its raw headline. The built-in scorer is pure wherever it stands: it is the fallback of the others.
 */
const portOf = (e: InputEvent): string | null => {
  if (e.type === "request.failed") return e.port;
  if (e.type === "news.scored") return e.cause === 0 ? null : e.scorer === "builtin" ? PORTS.fallback : PORTS.scorer;
  return e.type.startsWith("order.") ? PORTS.broker : null;
};

/** True of a port whose answers a replay reads from the tape. */
export const isRecorded = (answers: Answers | undefined, port: string): boolean => answers?.[port] === "recorded";

/** Of a run's tape as the input of another run: scores of a model outside are facts then; what a broker said to that run's orders is not. */
export const inputsOnly = (answers: Answers | undefined): Answers =>
  isRecorded(answers, PORTS.scorer) ? { [PORTS.scorer]: "recorded" } : {};

/**
 * What came from outside, from any tape: of a run's tape the answers of ports that are asked again are left out, since a replay gets them by
 * asking. Batches keep moments whole: entries of one `tSeen` are never split over two, but where the tape says that a moment begins.
 */
export class TapeSource {
  private readonly reader: TapeReader;
  private readonly ofRun: boolean;
  private readonly answers: Answers | undefined;
  private held: InputEvent[] = [];
  /** Places in `held` where the tape says that a moment begins, in order. */
  private bounds: number[] = [];
  private bounded = false;
  private done = false;

  /** @param answers which answers are read from the tape; default: as its header says. */
  constructor(reader: TapeReader, answers: Answers | undefined = reader.header.answers) {
    this.reader = reader;
    this.ofRun = reader.header.kind === "run";
    this.answers = answers;
  }

  /** The next batch, or null at the end. */
  next(): readonly InputEvent[] | null {
    for (;;) {
      const [bound] = this.bounds;
      if (bound !== undefined) return this.take(bound);
      if (this.done) return this.held.length === 0 ? null : this.take(this.held.length);
      const batch = this.reader.next();
      if (batch === null) {
        this.done = true;
        continue;
      }
      this.hold(batch);
      if (this.bounds.length > 0) continue;
      const cut = cutOf(this.held);
      if (cut > 0) return this.take(cut);
    }
  }

  private hold(batch: readonly TapeEvent[]): void {
    const begins = this.reader.bounds;
    if (begins === undefined || begins.length === 0) {
      for (let i = 0; i < batch.length; i++) this.keep(batch[i] as TapeEvent);
      return;
    }
    let next = 0;
    for (let i = 0; i < batch.length; i++) {
      if (i === begins[next]) {
        this.bounded = true;
        next++;
      }
      this.keep(batch[i] as TapeEvent);
    }
  }

  private keep(e: TapeEvent): void {
    if (!this.wanted(e)) return;
    if (this.bounded && this.held.length > 0) this.bounds.push(this.held.length);
    this.bounded = false;
    this.held.push(e);
  }

  /** The first so many of what is held. */
  private take(count: number): readonly InputEvent[] {
    const out = this.held.slice(0, count);
    this.held = this.held.slice(count);
    if (this.bounds.length > 0) this.bounds = this.bounds.map((at) => at - count).filter((at) => at > 0);
    return out;
  }

  private wanted(e: TapeEvent): e is InputEvent {
    if (!isInput(e)) return false;
    if (!this.ofRun) return true;
    const port = portOf(e);
    return port === null || isRecorded(this.answers, port);
  }
}

/** Where the last moment of what is held begins: it may go on in the next batch. 0 when it is all one moment. */
const cutOf = (batch: readonly TapeEvent[]): number => {
  const last = batch.at(-1)?.tSeen;
  let i = batch.length;
  while (i > 0 && (batch[i - 1] as TapeEvent).tSeen === last) i--;
  return i;
};
