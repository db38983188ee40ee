import type { Message, StreamDeadLetter, StreamEntry, StreamFigures, TrimBounds } from "../../../actors/ports/streams.ts";

/** An entry that a consumer has and has not acknowledged. */
export interface Open {
  readonly entry: StreamEntry;
  consumer: string;
  /** When it was handed out last, ms of the injected clock. */
  since: number;
  deliveries: number;
}

export interface Group {
  /** Place of the first entry that nobody was handed, counted from the stream's very first. */
  next: number;
  /** By id, oldest first. */
  readonly open: Map<string, Open>;
}

const copyOf = ({ headers, body }: Message): Message => ({ headers: { ...headers }, body: body.slice() });

/** Below zero: a lies before b. Ids as the port has them; a missing number counts as 0. */
export const compareIds = (a: string, b: string): number => {
  const [aMs = 0, aN = 0] = a.split("-").map(Number);
  const [bMs = 0, bN = 0] = b.split("-").map(Number);
  return aMs - bMs || aN - bN;
};

/** One stream with its groups and dead letters. */
export class StreamState {
  readonly name: string;
  readonly groups = new Map<string, Group>();
  readonly letters: StreamDeadLetter[] = [];
  /** Called when there is something to take. */
  readonly waiting = new Set<() => void>();
  readonly #now: () => number;
  #entries: StreamEntry[] = [];
  /** Entries cut off so far: place of the first of #entries. */
  #cut = 0;
  #lastMs = 0;
  #lastN = 0;

  constructor(name: string, now: () => number) {
    this.name = name;
    this.#now = now;
  }

  get length(): number {
    return this.#entries.length;
  }
  get last(): StreamEntry | null {
    return this.#entries.at(-1) ?? null;
  }
  /** Place behind the last entry. */
  get end(): number {
    return this.#cut + this.#entries.length;
  }

  append(messages: readonly Message[]): string[] {
    const ids = messages.map((message) => {
      const id = this.#nextId();
      this.#entries.push({ id, ...copyOf(message) });
      return id;
    });
    this.wake();
    return ids;
  }

  wake(): void {
    for (const wake of [...this.waiting]) wake();
  }

  bury(entry: StreamEntry, reason: string, group: string): void {
    this.letters.push({ ...copyOf(entry), id: this.#nextId(), reason, from: entry.id, group });
  }

  read(after: string, max: number): StreamEntry[] {
    let [low, high] = [0, this.#entries.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compareIds(this.#entries[middle]?.id ?? "", after) > 0) high = middle;
      else low = middle + 1;
    }
    return this.#entries.slice(low, low + Math.max(0, max));
  }

  /** The next of a group, from now on in the hands of `consumer`. */
  handNext(group: Group, consumer: string, max: number): Open[] {
    const from = group.next - this.#cut;
    const next = this.#entries.slice(from, from + max);
    group.next += next.length;
    return next.map((entry) => {
      const open = { entry, consumer, since: this.#now(), deliveries: 1 };
      group.open.set(entry.id, open);
      return open;
    });
  }

  /** See the port. */
  trim({ keep, keepMs, unread = false }: TrimBounds): number {
    if (this.groups.size === 0 && !unread) return 0;
    const oldest = keepMs === undefined ? "0" : `${this.#now() - keepMs}-0`;
    const free = Math.min(this.#entries.length, ...[...this.groups.values()].map((group) => this.#settledBy(group)));
    let count = Math.max(0, this.#entries.length - keep);
    while (count < this.#entries.length && compareIds(this.#entries[count]?.id ?? "", oldest) < 0) count += 1;
    count = Math.min(count, free);
    this.#entries = this.#entries.slice(count);
    this.#cut += count;
    return count;
  }

  figures(): StreamFigures {
    const groups = [...this.groups].map(([group, { next, open }]) => ({
      stream: this.name,
      group,
      lag: this.end - next,
      pending: open.size,
    }));
    return { stream: this.name, length: this.length, deadLetters: this.letters.length, groups };
  }

  /** Entries, from the first one there is, that a group is done with. */
  #settledBy(group: Group): number {
    const all = group.next - this.#cut;
    if (group.open.size === 0) return all;
    let oldest: string | null = null;
    for (const id of group.open.keys()) if (oldest === null || compareIds(id, oldest) < 0) oldest = id;
    const index = this.#entries.findIndex(({ id }) => id === oldest);
    return index < 0 ? 0 : Math.min(all, index);
  }

  #nextId(): string {
    const now = Math.max(0, Math.floor(this.#now()));
    this.#lastN = now > this.#lastMs ? 0 : this.#lastN + 1;
    this.#lastMs = Math.max(now, this.#lastMs);
    return `${this.#lastMs}-${this.#lastN}`;
  }
}
