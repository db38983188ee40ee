import { expect, it } from "vitest";
import type { ActorFigures } from "../../../../actors/ports/supervisor.ts";
import { actorMetrics } from "../../../../gateway/server/metrics.ts";
import { processMetrics } from "../../../../runtime/adapters/telemetry/metrics.ts";
import { figuresOf } from "../../../support/fakePorts.ts";

const fresh = () => processMetrics({ process: false });
/** Samples by name and labels, as a collector reads them. */
const read = async (metrics: ReturnType<typeof fresh>): Promise<Readonly<Record<string, number>>> =>
  Object.fromEntries(
    (await metrics.text())
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("#"))
      .map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.slice(line.lastIndexOf(" ") + 1))] as const),
  );

const actor = (path: string, more: Partial<ActorFigures>): ActorFigures => ({ ...figuresOf(path), ...more });

it("a gateway sums up actors by branch of the tree", async () => {
  const metrics = fresh();
  actorMetrics(metrics, () => [actor("deck/ideas/ensemble", { messages: 2 }), actor("deck/ideas/learner", { messages: 3 })]);
  expect(await read(metrics)).toMatchObject({ 'tapedeck_actor_messages_total{stage="ideas"}': 5 });
});
