/** Goes the way of the proposals, behind all that were told before it. */
export interface Flush {
  readonly type: "flush";
}
/** It came through: everything told before it is done, and known. */
export interface Flushed {
  readonly type: "flushed";
}
