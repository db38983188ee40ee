import { MemoryRouter, Route } from "@solidjs/router";
import type { JSX } from "solid-js";
import { render } from "solid-js/web";
import { afterEach, describe, expect, it } from "vitest";
import { Notice } from "../../ui/src/parts/Notice.tsx";
import { Orders } from "../../ui/src/parts/Orders.tsx";
import { Positions } from "../../ui/src/parts/Positions.tsx";
import { TapeBar } from "../../ui/src/parts/TapeBar.tsx";
import { TopBar } from "../../ui/src/parts/TopBar.tsx";
import { DeckProvider, useDeck } from "../../ui/src/stores/deck.tsx";
import type { SessionStore } from "../../ui/src/stores/session.ts";
import { fakeSocket } from "./fakeLine.ts";

const T0 = Date.UTC(2026, 10, 20, 15, 42, 7);
const portfolio = {
  equity: "104486.22",
  cash: "52000",
  startEquity: "100000",
  dayStartEquity: "103282.04",
  dayPnl: "1204.18",
  dayPnlFraction: 0.0117,
  realised: "0",
  unrealised: "1204.18",
  commissions: "0",
  grossExposure: 0.41,
  netExposure: 0.41,
  drawdown: 0.008,
  openPositions: 1,
  riskBudgetUsed: { fraction: 0.41, limit: "maxGrossExposure" },
  at: T0,
};
const tape = {
  run: "r",
  mode: "simulated",
  source: "generated",
  playable: true,
  playing: true,
  speed: 60,
  tSeen: T0,
  seq: 1_204_558,
  sessionOpen: Date.UTC(2026, 10, 20, 14, 30),
  sessionClose: Date.UTC(2026, 10, 20, 21),
  from: null,
  to: null,
  backlog: 3,
  eventsPerSecond: 912,
  version: "0.1.0",
};
const calm = {
  trading: true,
  reason: null,
  paused: null,
  killed: null,
  closing: [],
  stopped: [],
  exceeded: [],
  opensAt: null,
};
/** 14:02 in New York. */
const TWO = Date.UTC(2026, 10, 20, 19, 2);
const pressed = { since: TWO, by: "ana", reason: "smoke", seq: 9 };
const killedWith = (orders: number, ...positions: unknown[]) => ({
  ...calm,
  trading: false,
  reason: "killed by ana: smoke",
  killed: { ...pressed, wholeAccount: false, left: positions.length, orders, positions },
});
const position = {
  ticker: "AAPL",
  shares: "120",
  entryPx: "228.03",
  mark: 231.47,
  markAt: T0,
  unrealised: "412.80",
  realised: "0",
  dayPnl: "412.80",
  weight: 0.26,
  openedAt: T0,
  openedBy: "o1",
  by: "momentum",
  books: [{ book: "momentum", shares: "120", avgPx: "228.03" }],
  mood: 0.6,
  spark: [1, 2, 3],
};
const denied = {
  id: "o2",
  ticker: "AMD",
  side: null,
  kind: null,
  qty: "10",
  cashFraction: null,
  limitPx: null,
  stopPx: null,
  tif: null,
  bracket: null,
  reduceOnly: false,
  by: "ensemble",
  origin: 41,
  status: "denied",
  filled: "0",
  avgPx: null,
  commission: "0",
  verdict: {
    outcome: "denied",
    asked: "10",
    granted: "0",
    denial: { code: "POSITION_EXCEEDS_LIMIT", notional: "24180.5", limit: "20000" },
    seq: 42,
  },
  reason: null,
  at: T0,
  updatedAt: T0,
  seq: 42,
};

const session: SessionStore = {
  who: () => ({ state: "in", user: "you", mayControl: true }),
  ask: async () => undefined,
  signIn: async () => undefined,
  signOut: async () => undefined,
  lost: () => ({ state: "out" }),
};

let stop: (() => void) | null = null;
afterEach(() => {
  stop?.();
  stop = null;
});
/** A part of the deck on a line of our own. */
const deckWith = (part: () => JSX.Element) => {
  const rig = fakeSocket();
  const box = document.createElement("div");
  document.body.append(box);
  const Root = () => (
    <DeckProvider socket={rig.socket} session={session}>
      {part()}
    </DeckProvider>
  );
  const dispose = render(
    () => (
      <MemoryRouter>
        <Route path="*" component={Root} />
      </MemoryRouter>
    ),
    box,
  );
  stop = () => {
    dispose();
    box.remove();
  };
  rig.line().welcomes();
  const seqs = new Map<string, number>();
  const snapshot = (topic: string, ...items: unknown[]) => {
    seqs.set(topic, 1);
    rig.line().says({ type: "snapshot", topic, seq: 1, life: "one", items });
  };
  const delta = (topic: string, item: unknown) => {
    const seq = (seqs.get(topic) ?? 0) + 1;
    seqs.set(topic, seq);
    rig.line().says({ type: "delta", topic, seq, item });
  };
  const text = () => (box.textContent ?? "").replaceAll("\u202f", " ");
  return { ...rig, box, snapshot, delta, text };
};

describe("the top bar", () => {
  it("answers the five questions", () => {
    const deck = deckWith(() => <TopBar />);
    deck.snapshot("tape", tape);
    deck.snapshot("portfolio", portfolio);
    deck.snapshot("feeds", { name: "Prices", lastSeenAt: T0, ageMs: 300, state: "ok" });
    for (const part of [
      "SIMULATED",
      "104,486.22",
      "▲ 1,204.18",
      "+1.17 %",
      "−0.80 %",
      "41 %",
      "gross exposure",
      "Prices",
      "0.3 s",
      "New York, open",
      "10:42:07",
    ])
      expect(deck.text()).toContain(part);
    expect(deck.box.querySelector(".badge")?.classList.contains("live")).toBe(false);
  });

  it("marks real money", () => {
    const deck = deckWith(() => <TopBar />);
    deck.snapshot("tape", { ...tape, mode: "live" });
    expect(deck.box.querySelector(".badge.live")?.textContent).toBe("LIVE");
  });

  it("keeps its shape before the first figures", () => {
    const deck = deckWith(() => <TopBar />);
    expect(deck.box.querySelectorAll(".stat").length).toBe(5);
  });
});

describe("the brakes", () => {
  const buttons = (box: HTMLElement) => [...box.querySelectorAll<HTMLButtonElement>(".brakes button")];
  it("are unkill and no second kill while killed", () => {
    const deck = deckWith(() => <TopBar />);
    deck.snapshot("control", calm);
    expect(buttons(deck.box).map((b) => [b.textContent, b.disabled])).toEqual([
      ["PauseP", false],
      ["Kill⇧K", false],
    ]);
    deck.delta("control", killedWith(0));
    expect(buttons(deck.box).map((b) => [b.textContent, b.disabled])).toEqual([
      ["UnkillP", false],
      ["Kill⇧K", true],
    ]);
  });
});

describe("what nobody may overlook", () => {
  const notice = () => {
    const deck = deckWith(() => <Notice />);
    deck.snapshot("tape", { ...tape, tSeen: TWO });
    deck.snapshot("control", calm);
    return deck;
  };
  it("is a pause with its reason, whatever words that has", () => {
    const deck = notice();
    expect(deck.text()).toBe("");
    const reason = "killed the lights";
    deck.delta("control", { ...calm, trading: false, reason: `paused by ana: ${reason}`, paused: { ...pressed, reason } });
    expect(deck.box.querySelector(".notice.paused")?.textContent).toContain("Paused by ana at 14:02: killed the lights.");
    expect(deck.box.querySelector("button")?.textContent).toBe("Resume tradingP");
    expect(deck.box.querySelector(".halted")).toBeNull();
  });
  it("is a kill that counts down, says what is waited for, and ends by unkill", () => {
    const deck = notice();
    const left = (symbol: string, waitsFor = "an exit of 10 shares is working") => ({ ticker: symbol, shares: "10", waitsFor });
    const why = () => deck.box.querySelector(".notice.halted .why")?.textContent;
    const overnight = killedWith(0, left("AAPL"), left("AMD"), left("KO"));
    deck.delta("control", { ...overnight, opensAt: Date.UTC(2026, 10, 23, 14, 30) });
    expect(deck.box.querySelector(".notice.halted [role=alert]")?.textContent).toBe("Killed by ana at 14:02: smoke.");
    expect(why()).toBe("3 positions left, waiting for the open at Mon 09:30 New York.");
    deck.delta("control", killedWith(2, left("AAPL"), left("AMD")));
    expect(why()).toBe("2 positions left. AAPL: an exit of 10 shares is working; 1 more.");
    deck.delta("control", killedWith(1, left("AAPL", "AAPL is halted: news")));
    expect(why()).toBe("1 position left. AAPL is halted: news.");
    deck.delta("control", killedWith(1));
    expect(why()).toBe("No position left; 1 order is being withdrawn.");
    deck.delta("control", killedWith(0));
    expect(why()).toBe("Flat.");
    expect(deck.box.querySelector("button")?.textContent).toBe("Unkill");
    deck.delta("control", calm);
    expect(deck.text()).toBe("");
  });
  it("is an actor of money that was taken out, and a limit that was passed", () => {
    const deck = notice();
    const stopped = [{ path: "deck/money/risk", how: "stop", since: TWO, by: "ana" }];
    deck.delta("control", { ...calm, trading: false, reason: "paused", stopped });
    expect(deck.text()).toContain("deck/money/risk was stopped by ana. Nothing new is opened until it runs.");
    expect(deck.box.querySelector("button")?.textContent).toBe("Start itP");
    const exceeded = [{ ticker: "AAPL", limit: "position", value: "21000", most: "20000", since: TWO }];
    deck.delta("control", { ...calm, exceeded });
    expect(deck.text()).toContain("AAPL is past the position limit: 21,000.00 of 20,000.00 USD.");
    expect(deck.box.querySelector("button")).toBeNull();
  });

  it("is a broken line, with the age of the figures and when it will be tried again", () => {
    const deck = deckWith(() => <Notice />);
    deck.line().drops();
    expect(deck.text()).toContain("No line to the deck");
    expect(deck.text()).toMatch(/reconnecting in \d+ s/);
    deck.advance(300);
    deck.line().welcomes("two");
    expect(deck.text()).toBe("");
  });
});

describe("positions", () => {
  it("update the cell that changed and keep the row", () => {
    const deck = deckWith(() => <Positions />);
    deck.snapshot("positions", position);
    const row = deck.box.querySelector("tbody tr");
    deck.delta("positions", { ...position, unrealised: "-3.5" });
    expect(deck.box.querySelector("tbody tr")).toBe(row);
    expect(row?.textContent).toContain("▼ 3.50");
  });
  it("say that they are being closed, and what that waits for", () => {
    const deck = deckWith(() => <Positions />);
    deck.snapshot("positions", position, { ...position, ticker: "KO" });
    deck.snapshot("control", {
      ...calm,
      closing: [{ ...pressed, ticker: "AAPL", wholeAccount: false, left: "120", waitsFor: "no exit is on its way yet" }],
    });
    const marks = [...deck.box.querySelectorAll("tbody tr")].map((row) => row.querySelector(".closing")?.getAttribute("title"));
    expect(marks).toEqual(["no exit is on its way yet", undefined]);
    deck.delta("control", killedWith(0, { ticker: "KO", shares: "120", waitsFor: "KO is halted: news" }));
    expect([...deck.box.querySelectorAll(".closing")].map((m) => m.getAttribute("title"))).toEqual(["KO is halted: news"]);
  });
});

describe("a denied order", () => {
  it("says which limit and the numbers when it is opened", () => {
    const List = () => <Orders keys={useDeck().orders.keys} />;
    const deck = deckWith(() => <List />);
    deck.snapshot("orders", denied);
    deck.box.querySelector<HTMLElement>("tr.opens")?.click();
    expect(deck.box.querySelector(".why")?.textContent).toContain(
      "denied: 0 of 10 shares, position exceeds limit (notional 24,180.50 USD, limit 20,000.00 USD)",
    );
  });
});

describe("the tape bar", () => {
  it("says where the tape is and how far the session went", () => {
    const deck = deckWith(() => <TapeBar />);
    deck.snapshot("tape", tape);
    expect(deck.text()).toContain("10:42:07 of 16:00");
    expect(deck.text()).toContain("seq 1,204,558");
    expect(deck.box.querySelector("[role=progressbar]")?.getAttribute("aria-valuenow")).toBe("18");
    expect(deck.box.querySelector("[aria-pressed=true]")?.textContent).toBe("×60");
    deck.delta("tape", { ...tape, playing: false });
    expect(deck.text()).toContain("tape paused");
  });
  it("offers no speed where nobody can change it", () => {
    const deck = deckWith(() => <TapeBar />);
    deck.snapshot("tape", { ...tape, playable: false });
    expect(deck.box.querySelector(".speeds")).toBeNull();
    expect(deck.box.querySelector<HTMLButtonElement>("button")?.disabled).toBe(true);
  });
});
