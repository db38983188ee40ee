/** What one check saw. */
export interface Finding {
  readonly name: string;
  /** note: works, and could be better. bad: `up` would not start. */
  readonly state: "good" | "note" | "bad";
  readonly found: string;
  /** What to do about it; null when there is nothing to do. */
  readonly remedy: string | null;
}

export const good = (name: string, found: string): Finding => ({ name, state: "good", found, remedy: null });
export const note = (name: string, found: string, remedy: string): Finding => ({ name, state: "note", found, remedy });
export const bad = (name: string, found: string, remedy: string): Finding => ({ name, state: "bad", found, remedy });
