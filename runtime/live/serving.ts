import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Controls } from "../../gateway/ports.ts";
import { type Served, serveGateway } from "../../gateway/server/serve.ts";
import { wallClock } from "../adapters/system/clock.ts";
import type { Config } from "../config.ts";
import type { RunSetup } from "../runSetup.ts";
import { VERSION } from "../version.ts";
import type { Deck } from "./deck.ts";
import type { Loop } from "./loop.ts";
import type { Pacer } from "./pacer.ts";
import type { Store } from "./store.ts";

/** What plays the deck; both null until its own tape has been read. */
export interface Playing {
  pacer: Pacer | null;
  loop: Loop | null;
}

/** What people may do, by way of the loop and the pacer. */
const controlsOf = (deck: Deck, playing: Playing): Controls => ({
  command: (by, command) => playing.loop?.command(by, command) ?? Promise.reject(new Error("the deck is not ready yet")),
  play: (on) => {
    playing.pacer?.setPlaying(on, wallClock.now());
    return playing.pacer !== null;
  },
  speed: (speed) => {
    playing.pacer?.setSpeed(speed, wallClock.now());
    return playing.pacer !== null;
  },
  retryDeadLetter: async (id) => {
    if (!deck.core.door.kernel.deadLetters().some((l) => l.id === id)) return false;
    await playing.loop?.command("owner", { do: "retry", letter: id });
    return true;
  },
});

/** The built dashboard; null when it was not built. */
const uiFolder = (): string | null => {
  const built = fileURLToPath(new URL("./ui", import.meta.url));
  return existsSync(join(built, "index.html")) ? built : null;
};

interface Serving {
  readonly setup: RunSetup;
  readonly store: Store;
  readonly deck: Deck;
  readonly playing: Playing;
  readonly say: (line: string) => void;
}

/** The gateway over a deck, listening. @throws CannotListen. */
export const serve = (config: Config, s: Serving): Promise<Served> =>
  serveGateway({
    version: VERSION,
    mode: "simulated",
    life: String(wallClock.now()),
    limits: s.setup.config.risk,
    strategies: s.setup.config.strategies,
    history: s.store.history,
    supervisor: s.deck.core.door.kernel,
    controls: controlsOf(s.deck, s.playing),
    readiness: {
      checks: async () => [
        { name: "core", ok: s.playing.loop !== null, detail: s.playing.loop !== null ? "playing" : "reading its tape" },
        { name: "database", ok: s.store.trouble() === null, detail: s.store.trouble() ?? s.store.name },
      ],
    },
    port: config.port,
    host: config.host,
    publicOrigin: config.publicOrigin,
    uiFolder: uiFolder(),
    sessionsFile: join(config.dataDir, "sessions.json"),
    onError: (error, path) => s.say(`${path}: ${error instanceof Error ? error.message : String(error)}`),
  });
