import { BadCursor } from "../../actors/ports/store.ts";

/** Where a page of a list ended: the place of its last row. Lists are ordered by these three, newest first. */
export interface Place {
  /** Epoch ms. */
  readonly tSeen: number;
  readonly seq: number;
  /** In order of opening, 1, 2, 3 … */
  readonly runNo: number;
}

const SHAPE = /^(\d{1,16})\.(\d{1,16})\.(\d{1,10})$/;

export const cursorOf = (place: Place): string => `${place.tSeen}.${place.seq}.${place.runNo}`;

/** @throws BadCursor */
export const placeOf = (cursor: string): Place => {
  const m = SHAPE.exec(cursor);
  if (!m) throw new BadCursor();
  return { tSeen: Number(m[1]), seq: Number(m[2]), runNo: Number(m[3]) };
};

/** Rows a page may have: 1 to 500, 100 when not said. */
export const limitOf = (limit: number | undefined): number => Math.min(500, Math.max(1, Math.trunc(limit ?? 100)));
