import { type TopicName, topicSpec } from "./contract/push.ts";
import type { ViewSource } from "./ports.ts";

/** How long after its last follower left a topic keeps what a returning one may have missed. */
const LINGER_MS = 60_000;
/** A turn of more messages than this is a flood (a tape at full speed): the topic then speaks every half second, and says no more than it keeps. */
const FLOOD = 100;
const FLOOD_MS = 500;
/** Messages of the past that are kept for `after`. */
const RING = 2000;

/** One topic on its way out: numbered, with a ring of its latest messages. */
export interface Channel {
  readonly topic: TopicName;
  followers: number;
  /** Before the first follower, or the first in a long time: numbering goes on, the past is forgotten. */
  wake(wallAt: number): void;
  /** Numbers what changed and returns the messages: deltas and gones, or one snapshot; nothing while nobody follows. */
  turn(wallAt: number): readonly string[];
  /** The whole topic as a message, built once until something moves. */
  snapshot(): string;
  /** The messages after number `seq`, or null when they are not here any more. */
  since(seq: number): readonly string[] | null;
}

export const channel = (views: ViewSource, topic: TopicName, life: string): Channel => {
  const name = JSON.stringify(topic);
  const keep = topicSpec(topic)?.keep ?? Number.POSITIVE_INFINITY;
  let seq = 0;
  /** Messages numbered seq − past.length + 1 … seq. */
  let past: string[] = [];
  let whole: string | null = null;
  let followedAt = Number.NEGATIVE_INFINITY;
  let quietUntil = 0;

  const forget = (): void => {
    seq += 1;
    past = [];
    whole = null;
  };
  const snapshot = (): string => {
    whole ??= `{"type":"snapshot","topic":${name},"seq":${seq},"life":${JSON.stringify(life)},"items":${JSON.stringify(views.items(topic))}}`;
    return whole;
  };
  const self: Channel = {
    topic,
    followers: 0,
    wake: (wallAt) => {
      if (wallAt - followedAt > LINGER_MS) {
        views.discard(topic);
        forget();
      }
      followedAt = wallAt;
    },
    turn: (wallAt) => {
      if (self.followers > 0) followedAt = wallAt;
      else if (wallAt - followedAt > LINGER_MS) {
        views.discard(topic);
        return [];
      }
      if (wallAt < quietUntil) return [];
      const changes = views.drain(topic);
      if (changes.length > FLOOD) quietUntil = wallAt + FLOOD_MS;
      if (changes === "reset") {
        forget();
        return [snapshot()];
      }
      if (changes.length === 0) return [];
      whole = null;
      const first = Math.max(0, changes.length - keep);
      const messages: string[] = [];
      for (let i = first; i < changes.length; i++) {
        const change = changes[i] as (typeof changes)[number];
        seq += 1;
        messages.push(
          change.item === null
            ? `{"type":"gone","topic":${name},"seq":${seq},"key":${JSON.stringify(change.key)}}`
            : `{"type":"delta","topic":${name},"seq":${seq},"item":${JSON.stringify(change.item)}}`,
        );
      }
      past = past.length + messages.length > RING ? [...past, ...messages].slice(-RING) : [...past, ...messages];
      return messages;
    },
    snapshot,
    since: (after) => {
      if (after > seq || after < seq - past.length) return null;
      return past.slice(past.length - (seq - after));
    },
  };
  return self;
};
