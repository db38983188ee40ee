import type { Observable } from "rxjs";
import { type Accessor, onCleanup } from "solid-js";
import { createStore, reconcile } from "solid-js/store";
import type { TopicMsg } from "../api/topicFeed.ts";

/** The store of a topic with one item and its only writer. Null before the first. Fields change one by one. */
export const createOnly = <I extends object>(feed: Observable<TopicMsg<I>>): Accessor<I | null> => {
  const [state, set] = createStore<{ item: I | null }>({ item: null });
  const heard = feed.subscribe((msg) => {
    if (msg.type === "gone") return set("item", null);
    const item = msg.type === "snapshot" ? (msg.items[0] ?? null) : msg.item;
    set("item", reconcile(item) as never);
  });
  onCleanup(() => heard.unsubscribe());
  return () => state.item;
};
