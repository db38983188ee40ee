import type { ScoreRequest, Scorer } from "../../actors/ports/scorer.ts";
import type { Ms } from "../../streams/domain/units.ts";
import { type Patience, PatientScorer } from "../core/scoring.ts";
import type { Ingress } from "./ingress.ts";
import type { Line } from "./outbox.ts";

/** The way to a scorer outside, and back: each headline comes back scored or failed, once. */
export class ScorerLine implements Line {
  readonly money = false;
  readonly #scorer: PatientScorer;
  readonly #ingress: Pick<Ingress, "answer">;
  readonly #inOrder: boolean;
  /** By headline: a second request for one is served by the answer to the first. */
  readonly #inFlight = new Map<string, Promise<void>>();
  #last: Promise<unknown> = Promise.resolve();

  /** @param inOrder answers come in the order of the requests, whichever was ready first: where the source waits for them. */
  constructor(scorer: Scorer, patience: Patience, ingress: Pick<Ingress, "answer">, inOrder: boolean) {
    this.#scorer = new PatientScorer(scorer, patience);
    this.#ingress = ingress;
    this.#inOrder = inOrder;
  }

  send(request: unknown, at: Ms): Promise<void> {
    const { news } = request as ScoreRequest;
    const known = this.#inFlight.get(news.id);
    if (known !== undefined) return known;
    const scored = this.#scorer.score(news, at);
    const before = this.#inOrder ? this.#last : Promise.resolve();
    const told = before.then(async () => {
      const answer = await scored;
      this.#inFlight.delete(news.id);
      this.#ingress.answer(answer);
    });
    this.#inFlight.set(news.id, told);
    this.#last = told;
    return told;
  }
}
