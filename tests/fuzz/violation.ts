/** What was promised and not kept. */
export interface Violation {
  /** Of the invariant. */
  readonly name: string;
  readonly detail: string;
}

export type Found = (name: string, detail: string) => void;
