import type { Cell } from "./cell.ts";
import { type Core, enqueue } from "./core.ts";
import { drain } from "./dispatch.ts";
import { crash } from "./ending.ts";
import type { AskedAtEnd, Turn, WaitingForEnd } from "./momentEnd.ts";

/** Rounds in one moment in which one life may be told something: an actor that asks again each time would never be done. */
const MOST_ROUNDS = 10_000;

/**
 * The moment is over. What is asked of ports is done, and what that brings back at once is taken in; then all that waits at the lowest turn is told
 * and handled, and so on until nothing waits.
 */
export const endMoment = (core: Core): void => {
  const { momentEnd, host } = core;
  if (core.draining || momentEnd.isEnding) return;
  momentEnd.isEnding = true;
  try {
    drain(core, Number.POSITIVE_INFINITY);
    host.settle?.();
    if (momentEnd.turns.length === 0) return;
    momentEnd.moments++;
    for (let turn = momentEnd.turns.shift(); turn !== undefined; turn = momentEnd.turns.shift()) {
      tellAll(core, turn);
      drain(core, Number.POSITIVE_INFINITY);
      host.settle?.();
    }
  } finally {
    momentEnd.isEnding = false;
  }
};

const tellAll = (core: Core, { turn, waiting }: Turn<Cell>): void => {
  core.momentEnd.rounds++;
  if (waiting.length > 1) waiting.sort(byKey);
  for (let i = 0; i < waiting.length; i++) {
    const { owner, id, message, cause } = waiting[i] as WaitingForEnd<Cell>;
    if (owner === null || owner.askedAtEnd === null || !mayBeTold(core, owner, owner.askedAtEnd, turn)) continue;
    owner.askedAtEnd.waiting.delete(id);
    enqueue(core, owner, message, cause);
  }
};

/** Plain code units; stable: the order of asking stands where keys are the same. */
const byKey = (a: WaitingForEnd<Cell>, b: WaitingForEnd<Cell>): number => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);

/** False: it was told too often in this moment, and has crashed. */
const mayBeTold = (core: Core, cell: Cell, asked: AskedAtEnd<Cell>, turn: number): boolean => {
  const { moments, rounds } = core.momentEnd;
  if (asked.moment !== moments) {
    asked.moment = moments;
    asked.rounds = 0;
  }
  if (asked.round === rounds) return true;
  asked.round = rounds;
  if (++asked.rounds <= MOST_ROUNDS) return true;
  crash(core, cell, null, new Error(`told ${MOST_ROUNDS} times at the end of one moment, and asked again (turn ${turn})`));
  return false;
};
