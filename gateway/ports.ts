import type { Command } from "../streams/domain/control.ts";
import type { TopicName } from "./contract/push.ts";
import type { PlaySpeed } from "./contract/systemItems.ts";
import type { Change } from "./views/view.ts";

export type { History } from "../actors/ports/store.ts";

/** The current items of every topic, and what changed in them. One drainer a topic. */
export interface ViewSource {
  items(topic: TopicName): readonly unknown[];
  drain(topic: TopicName): readonly Change[] | "reset";
  discard(topic: TopicName): void;
}

/** What people may do to a running core. Commands enter through the door, under the name of who asked. */
export interface Controls {
  /** Resolves when the command is on the tape. */
  command(by: string, command: Command): Promise<void>;
  /** @returns false when this source cannot be paused or sped up (a live market). */
  play(playing: boolean): boolean;
  /** Core seconds per real second, or "max". */
  speed(speed: PlaySpeed): boolean;
  /** Tells a dead letter's message to its actor again. @returns false when there is no such letter. */
  retryDeadLetter(id: number): Promise<boolean>;
}

export interface Readiness {
  checks(): Promise<readonly { readonly name: string; readonly ok: boolean; readonly detail: string }[]>;
}
