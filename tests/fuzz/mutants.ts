/** A fault put back into a source: `find` is there exactly once. */
export interface Mutant {
  readonly name: string;
  /** From the root of the project. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
  /** Invariants that it may break. */
  readonly expects: readonly string[];
}

export const MUTANTS: readonly Mutant[] = [];
