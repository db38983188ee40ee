import type { DeadLetter } from "../../actors/ports/supervisor.ts";

/** Stands in a dead letter for a child that could not be: it cannot be told again. */
export class RefusedSpawn {
  readonly child: string;

  constructor(child: string) {
    this.child = child;
  }
}

/** Messages set aside because nobody could handle them, newest kept. */
export class DeadLetters {
  private readonly letters = new Map<number, DeadLetter>();
  private readonly capacity: number;
  private given = 0;

  /** @param capacity past it the oldest is forgotten. */
  constructor(capacity = 1000) {
    this.capacity = capacity;
  }

  add(path: string, at: number, error: string, message: unknown): DeadLetter {
    const letter: DeadLetter = { id: ++this.given, path, at, error, message };
    this.letters.set(letter.id, letter);
    if (this.letters.size > this.capacity) {
      const oldest = this.letters.keys().next();
      if (!oldest.done) this.letters.delete(oldest.value);
    }
    return letter;
  }

  get(id: number): DeadLetter | undefined {
    return this.letters.get(id);
  }

  remove(id: number): void {
    this.letters.delete(id);
  }

  all(): readonly DeadLetter[] {
    return [...this.letters.values()];
  }
}
