import { type Change, NOTHING, type View } from "./view.ts";

export interface Recent<E> extends View {
  push(fact: E): void;
  /** Newest first. */
  latest(): E | undefined;
}

/** The newest `keep` facts, which never change once pushed. A push is a store into a ring. */
export const recent = <E>(keep: number, keyOf: (fact: E) => string, toItem: (fact: E) => unknown): Recent<E> => {
  const ring: E[] = [];
  let total = 0;
  let drained = 0;
  const nth = (n: number): E => ring[n % keep] as E;
  const from = (start: number): number => Math.max(start, total - keep);
  return {
    push: (fact) => {
      if (total < keep) ring.push(fact);
      else ring[total % keep] = fact;
      total += 1;
    },
    latest: () => (total === 0 ? undefined : nth(total - 1)),
    items: () => {
      const items: unknown[] = [];
      for (let n = from(0); n < total; n++) items.push(toItem(nth(n)));
      return items;
    },
    drain: () => {
      if (drained === total) return NOTHING;
      const changes: Change[] = [];
      for (let n = from(drained); n < total; n++) changes.push({ key: keyOf(nth(n)), item: toItem(nth(n)) });
      drained = total;
      return changes;
    },
    discard: () => {
      drained = total;
    },
  };
};
