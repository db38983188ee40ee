import type { Observable } from "rxjs";
import { onCleanup } from "solid-js";
import { createStore, produce, reconcile } from "solid-js/store";
import type { TopicMsg } from "../api/topicFeed.ts";

/** A topic's items by key, and the keys in order. `ready`: false until the first snapshot, so that empty and loading differ. */
export interface TopicState<I> {
  readonly ready: boolean;
  readonly byKey: Readonly<Record<string, I>>;
  /** Newest first where there is a rank, else as they came. */
  readonly keys: readonly string[];
}

export interface TopicRules<I> {
  readonly key: (item: I) => string;
  /** Highest first. Absent: in the order of arrival. */
  readonly rank?: (item: I) => number;
  /** The most items kept: the newest by rank. */
  readonly keep?: number | null;
}

/** The store of one topic and its only writer: a snapshot reconciles everything, a delta touches one row, the others do not run again. */
export const createTopic = <I extends object>(feed: Observable<TopicMsg<I>>, rules: TopicRules<I>): TopicState<I> => {
  const [state, set] = createStore<{ ready: boolean; byKey: Record<string, I>; keys: string[] }>({
    ready: false,
    byKey: {},
    keys: [],
  });
  const ranked = (items: readonly I[]): readonly I[] => {
    const rank = rules.rank;
    const sorted = rank ? [...items].sort((a, b) => rank(b) - rank(a)) : items;
    return rules.keep ? sorted.slice(0, rules.keep) : sorted;
  };
  const add = (key: string, item: I): void => {
    set(
      "byKey",
      produce((all) => void Object.assign(all, { [key]: item })),
    );
    const rank = rules.rank;
    const keys = [...state.keys];
    const at = rank ? keys.findIndex((k) => rank(state.byKey[k] as I) <= rank(item)) : -1;
    keys.splice(at < 0 ? keys.length : at, 0, key);
    const dropped = rules.keep ? keys.splice(rules.keep) : [];
    set("keys", keys);
    if (dropped.length > 0)
      set(
        "byKey",
        produce((all) => dropped.forEach((k) => void delete all[k])),
      );
  };
  const heard = feed.subscribe((msg) => {
    if (msg.type === "snapshot") {
      const items = ranked(msg.items);
      set("byKey", reconcile(Object.fromEntries(items.map((i) => [rules.key(i), i]))));
      set("keys", reconcile(items.map(rules.key)));
      set("ready", true);
    } else if (msg.type === "delta") {
      const key = rules.key(msg.item);
      if (key in state.byKey) set("byKey", key, reconcile(msg.item));
      else add(key, msg.item);
    } else if (msg.key in state.byKey) {
      set(
        "keys",
        state.keys.filter((k) => k !== msg.key),
      );
      set(
        "byKey",
        produce((all) => void delete all[msg.key]),
      );
    }
  });
  onCleanup(() => heard.unsubscribe());
  return state;
};
