import { NewestIds } from "../streams/domain/newestIds.ts";
import type { NewsRaw, NewsScored } from "../streams/domain/news.ts";
import type { RequestFailed } from "../streams/domain/request.ts";
import type { Seq } from "../streams/domain/units.ts";
import { type ActorSpec, type Effect, machine, perform, type Ref, type Step } from "./actor.ts";
import type { ScoreRequest } from "./ports/scorer.ts";
import { PORTS } from "./topology.ts";

/** Headlines known by their id: a repeat is not scored again. */
const HEADLINES = 20_000;
/** Of these a new life knows, besides those without a score. */
const RECALLED = 5_000;

interface Waiting {
  readonly news: NewsRaw;
  /** The entry that its latest request goes back to, or has to: the headline itself, or the latest failure. */
  readonly since: Seq;
}

interface State {
  readonly seen: NewestIds;
  /** Headlines without a score yet, by id. Kept of a scorer outside only: it may fail. */
  readonly waiting: Map<string, Waiting>;
  /** By headline: the entry that its latest request went back to. Passed on from life to life, as requests outlive the life that made them. */
  readonly asked: Map<string, Seq>;
  /** False while it is told again what was. */
  begun: boolean;
}

const ask = (port: string, news: NewsRaw): Effect => perform(port, { news } satisfies ScoreRequest);

/** A request for a headline that waits, of a scorer outside. */
const askFor = (state: State, port: string, { news, since }: Waiting): Effect => {
  state.asked.set(news.id, since);
  return ask(port, news);
};

/**
 * Has every headline scored once. The score comes back through the door as `news.scored`. What a scorer outside fails at, the fallback scores;
 * what came or failed while this actor was stopped is asked for when it starts again.
 * @param outside the scorer is outside: it takes its time, and may fail.
 */
export const sentimentActor = (outside = false): ActorSpec => {
  /** By the place in a tree: two trees may be made of one spec. */
  const asked = new WeakMap<Ref, Map<string, Seq>>();
  const askedAt = (place: Ref): Map<string, Seq> => {
    const known = asked.get(place) ?? new Map<string, Seq>();
    asked.set(place, known);
    return known;
  };

  const onRaw = (state: State, news: NewsRaw): Step<State> => {
    if (!state.seen.add(news.id)) return [state];
    if (!outside) return [state, ask(PORTS.scorer, news)];
    const one = { news, since: news.seq };
    state.waiting.set(news.id, one);
    return state.begun ? [state, askFor(state, PORTS.scorer, one)] : [state];
  };

  const onScored = (state: State, { id }: NewsScored): Step<State> => {
    if (!state.begun) state.seen.add(id);
    state.waiting.delete(id);
    state.asked.delete(id);
    return [state];
  };

  /** @throws Error when even the fallback failed: the headline's failure is set aside, visible and retriable. */
  const onFailed = (state: State, f: RequestFailed): Step<State> => {
    if (f.request !== "score") return [state];
    const known = state.waiting.get(f.about);
    if (f.port === PORTS.scorer && known !== undefined) {
      const one = { news: known.news, since: f.seq };
      state.waiting.set(f.about, one);
      return state.begun ? [state, askFor(state, PORTS.fallback, one)] : [state];
    }
    if (outside && (f.port === PORTS.scorer || !state.begun)) return [state]; // scored meanwhile, or set aside before
    throw new Error(`headline ${f.about} could not be scored: ${f.reason}`);
  };

  /** What nobody was asked for since it came, or since it failed: the others' answers are on their way. */
  const started = (state: State): Step<State> => {
    state.begun = true;
    for (const id of state.asked.keys()) if (!state.waiting.has(id)) state.asked.delete(id);
    const unasked = [...state.waiting.values()].filter(({ news, since }) => state.asked.get(news.id) !== since);
    return [state, ...unasked.map((one) => askFor(state, PORTS.scorer, one))];
  };

  return {
    name: "sentiment",
    listens: [{ type: "news.raw" }, { type: "request.failed" }, ...(outside ? [{ type: "news.scored" } as const] : [])],
    recalls: outside
      ? [
          { type: "news.raw", last: "open" },
          { type: "request.failed", last: "open" },
          { type: "news.scored", last: RECALLED },
        ]
      : [{ type: "news.raw", last: RECALLED }],
    behaviour: machine<State, NewsRaw | NewsScored | RequestFailed>({
      initial: ({ self }) => ({ seen: new NewestIds(HEADLINES), waiting: new Map(), asked: askedAt(self), begun: false }),
      receive: (state, msg) => {
        switch (msg.type) {
          case "news.raw":
            return onRaw(state, msg);
          case "news.scored":
            return onScored(state, msg);
          case "request.failed":
            return onFailed(state, msg);
        }
      },
      ...(outside ? { started } : {}),
    }),
  };
};
