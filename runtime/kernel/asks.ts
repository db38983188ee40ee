import type { ReplyTo } from "../../actors/actor.ts";
import type { Seq } from "../../streams/domain/units.ts";
import type { Timer } from "./timers.ts";

/** The answer to a question from outside did not come within its time, of the core's clock. */
export class AskTimeout extends Error {
  constructor(path: string, timeoutMs: number) {
    super(`${path} did not answer within ${timeoutMs} ms`);
    this.name = "AskTimeout";
  }
}

/** A question that waits for its answer. `asker` null: asked from outside. */
export interface Ask<O> extends ReplyTo {
  readonly asker: O | null;
  readonly onReply: (answer: unknown) => unknown;
  /** The message of a time-out; from outside a function that is called. */
  readonly onTimeout: unknown;
  readonly cause: Seq;
  timer: Timer<O> | null;
}

/** Open questions. Each is taken once: by its answer, its time-out, or the end of the asker's life, whichever is first. */
export class Asks<O> {
  private readonly open = new Map<number, Ask<O>>();
  private asked = 0;
  /** Answers that came second, late, or to a life that had ended. */
  late = 0;

  add(asker: O | null, onReply: (answer: unknown) => unknown, onTimeout: unknown, cause: Seq): Ask<O> {
    const ask: Ask<O> = { askId: ++this.asked, asker, onReply, onTimeout, cause, timer: null };
    this.open.set(ask.askId, ask);
    return ask;
  }

  take(id: number): Ask<O> | undefined {
    const ask = this.open.get(id);
    if (ask !== undefined) this.open.delete(id);
    return ask;
  }

  /** All that are open, oldest first. */
  takeAll(): readonly Ask<O>[] {
    const all = [...this.open.values()];
    this.open.clear();
    return all;
  }
}
