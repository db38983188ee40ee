import type { History } from "../../actors/ports/store.ts";
import type { ActorFigures, DeadLetter, SupervisorView } from "../../actors/ports/supervisor.ts";
import type { PlaySpeed } from "../../gateway/contract/systemItems.ts";
import type { Controls } from "../../gateway/ports.ts";
import type { TapeFigures } from "../../gateway/views/system.ts";
import type { Command } from "../../streams/domain/control.ts";
import { RiskLimits, StrategyConfig } from "../../streams/domain/run.ts";

export const figuresOf = (path: string, messages = 0, group = false): ActorFigures => ({
  path,
  state: "running",
  group,
  mailboxDepth: 0,
  mailboxAgeMs: 0,
  messages,
  p50Us: 3,
  p99Us: 40,
  restarts: 0,
  conflated: 0,
  lastError: null,
  lastErrorAt: null,
});

export const fakeSupervisor = (
  paths: readonly string[] = ["deck/market", "deck/market/ticker/AAPL", "deck/money/risk"],
): SupervisorView & { messages: number } => {
  const letter: DeadLetter = {
    id: 1,
    path: "market/ticker/AAPL",
    at: 5,
    error: "a price of NaN",
    message: { type: "market.bar" },
  };
  return {
    messages: 0,
    inspect() {
      return paths.map((p) => figuresOf(p, this.messages, p === "deck/market"));
    },
    deadLetters: () => [letter],
  };
};

/** Remembers what it was told. */
export interface FakeControls extends Controls {
  readonly commands: { readonly by: string; readonly command: Command }[];
  playing: boolean;
  pace: PlaySpeed;
}
export const fakeControls = (playable = true): FakeControls => ({
  commands: [],
  playing: true,
  pace: 1,
  async command(by, command) {
    this.commands.push({ by, command });
  },
  play(playing) {
    if (playable) this.playing = playing;
    return playable;
  },
  speed(speed) {
    if (playable) this.pace = speed;
    return playable;
  },
  retryDeadLetter: async (id) => id === 1,
});

/** Says back what it was asked, as a row. */
export const echoHistory: History = {
  list: async (kind, query) => ({
    items: [{ seq: 1, run: "r", kind, ...query }],
    cursor: query.cursor === undefined ? "next" : null,
  }),
  event: async (run, seq) => ({ run, seq }),
  equity: async (query) => [[query.from ?? 0, 100_000]],
};

export const limits = RiskLimits.parse({});
export const threeStrategies = ["momentum", "meanReversion", "newsDriven"].map((name) => StrategyConfig.parse({ name }));
export const tapeFigures = (
  controls: { readonly playing: boolean; readonly pace: PlaySpeed } = { playing: true, pace: 60 },
): TapeFigures => ({
  run: "demo",
  mode: "simulated",
  source: "generated",
  playable: true,
  playing: controls.playing,
  speed: controls.pace,
  from: null,
  to: null,
  backlog: 0,
  version: "0.1.0",
});
