import type { TapeReader } from "../../actors/ports/tape.ts";
import { type InputEvent, isInput, type TapeEvent } from "../../streams/domain/event.ts";

/** A headline that came in scored from outside has no cause; one that was scored here, its raw headline. */
const isScorersAnswer = (e: TapeEvent): boolean => e.type === "news.scored" && e.cause > 0;
const isBrokerReply = (e: TapeEvent): boolean => e.type.startsWith("order.");

/**
 * What came from outside, from any tape: of a run's tape the answers of the simulated broker and of the scorer are left out, since a
 * replay gets them again by asking. Batches keep moments whole: entries of one `tSeen` are never split over two.
 */
export class TapeSource {
  private readonly reader: TapeReader;
  private readonly ofRun: boolean;
  private held: InputEvent[] = [];
  private done = false;

  constructor(reader: TapeReader) {
    this.reader = reader;
    this.ofRun = reader.header.kind === "run";
  }

  /** The next batch, or null at the end. */
  next(): readonly InputEvent[] | null {
    while (!this.done) {
      const batch = this.reader.next();
      if (batch === null) {
        this.done = true;
        break;
      }
      for (let i = 0; i < batch.length; i++) {
        const e = batch[i] as TapeEvent;
        if (this.wanted(e)) this.held.push(e);
      }
      const cut = cutOf(this.held);
      if (cut > 0) {
        const out = this.held.slice(0, cut);
        this.held = this.held.slice(cut);
        return out;
      }
    }
    if (this.held.length === 0) return null;
    const rest = this.held;
    this.held = [];
    return rest;
  }

  private wanted(e: TapeEvent): e is InputEvent {
    if (!isInput(e)) return false;
    return !this.ofRun || !(isBrokerReply(e) || isScorersAnswer(e));
  }
}

/** Where the last moment of what is held begins: it may go on in the next batch. 0 when it is all one moment. */
const cutOf = (batch: readonly TapeEvent[]): number => {
  const last = batch.at(-1)?.tSeen;
  let i = batch.length;
  while (i > 0 && (batch[i - 1] as TapeEvent).tSeen === last) i--;
  return i;
};
