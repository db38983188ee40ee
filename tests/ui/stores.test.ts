import { Subject } from "rxjs";
import { createEffect, createRoot } from "solid-js";
import { describe, expect, it } from "vitest";
import type { TopicMsg } from "../../ui/src/api/topicFeed.ts";
import { createOnly } from "../../ui/src/stores/only.ts";
import { createSeries, lastOf } from "../../ui/src/stores/series.ts";
import { createTopic } from "../../ui/src/stores/topic.ts";

interface Row {
  readonly id: string;
  readonly at: number;
  readonly px: number;
}
const row = (id: string, at: number, px = 1): Row => ({ id, at, px });

/** A store with a root of its own; `dispose` ends it. */
const rooted = <T>(make: () => T): { store: T; dispose: () => void } => createRoot((dispose) => ({ store: make(), dispose }));
const topic = (keep: number | null = null) => {
  const feed = new Subject<TopicMsg<Row>>();
  const made = rooted(() => createTopic(feed, { key: (r) => r.id, rank: (r) => r.at, keep }));
  return { feed, ...made };
};

describe("a topic's store", () => {
  it("is loading until the first snapshot, even an empty one", () => {
    const { feed, store, dispose } = topic();
    expect(store.ready).toBe(false);
    feed.next({ type: "snapshot", items: [] });
    expect([store.ready, store.keys]).toEqual([true, []]);
    dispose();
  });

  it("keeps the newest first, whatever the order they come in", () => {
    const { feed, store, dispose } = topic();
    feed.next({ type: "snapshot", items: [row("a", 1), row("c", 3)] });
    feed.next({ type: "delta", item: row("b", 2) });
    feed.next({ type: "delta", item: row("d", 4) });
    expect(store.keys).toEqual(["d", "c", "b", "a"]);
    dispose();
  });

  it("touches one row with a delta and leaves the others alone", () => {
    const { feed, store, dispose } = topic();
    feed.next({ type: "snapshot", items: [row("a", 1), row("b", 2)] });
    const runs: string[] = [];
    const watching = rooted(() => {
      createEffect(() => runs.push(`a ${store.byKey.a?.px}`));
      createEffect(() => runs.push(`b ${store.byKey.b?.px}`));
      createEffect(() => runs.push(`keys ${store.keys.length}`));
    });
    runs.length = 0;
    feed.next({ type: "delta", item: row("a", 1, 5) });
    feed.next({ type: "delta", item: row("b", 2, 1) });
    expect(runs).toEqual(["a 5"]);
    watching.dispose();
    dispose();
  });

  it("replaces everything with a snapshot", () => {
    const { feed, store, dispose } = topic();
    feed.next({ type: "snapshot", items: [row("a", 1), row("b", 2)] });
    feed.next({ type: "snapshot", items: [row("b", 2, 9), row("c", 3)] });
    expect(store.keys).toEqual(["c", "b"]);
    expect(Object.keys(store.byKey).sort()).toEqual(["b", "c"]);
    expect(store.byKey.b?.px).toBe(9);
    dispose();
  });

  it("forgets what is gone", () => {
    const { feed, store, dispose } = topic();
    feed.next({ type: "snapshot", items: [row("a", 1), row("b", 2)] });
    feed.next({ type: "gone", key: "a" });
    feed.next({ type: "gone", key: "never" });
    expect([store.keys, Object.keys(store.byKey)]).toEqual([["b"], ["b"]]);
    dispose();
  });

  it("keeps no more than it may, the newest", () => {
    const { feed, store, dispose } = topic(2);
    feed.next({ type: "snapshot", items: [row("a", 1), row("b", 2), row("c", 3)] });
    feed.next({ type: "delta", item: row("d", 4) });
    feed.next({ type: "delta", item: row("old", 0) });
    expect(store.keys).toEqual(["d", "c"]);
    expect(Object.keys(store.byKey).sort()).toEqual(["c", "d"]);
    dispose();
  });

  it("leaves its feed when its owner goes", () => {
    const { feed, dispose } = topic();
    expect(feed.observed).toBe(true);
    dispose();
    expect(feed.observed).toBe(false);
  });
});

describe("the store of a single item", () => {
  it("is null before the first, changes field by field, and null again when it is gone", () => {
    const feed = new Subject<TopicMsg<Row>>();
    const { store: item, dispose } = rooted(() => createOnly(feed));
    expect(item()).toBeNull();
    feed.next({ type: "snapshot", items: [row("x", 1, 1)] });
    let atRuns = 0;
    const watching = rooted(() =>
      createEffect(() => {
        if (item()?.at !== undefined) atRuns += 1;
      }),
    );
    feed.next({ type: "delta", item: row("x", 1, 2) });
    expect([item()?.px, atRuns]).toEqual([2, 1]);
    feed.next({ type: "gone", key: "only" });
    expect(item()).toBeNull();
    watching.dispose();
    dispose();
  });
});

describe("the store of a curve", () => {
  const curve = (keep = 100) => {
    const feed = new Subject<TopicMsg<{ at: number; v: number }>>();
    return { feed, ...rooted(() => createSeries(feed, keep)) };
  };
  it("appends, replaces the newest of the same moment, and puts a late point in its place", () => {
    const { feed, store, dispose } = curve();
    feed.next({
      type: "snapshot",
      items: [
        { at: 3, v: 3 },
        { at: 1, v: 1 },
      ],
    });
    const era = store.era();
    feed.next({ type: "delta", item: { at: 4, v: 4 } });
    feed.next({ type: "delta", item: { at: 4, v: 44 } });
    expect([store.points.map((p) => p.v), store.era()]).toEqual([[1, 3, 44], era]);
    feed.next({ type: "delta", item: { at: 2, v: 2 } });
    expect([store.points.map((p) => p.v), store.era() > era]).toEqual([[1, 2, 3, 44], true]);
    expect(lastOf(store)?.v).toBe(44);
    dispose();
  });
  it("stays bounded, and says when the drawing must begin anew", () => {
    const { feed, store, dispose } = curve(8);
    feed.next({ type: "snapshot", items: Array.from({ length: 20 }, (_, at) => ({ at, v: at })) });
    expect(store.points.length).toBe(8);
    const era = store.era();
    for (let at = 20; at < 40; at++) feed.next({ type: "delta", item: { at, v: at } });
    expect(store.points.length).toBeLessThanOrEqual(10);
    expect(store.era()).toBeGreaterThan(era);
    expect(lastOf(store)?.at).toBe(39);
    dispose();
  });
});
