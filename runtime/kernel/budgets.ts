// Budgets count messages, never time: the same turn ends at the same place on every machine, and in every replay.

/**
 * Effects that a flow may emit in one turn. An honest turn has one or two, a ladder of orders some hundred: past ten thousand it is a loop. Ten
 * thousand effects are a few MB, and the ensemble has handled them within 20 ms.
 */
export const MOST_EFFECTS = 10_000;

/** Turns that a flow's own scheduler may give it at one time of the core. Work put off by 0 ms comes in ones; work that puts itself off by 0 ms never ends. */
export const MOST_TURNS_AT_ONCE = 10_000;

/**
 * Messages that may be handed out because of one input. A hundred strategies that each emit all they may are not more than this; actors that answer each
 * other for ever are, within a second.
 */
export const MOST_MESSAGES = 1_000_000;

/** An actor went past a budget. It crashes as by any other error. */
export class BudgetExceeded extends Error {
  constructor(what: string) {
    super(what);
    this.name = "BudgetExceeded";
  }
}
