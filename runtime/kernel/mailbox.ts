import type { Ms, Seq } from "../../streams/domain/units.ts";

/** A message that waits for its actor. */
export interface Waiting {
  message: unknown;
  cause: Seq;
  /** Core time it was told. */
  readonly at: Ms;
  readonly key: string | null;
}

/**
 * What waits for one actor while it backs off or is paused, and always for one that conflates. First in, first out.
 * A newer message with the same key takes the place of the older one, at its position.
 */
export class Mailbox {
  private items: (Waiting | undefined)[] = [];
  private head = 0;
  private byKey: Map<string, Waiting> | null = null;
  /** Messages that a newer one replaced. */
  conflated = 0;

  get size(): number {
    return this.items.length - this.head;
  }

  /** Core time the oldest was told; null when none waits. */
  get oldestAt(): Ms | null {
    return this.items[this.head]?.at ?? null;
  }

  /** False when it replaced a waiting one. */
  put(message: unknown, cause: Seq, at: Ms, key: string | null): boolean {
    if (key !== null) {
      this.byKey ??= new Map();
      const same = this.byKey.get(key);
      if (same !== undefined) {
        same.message = message;
        same.cause = cause;
        this.conflated++;
        return false;
      }
    }
    const item: Waiting = { message, cause, at, key };
    if (key !== null) this.byKey?.set(key, item);
    this.items.push(item);
    return true;
  }

  take(): Waiting | undefined {
    const item = this.items[this.head];
    if (item === undefined) return undefined;
    this.items[this.head++] = undefined;
    if (item.key !== null) this.byKey?.delete(item.key);
    if (this.head === this.items.length) {
      this.items = [];
      this.head = 0;
    } else if (this.head > 1024 && this.head * 2 > this.items.length) {
      this.items = this.items.slice(this.head);
      this.head = 0;
    }
    return item;
  }

  forEach(visit: (message: unknown) => void): void {
    for (let i = this.head; i < this.items.length; i++) visit(this.items[i]?.message);
  }
}
