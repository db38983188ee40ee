import type { History, Projection } from "../../actors/ports/store.ts";

/** Where lists for people come from. */
export interface Store {
  readonly projection: Projection;
  readonly history: History;
  /** "embedded PostgreSQL 18.4", "PostgreSQL 15 at db.example", "memory". */
  readonly name: string;
  /** Why lists may be old, or null. */
  trouble(): string | null;
  close(): Promise<void>;
}
