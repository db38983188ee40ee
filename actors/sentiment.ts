import type { NewsRaw } from "../streams/domain/news.ts";
import { type ActorSpec, machine, perform } from "./actor.ts";
import { NewestIds } from "./newestIds.ts";
import type { ScoreRequest } from "./ports/scorer.ts";
import { PORTS } from "./topology.ts";

/** Has every headline scored once. What the scorer answers comes back through the door as `news.scored`. */
export const sentimentActor = (): ActorSpec => ({
  name: "sentiment",
  listens: [{ type: "news.raw" }],
  recalls: [{ type: "news.raw", last: 500 }],
  behaviour: machine<NewestIds, NewsRaw>({
    initial: () => new NewestIds(20_000),
    receive: (seen, news) => {
      if (!seen.add(news.id)) return [seen];
      return [seen, perform(PORTS.scorer, { news } satisfies ScoreRequest)];
    },
  }),
});
