import { expect, it } from "vitest";
import type { Who } from "../../../gateway/auth/ports.ts";
import { memorySessions } from "../../../gateway/auth/sessions.ts";
import { createSignIn } from "../../../gateway/auth/signIn.ts";
import type { ServerMsg, TopicName } from "../../../gateway/contract/push.ts";
import { createGateway, type Gateway } from "../../../gateway/gateway.ts";
import type { PushEvents } from "../../../gateway/push.ts";
import { fakeMarket } from "../../support/fakeDeck.ts";
import { echoHistory, fakeControls, fakeSupervisor, limits, tapeFigures, threeStrategies } from "../../support/fakePorts.ts";

const reader: Who = { user: "owner", rights: ["read"], by: "session", expiresAt: null };
const TOPICS: readonly TopicName[] = [
  "portfolio",
  "equity",
  "positions",
  "orders",
  "trades",
  "signals",
  "news",
  "bars.AAPL",
  "risk",
];

/** A gateway with a market played into it. */
const opened = () => {
  const controls = fakeControls();
  const supervisor = fakeSupervisor();
  const gateway = createGateway({
    version: "1",
    mode: "simulated",
    life: "L",
    limits,
    strategies: threeStrategies,
    history: echoHistory,
    supervisor,
    controls,
    readiness: { checks: async () => [] },
    signIn: createSignIn({ store: memorySessions(), now: () => 0 }),
    metrics: async () => "",
  });
  let wallAt = 0;
  const flush = (): void => {
    wallAt += 1_000;
    gateway.flush(wallAt, { actors: supervisor.inspect(), tape: tapeFigures(controls) });
  };
  const play = (seed: number, minutes: number) => {
    const market = fakeMarket(["AAPL", "NVDA"], seed);
    for (const e of market.open()) gateway.offer(e);
    const go = (n: number): void => {
      for (let i = 0; i < n; i++) for (const e of market.minute()) gateway.offer(e);
    };
    go(minutes);
    return go;
  };
  return { gateway, flush, play };
};
const browser = (gateway: Gateway) => {
  const heard: ServerMsg[] = [];
  const events: PushEvents = gateway.onSocket(
    {
      send: (text) => {
        heard.push(...([JSON.parse(text)].flat() as ServerMsg[]));
        return "sent";
      },
      close: () => {},
    },
    reader,
  );
  const say = (message: unknown): void => events.message(JSON.stringify(message));
  say({ type: "hello", protocol: 1 });
  const about = (topic: string) => heard.filter((m) => "topic" in m && m.topic === topic);
  return { heard, about, follow: (topic: string, more = {}) => say({ type: "subscribe", topic, ...more }) };
};
/** As a browser has it that only ever saw this. */
const itemsOf = (gateway: Gateway, topic: TopicName): unknown => JSON.parse(JSON.stringify(gateway.views.items(topic)));

it("a renewed gateway sends every topic whole, once, and nothing of what was before", () => {
  const { gateway, flush, play } = opened();
  play(7, 400);
  flush();
  const one = browser(gateway);
  for (const topic of TOPICS) one.follow(topic);
  flush();
  one.heard.length = 0;

  gateway.renew({ limits, strategies: threeStrategies });
  const go = play(11, 300);
  flush();
  const fresh = opened();
  fresh.play(11, 300);
  fresh.flush();
  for (const topic of TOPICS) {
    const told = one.about(topic);
    expect([topic, told.map((m) => m.type)]).toEqual([topic, ["snapshot"]]);
    expect([topic, (told[0] as Extract<ServerMsg, { type: "snapshot" }>).items]).toEqual([topic, itemsOf(fresh.gateway, topic)]);
  }
  expect(gateway.figures.events()).toBe(fresh.gateway.figures.events());

  const from = Object.fromEntries(TOPICS.map((t) => [t, (one.about(t)[0] as { seq: number }).seq]));
  one.heard.length = 0;
  go(1);
  flush();
  const bars = one.about("bars.AAPL") as { type: string; seq: number }[];
  expect(bars.map((m) => m.type)).toEqual(["delta"]);
  expect(bars[0]?.seq).toBe((from["bars.AAPL"] ?? 0) + 1);
});

it("a topic that is empty after the renewal is sent empty", () => {
  const { gateway, flush, play } = opened();
  play(7, 400);
  const one = browser(gateway);
  one.follow("trades");
  flush();
  one.heard.length = 0;
  gateway.renew({ limits, strategies: threeStrategies });
  flush();
  expect(one.about("trades")).toMatchObject([{ type: "snapshot", items: [] }]);
});

it("who comes back after the renewal, or comes for the first time, gets the new whole", () => {
  const { gateway, flush, play } = opened();
  play(7, 100);
  const one = browser(gateway);
  one.follow("bars.AAPL");
  flush();
  const seen = (one.about("bars.AAPL").at(-1) as { seq: number }).seq;
  gateway.renew({ limits, strategies: threeStrategies });
  play(11, 50);
  flush();
  const back = browser(gateway);
  back.follow("bars.AAPL", { after: seen, life: "L" });
  back.follow("bars.NVDA");
  for (const topic of ["bars.AAPL", "bars.NVDA"] as const)
    expect(back.about(topic)).toMatchObject([{ type: "snapshot", items: itemsOf(gateway, topic) }]);
});

it("who comes back between the renewal and the next turn ends with the new whole", () => {
  const { gateway, flush, play } = opened();
  play(7, 100);
  const one = browser(gateway);
  one.follow("bars.AAPL");
  flush();
  gateway.renew({ limits, strategies: threeStrategies });
  play(11, 50);
  const back = browser(gateway);
  back.follow("bars.AAPL");
  flush();
  expect(back.about("bars.AAPL").at(-1)).toMatchObject({ type: "snapshot", items: itemsOf(gateway, "bars.AAPL") });
});
