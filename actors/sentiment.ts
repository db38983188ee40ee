import type { NewsRaw } from "../streams/domain/news.ts";
import { type ActorSpec, machine, perform } from "./actor.ts";
import type { ScoreRequest } from "./ports/scorer.ts";
import { PORTS } from "./topology.ts";

/** Has every headline scored once. What the scorer answers comes back through the door as `news.scored`. */
export const sentimentActor = (): ActorSpec => ({
  name: "sentiment",
  listens: [{ type: "news.raw" }],
  recalls: [{ type: "news.raw", last: 500 }],
  behaviour: machine<Set<string>, NewsRaw>({
    initial: () => new Set(),
    receive: (seen, news) => {
      if (seen.has(news.id)) return [seen];
      seen.add(news.id);
      if (seen.size > 20_000)
        for (const oldest of seen) {
          seen.delete(oldest);
          break;
        }
      return [seen, perform(PORTS.scorer, { news } satisfies ScoreRequest)];
    },
  }),
});
