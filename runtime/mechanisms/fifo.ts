/** First in, first out, without moving what waits. */
export class Fifo<T> {
  #items: (T | undefined)[] = [];
  /** Index of the oldest: what is before it was taken. */
  #head = 0;

  get size(): number {
    return this.#items.length - this.#head;
  }

  /** The oldest, left where it is. */
  peek(): T | undefined {
    return this.#items[this.#head];
  }

  push(item: T): void {
    this.#items.push(item);
  }

  shift(): T | undefined {
    if (this.size === 0) return undefined;
    const item = this.#items[this.#head];
    this.#items[this.#head] = undefined;
    this.#head += 1;
    if (this.#head > 1_024 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }

  /** The oldest `max`, left where they are. */
  oldest(max: number): T[] {
    return this.#items.slice(this.#head, this.#head + max) as T[];
  }

  /** Leaves out those that fail the test. */
  keep(test: (item: T) => boolean): void {
    this.#items = this.#items.slice(this.#head).filter((item) => test(item as T));
    this.#head = 0;
  }

  clear(): void {
    this.#items = [];
    this.#head = 0;
  }
}
