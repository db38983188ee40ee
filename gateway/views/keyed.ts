import { type Change, NOTHING, type View } from "./view.ts";

/** A record that a fold changes in place. */
export interface Rec {
  readonly key: string;
  dirty: boolean;
}

export interface Keyed<R extends Rec> extends View {
  get(key: string): R | undefined;
  /** Adds a record, dirty; past `keep` the oldest goes without a word. */
  add(record: R): void;
  touch(record: R): void;
  /** Takes a record away, and says so. */
  remove(key: string): void;
  all(): IterableIterator<R>;
}

/** Records by key, in order of arrival; `keep` null keeps all. */
export const keyed = <R extends Rec>(keep: number | null, toItem: (record: R) => unknown): Keyed<R> => {
  const byKey = new Map<string, R>();
  let dirty: R[] = [];
  let gone: string[] = [];
  const touch = (record: R): void => {
    if (record.dirty) return;
    record.dirty = true;
    dirty.push(record);
  };
  const clean = (): void => {
    for (const record of dirty) record.dirty = false;
    dirty = [];
    gone = [];
  };
  return {
    get: (key) => byKey.get(key),
    add: (record) => {
      byKey.set(record.key, record);
      record.dirty = false;
      touch(record);
      if (keep === null || byKey.size <= keep) return;
      const oldest = byKey.keys().next().value;
      if (oldest !== undefined) byKey.delete(oldest);
      if (dirty.length > 2 * keep) dirty = dirty.filter((r) => byKey.get(r.key) === r);
    },
    touch,
    remove: (key) => {
      if (byKey.delete(key)) gone.push(key);
    },
    all: () => byKey.values(),
    items: () => [...byKey.values()].map(toItem),
    drain: () => {
      if (dirty.length === 0 && gone.length === 0) return NOTHING;
      const changes: Change[] = [];
      for (const key of gone) if (!byKey.has(key)) changes.push({ key, item: null });
      for (const record of dirty) if (byKey.get(record.key) === record) changes.push({ key: record.key, item: toItem(record) });
      clean();
      return changes;
    },
    discard: clean,
  };
};
