import type { Ms } from "../../streams/domain/units.ts";

export type Right = "read" | "control";
/** Somebody who may ask. */
export interface Who {
  readonly user: string;
  readonly rights: readonly Right[];
  readonly by: "session" | "token";
  /** Null: it does not end by itself. */
  readonly expiresAt: number | null;
}

/** A session as it is kept: never the id in the cookie, only its hash. */
export interface SessionRecord {
  /** SHA-256 of the id, hex. */
  readonly hash: string;
  readonly user: string;
  readonly createdAt: Ms;
  readonly expiresAt: Ms;
}
/** Where sessions outlive the process. */
export interface SessionStore {
  find(hash: string): Promise<SessionRecord | null>;
  /** Adds or replaces. */
  put(record: SessionRecord): Promise<void>;
  remove(hash: string): Promise<void>;
}

/** Whose API token this is, or null. Implementations compare hashes, in constant time. */
export type TokenCheck = (token: string) => Promise<Who | null>;
