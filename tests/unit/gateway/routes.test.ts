import { describe, expect, it } from "vitest";
import { routes } from "../../../gateway/contract/http.ts";
import type { Route } from "../../../gateway/contract/route.ts";
import { accountRoutes } from "../../../gateway/routes/account.ts";
import { controlRoutes } from "../../../gateway/routes/control.ts";
import { type Call, isRefusal } from "../../../gateway/routes/handler.ts";
import { systemRoutes } from "../../../gateway/routes/system.ts";
import { createViews } from "../../../gateway/views.ts";
import { fakeMarket } from "../../support/fakeDeck.ts";
import { echoHistory, fakeControls, fakeSupervisor, limits, tapeFigures, threeStrategies } from "../../support/fakePorts.ts";

const call = <R extends Route>(parts: Partial<Call<R>> = {}): Call<R> =>
  ({
    params: undefined,
    query: undefined,
    body: undefined,
    who: null,
    by: "owner",
    cookieHeader: undefined,
    setSession: () => undefined,
    ...parts,
  }) as Call<R>;

const open = (playable = true) => {
  const deck = createViews({ limits, strategies: threeStrategies });
  const controls = fakeControls(playable);
  const handlers = controlRoutes(deck, fakeSupervisor(), controls);
  return { deck, controls, handlers, account: accountRoutes(deck, echoHistory) };
};
const traded = () => {
  const all = open();
  const market = fakeMarket();
  for (const e of market.open()) all.deck.offer(e);
  for (let i = 0; i < 300; i++) for (const e of market.minute()) all.deck.offer(e);
  all.deck.look({ actors: [], tape: tapeFigures() }, 1);
  return all;
};

describe("trading control", () => {
  it("puts every command through the door under the name of who asked", async () => {
    const { handlers, controls } = open();
    await handlers.pause(call<typeof routes.pause>({ body: { reason: "lunch" } }));
    await handlers.resume(call<typeof routes.resume>());
    await handlers.kill(call<typeof routes.kill>({ body: { reason: "smoke" } }));
    await handlers.closeAll(call<typeof routes.closeAll>({ by: "script" }));
    expect(controls.commands).toEqual([
      { by: "owner", command: { do: "pause", reason: "lunch" } },
      { by: "owner", command: { do: "resume" } },
      { by: "owner", command: { do: "kill", reason: "smoke" } },
      { by: "script", command: { do: "closeAll" } },
    ]);
  });
  it("closes a position that is open, and says so of one that is not", async () => {
    const { handlers, controls, account } = traded();
    const held = await account.positions(call<typeof routes.positions>({ query: {} }));
    const ticker = isRefusal(held) ? "" : (held.items[0]?.ticker ?? "");
    expect(await handlers.closePosition(call<typeof routes.closePosition>({ params: { ticker } }))).toEqual({ accepted: true });
    expect(controls.commands).toEqual([{ by: "owner", command: { do: "close", ticker } }]);
    expect(await handlers.closePosition(call<typeof routes.closePosition>({ params: { ticker: "ZZZZ" } }))).toMatchObject({
      refused: "POSITION_UNKNOWN",
    });
  });
  it("retries a dead letter that exists", async () => {
    const { handlers } = open();
    expect(await handlers.deadLetters(call<typeof routes.deadLetters>())).toMatchObject({
      items: [{ id: 1, error: "a price of NaN" }],
    });
    expect(await handlers.retryDeadLetter(call<typeof routes.retryDeadLetter>({ params: { id: 1 } }))).toEqual({
      accepted: true,
    });
    expect(await handlers.retryDeadLetter(call<typeof routes.retryDeadLetter>({ params: { id: 2 } }))).toMatchObject({
      refused: "DEAD_LETTER_UNKNOWN",
    });
  });
});

describe("the tape's buttons", () => {
  it("change pace and pause", async () => {
    const { handlers, controls } = traded();
    expect(await handlers.play(call<typeof routes.play>({ body: { speed: "max", playing: false } }))).toMatchObject({
      playing: false,
      speed: "max",
      source: "generated",
    });
    expect([controls.playing, controls.pace]).toEqual([false, "max"]);
  });
  it("do nothing to a live market", async () => {
    const { handlers, deck } = open(false);
    deck.look({ actors: [], tape: tapeFigures() }, 1);
    expect(await handlers.play(call<typeof routes.play>({ body: { playing: false } }))).toMatchObject({
      refused: "NOT_PLAYABLE",
    });
  });
  it("ask for one of their two settings", () => {
    expect(routes.play.body.safeParse({}).success).toBe(false);
    expect(routes.play.body.safeParse({ speed: 0 }).success).toBe(false);
  });
});

describe("the account", () => {
  it("is refused before it is opened", async () => {
    expect(await open().account.portfolio(call<typeof routes.portfolio>())).toMatchObject({ refused: "NO_ACCOUNT" });
  });
  it("is what the contract says, in each of its answers", async () => {
    const { account } = traded();
    routes.portfolio.ok.parse(await account.portfolio(call<typeof routes.portfolio>()));
    routes.positions.ok.parse(await account.positions(call<typeof routes.positions>({ query: {} })));
    routes.risk.ok.parse(await account.risk(call<typeof routes.risk>()));
    routes.strategies.ok.parse(await account.strategies(call<typeof routes.strategies>()));
    expect(await account.positions(call<typeof routes.positions>({ query: { ticker: "ZZZZ" } }))).toEqual({ items: [] });
  });
});

describe("readiness", () => {
  it("names what it waits for", async () => {
    const checks = [
      { name: "store", ok: true, detail: "embedded" },
      { name: "broker", ok: false, detail: "connecting" },
    ];
    const system = systemRoutes({
      version: "1",
      readiness: { checks: async () => checks },
      metrics: async () => "",
      exchange: async () => null,
      signOut: async () => undefined,
    });
    expect(await system.ready(call<typeof routes.ready>())).toMatchObject({
      refused: "NOT_READY",
      message: "waiting for broker",
      details: { ready: false, checks },
    });
  });
  it("has a page for people that runs no script and fetches nothing", async () => {
    const system = systemRoutes({
      version: "1",
      readiness: { checks: async () => [] },
      metrics: async () => "",
      exchange: async () => null,
      signOut: async () => undefined,
    });
    const page = String(await system.docs(call<typeof routes.docs>()));
    expect(page).toContain("/api/actors/{path}/{action}");
    expect(page).not.toMatch(/<script|https?:\/\/|src=/);
  });
});
