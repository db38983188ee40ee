import type { NewsRaw, NewsScored } from "../streams/domain/news.ts";
import type { RequestFailed } from "../streams/domain/request.ts";
import { type ActorSpec, type Effect, machine, perform, type Step } from "./actor.ts";
import { NewestIds } from "./newestIds.ts";
import type { ScoreRequest } from "./ports/scorer.ts";
import { PORTS } from "./topology.ts";

/** Headlines known by their id: a repeat is not scored again. */
const HEADLINES = 20_000;
/** Of these the scores may be outstanding when a life begins. */
const RECALLED = 500;

interface State {
  readonly seen: NewestIds;
  /** Headlines without a score yet, by id. Kept of a scorer outside only: it may fail. */
  readonly waiting: Map<string, NewsRaw>;
}

const ask = (port: string, news: NewsRaw): Effect => perform(port, { news } satisfies ScoreRequest);

/**
 * Has every headline scored once. The score comes back through the door as `news.scored`. What a scorer outside fails at, the fallback scores.
 * @param outside the scorer is outside: it takes its time, and may fail.
 */
export const sentimentActor = (outside = false): ActorSpec => {
  const onRaw = (state: State, news: NewsRaw): Step<State> => {
    if (!state.seen.add(news.id)) return [state];
    if (outside) state.waiting.set(news.id, news);
    return [state, ask(PORTS.scorer, news)];
  };

  /** @throws Error when even the fallback failed: the headline's failure is set aside, visible and retriable. */
  const onFailed = (state: State, f: RequestFailed): Step<State> => {
    if (f.request !== "score") return [state];
    const news = state.waiting.get(f.about);
    if (f.port === PORTS.scorer && news !== undefined) return [state, ask(PORTS.fallback, news)];
    if (f.port === PORTS.scorer && outside) return [state]; // scored meanwhile
    throw new Error(`headline ${f.about} could not be scored: ${f.reason}`);
  };

  return {
    name: "sentiment",
    listens: [{ type: "news.raw" }, { type: "request.failed" }, ...(outside ? [{ type: "news.scored" } as const] : [])],
    recalls: [{ type: "news.raw", last: RECALLED }, ...(outside ? [{ type: "news.scored", last: RECALLED } as const] : [])],
    behaviour: machine<State, NewsRaw | NewsScored | RequestFailed>({
      initial: () => ({ seen: new NewestIds(HEADLINES), waiting: new Map() }),
      receive: (state, msg) => {
        switch (msg.type) {
          case "news.raw":
            return onRaw(state, msg);
          case "news.scored":
            state.waiting.delete(msg.id);
            return [state];
          case "request.failed":
            return onFailed(state, msg);
        }
      },
    }),
  };
};
