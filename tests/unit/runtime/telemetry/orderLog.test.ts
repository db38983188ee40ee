import { expect, it } from "vitest";
import type { About } from "../../../../actors/ports/telemetry.ts";
import { OrderLog } from "../../../../runtime/telemetry/orderLog.ts";
import { dayOfTrading } from "../../../contract/storeEvents.ts";

it("an order keeps its trace from its submission to its last fill, over several seals", () => {
  const lines: About[] = [];
  const log = new OrderLog("r", (_line, about) => void (about && lines.push(about)));
  for (const event of dayOfTrading) log.hear([event]);
  const submitted = dayOfTrading.filter((e) => e.type === "order.submitted");
  expect(submitted.length).toBeGreaterThan(1);
  for (const { order } of submitted) {
    const about = lines.filter((l) => l.order === order.id);
    expect(new Set(about.map((l) => l.traceId)).size, order.id).toBe(1);
    expect(about[0]).toMatchObject({ event: "order.submitted", level: "debug", run: "r" });
  }
});
