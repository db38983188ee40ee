import { describe, expect, it } from "vitest";
import { routes } from "../../../gateway/contract/http.ts";
import type { Route } from "../../../gateway/contract/route.ts";
import type { Controls } from "../../../gateway/ports.ts";
import { accountRoutes } from "../../../gateway/routes/account.ts";
import { controlRoutes } from "../../../gateway/routes/control.ts";
import type { Call } from "../../../gateway/routes/handler.ts";
import { systemRoutes } from "../../../gateway/routes/system.ts";
import { createViews } from "../../../gateway/views.ts";
import { controlCommand } from "../../../streams/domain/control.ts";
import type { TapeEvent } from "../../../streams/domain/event.ts";
import { fill } from "../../../streams/domain/order.ts";
import { accountOpened } from "../../../streams/domain/portfolio.ts";
import { money, ms, orderId, px, qty, seq, ticker } from "../../../streams/domain/units.ts";
import { fakeMarket } from "../../support/fakeDeck.ts";
import { echoHistory, fakeControls, fakeSupervisor, limits, tapeFigures, threeStrategies } from "../../support/fakePorts.ts";

/** Tuesday, 2 June 2026, 10:00 in New York. */
const TEN = 1_780_408_800_000;
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

/** As the door would: every command that was put through is told to the deck. */
const obeyed = (playable = true) => {
  const all = open(playable);
  let place = 0;
  const give = (event: TapeEvent): void => {
    place += 1;
    all.deck.offer({ ...event, seq: seq(place), tSeen: ms(TEN), tEvent: ms(TEN) } as TapeEvent);
  };
  const controls: Controls = {
    ...all.controls,
    command: async (by, command) => {
      await all.controls.command(by, command);
      give(controlCommand(by, command, ms(TEN)));
    },
  };
  give(accountOpened(money(100_000_000_000), ms(TEN)));
  const handlers = controlRoutes(all.deck, fakeSupervisor(), controls);
  const buy = (symbol: string, id: string) =>
    give(
      fill({
        ticker: ticker(symbol),
        orderId: orderId(id),
        fillId: id,
        side: "buy",
        qty: qty(10_000_000),
        px: px(100_000_000),
        commission: money(0),
        leaves: qty(0),
        tEvent: ms(TEN),
        tSeen: ms(TEN),
        cause: seq(0),
      }),
    );
  const close = (symbol: string, wholeAccount = false) =>
    handlers.closePosition(call<typeof routes.closePosition>({ params: { ticker: symbol }, body: { wholeAccount } }));
  return { ...all, handlers, give, buy, close };
};
const kill = (reason: string, wholeAccount = false, by = "ana") =>
  call<typeof routes.kill>({ body: { reason, wholeAccount }, by });
const closeAll = (wholeAccount = false) => call<typeof routes.closeAll>({ body: { wholeAccount } });
const signedIn = { user: "ana", rights: ["read", "control"], by: "session", expiresAt: null } as const;
const script = { ...signedIn, user: "script", by: "token" } as const;

describe("trading control", () => {
  it("puts every command through the door under the name of who asked, and answers with what it led to", async () => {
    const { handlers, controls } = obeyed();
    expect(await handlers.pause(call<typeof routes.pause>({ body: { reason: "lunch" } }))).toMatchObject({
      accepted: true,
      already: false,
      state: { trading: false, paused: { by: "owner", reason: "lunch", since: TEN } },
    });
    await handlers.resume(call<typeof routes.resume>());
    const killed = await handlers.kill(kill("smoke"));
    expect(killed).toMatchObject({ already: false, state: { killed: { by: "ana", reason: "smoke", left: 0 } } });
    routes.kill.ok.parse(killed);
    await handlers.closeAll(call<typeof routes.closeAll>({ by: "script", body: { wholeAccount: true } }));
    expect(controls.commands).toEqual([
      { by: "owner", command: { do: "pause", reason: "lunch" } },
      { by: "owner", command: { do: "resume" } },
      { by: "ana", command: { do: "kill", reason: "smoke" } },
      { by: "script", command: { do: "closeAll", wholeAccount: true } },
    ]);
  });
  it("takes a repeat, changes nothing by it, and says so", async () => {
    const { handlers, buy } = obeyed();
    buy("AAPL", "r-momentum-AAPL-1");
    const pause = (reason: string) => handlers.pause(call<typeof routes.pause>({ body: { reason } }));
    await pause("lunch");
    expect(await pause("again")).toMatchObject({ accepted: true, already: true, state: { paused: { reason: "lunch" } } });
    expect(await handlers.closeAll(closeAll())).toMatchObject({ already: false });
    expect(await handlers.closeAll(closeAll())).toMatchObject({ already: true });
    await handlers.kill(kill("smoke"));
    expect(await handlers.kill(kill("more smoke", false, "ben"))).toMatchObject({
      already: true,
      state: { killed: { by: "ana", reason: "smoke", wholeAccount: false } },
    });
    expect(await handlers.kill(kill("all of it", true, "ben"))).toMatchObject({
      already: false,
      state: { killed: { by: "ana", reason: "smoke", wholeAccount: true } },
    });
  });
  it("does not end a kill by resume, nor by a token", async () => {
    const { handlers, controls } = obeyed();
    await handlers.kill(kill("smoke"));
    const before = controls.commands.length;
    expect(await handlers.resume(call<typeof routes.resume>())).toMatchObject({
      refused: "KILLED",
      message: "killed by ana: smoke. Resume ends a pause; unkill ends a kill",
    });
    const unkill = (who: typeof signedIn | typeof script) => handlers.unkill(call<typeof routes.unkill>({ who, by: who.user }));
    expect(await unkill(script)).toMatchObject({ refused: "SESSION_REQUIRED" });
    expect(routes.unkill.errors.SESSION_REQUIRED).toBe(403);
    expect(routes.resume.errors.KILLED).toBe(409);
    expect(controls.commands).toHaveLength(before);
    expect(await unkill(signedIn)).toMatchObject({ already: false, state: { killed: null, trading: true } });
    expect(await unkill(signedIn)).toMatchObject({ already: true });
  });
  it("closes a position that is open, and says so of one that is not", async () => {
    const { close, buy, controls } = obeyed();
    buy("AAPL", "r-momentum-AAPL-1");
    expect(await close("AAPL")).toMatchObject({
      accepted: true,
      already: false,
      state: { closing: [{ ticker: "AAPL", by: "owner", left: "10" }] },
    });
    expect(await close("AAPL")).toMatchObject({ already: true });
    expect(controls.commands[0]).toEqual({ by: "owner", command: { do: "close", ticker: "AAPL" } });
    expect(await close("ZZZZ")).toMatchObject({ refused: "POSITION_UNKNOWN" });
  });
  it("leaves what no strategy bought alone, unless the whole account is meant", async () => {
    const { close, buy, handlers, controls } = obeyed();
    buy("MSFT", "a-person-by-hand");
    expect(await close("MSFT")).toMatchObject({ refused: "ACCOUNT_ONLY", details: { ticker: "MSFT" } });
    expect(controls.commands).toEqual([]);
    await handlers.kill(kill("smoke"));
    expect(await handlers.controlState(call<typeof routes.controlState>())).toMatchObject({ killed: { left: 0 } });
    expect(await close("MSFT", true)).toMatchObject({ state: { closing: [{ ticker: "MSFT", wholeAccount: true }] } });
  });
  it("tells who would resume a stopped actor to start it", async () => {
    const { deck, controls } = open();
    const supervisor = fakeSupervisor();
    const stopped = { ...supervisor, inspect: () => supervisor.inspect().map((a) => ({ ...a, state: "stopped" as const })) };
    const handlers = controlRoutes(deck, stopped, controls);
    const act = (action: "resume" | "restart") =>
      handlers.controlActor(call<typeof routes.controlActor>({ params: { path: "deck/money/risk", action } }));
    expect(await act("resume")).toMatchObject({ refused: "ACTOR_STOPPED" });
    expect(await act("restart")).toEqual({ accepted: true });
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
