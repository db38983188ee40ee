/** The newest so many ids. A ring stands beside the set: a set that loses its oldest keys is slow to say which one is the oldest now. */
export class NewestIds {
  private readonly known = new Set<string>();
  private readonly ring: string[] = [];
  private oldest = 0;
  private readonly size: number;

  constructor(size: number) {
    this.size = size;
  }

  has(id: string): boolean {
    return this.known.has(id);
  }

  /** Those known, in no order that counts. */
  [Symbol.iterator](): Iterator<string> {
    return this.known.values();
  }

  /** True when it was not known. */
  add(id: string): boolean {
    if (this.known.has(id)) return false;
    this.known.add(id);
    if (this.ring.length < this.size) this.ring.push(id);
    else {
      this.known.delete(this.ring[this.oldest] as string);
      this.ring[this.oldest] = id;
      this.oldest = (this.oldest + 1) % this.size;
    }
    return true;
  }
}
