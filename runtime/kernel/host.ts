import type { Recall } from "../../actors/actor.ts";
import type { Lifecycle } from "../../actors/ports/supervisor.ts";
import type { TapeEvent } from "../../streams/domain/event.ts";
import type { Seq } from "../../streams/domain/units.ts";

/** What surrounds the kernel: the door, the ports, the tape. What it throws is not an actor's crash: it ends the drain. */
export interface KernelHost {
  /** A decision was emitted while handling what `cause` led to. The host stamps it in place, tapes it, and calls `kernel.deliver(event)`. */
  emit(event: TapeEvent, cause: Seq): void;
  perform(port: string, request: unknown, cause: Seq): void;
  /** The core is quiet and a moment ends: does what was asked of ports, and takes in what that brings back at once. */
  settle?(): void;
  /** Events to tell an actor again at the start of a new life, oldest first. Only what this throws is a crash of the actor that asked. */
  recall(recalls: readonly Recall[]): Iterable<TapeEvent>;
  lifecycle?(e: Lifecycle): void;
  /** The root gave up: nothing lives any more, the process must end. */
  escalated?(path: string, error: string): void;
  /** A stopwatch in microseconds, for figures (absent in replay: no timing). It never influences behaviour. */
  stopwatch?(): number;
}
