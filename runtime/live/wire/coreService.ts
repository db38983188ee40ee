import { z } from "zod";
import type { Fanout, Subscription } from "../../../actors/ports/fanout.ts";
import type { ActorFigures, DeadLetter, Lifecycle } from "../../../actors/ports/supervisor.ts";
import { Mode, PlaySpeed, type TapeItem } from "../../../gateway/contract/systemItems.ts";
import type { Controls } from "../../../gateway/ports.ts";
import type { TapeFigures } from "../../../gateway/views/system.ts";
import type { Figures } from "../../../gateway/views.ts";
import { Command } from "../../../streams/domain/control.ts";
import { RiskLimits, StrategyConfig } from "../../../streams/domain/run.ts";
import { SUBJECTS } from "./names.ts";

/** What a gateway has to know of a core before it can show it. */
export const CoreAbout = z.object({
  run: z.string(),
  /** Of this life of the core's process: another one has other lives of actors, and begins its log anew. */
  life: z.string(),
  mode: Mode,
  // The core may be of another version: what it has more is left out.
  limits: RiskLimits.strip(),
  strategies: z.array(StrategyConfig.strip()),
  tail: z.int(),
});
export type CoreAbout = z.output<typeof CoreAbout>;

/** What a gateway may ask of a core. */
const Ask = z.discriminatedUnion("ask", [
  z.object({ ask: z.literal("command"), by: z.string(), command: Command }),
  z.object({ ask: z.literal("play"), on: z.boolean() }),
  z.object({ ask: z.literal("speed"), speed: PlaySpeed }),
  z.object({ ask: z.literal("retry"), letter: z.int() }),
]);
type Ask = z.input<typeof Ask>;

/** Actors in one message of figures. */
const PART = 250;
export interface FiguresPart {
  readonly run: string;
  readonly part: number;
  readonly parts: number;
  readonly actors: readonly ActorFigures[];
  readonly letters: readonly DeadLetter[];
  readonly tape: TapeFigures;
}

const bytes = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));
const text = (body: Uint8Array): unknown => JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.length).toString());

export interface CoreServiceOptions {
  readonly fanout: Fanout;
  readonly about: () => CoreAbout;
  readonly controls: Controls;
}

/** The core's side: answers gateways, and tells them what is on no tape. */
export class CoreService {
  readonly #fanout: Fanout;
  readonly #subscriptions: readonly Subscription[];
  #closed = false;

  constructor({ fanout, about, controls }: CoreServiceOptions) {
    this.#fanout = fanout;
    this.#subscriptions = [
      fanout.respond(SUBJECTS.about, () => bytes(CoreAbout.encode(about()))),
      fanout.respond(SUBJECTS.control, async (body) => bytes(await obey(controls, Ask.parse(text(body))))),
    ];
  }

  lifecycle(event: Lifecycle): void {
    this.#fanout.publish(SUBJECTS.lifecycle, bytes(event));
  }

  /** Told in parts, with pauses: thousands of actors are a megabyte, and prices do not wait for it. */
  async figures(
    run: string,
    { actors, tape }: Figures,
    letters: readonly DeadLetter[],
    pause: () => Promise<void>,
  ): Promise<void> {
    const parts = Math.max(1, Math.ceil(actors.length / PART));
    for (let part = 0; part < parts && !this.#closed; part++) {
      const some = actors.slice(part * PART, (part + 1) * PART);
      const told: FiguresPart = { run, part, parts, actors: some, letters: part === 0 ? letters.slice(-100) : [], tape };
      this.#fanout.publish(SUBJECTS.figures, bytes(told));
      if (part + 1 < parts) await pause();
    }
  }

  close(): void {
    this.#closed = true;
    for (const s of this.#subscriptions) s.close();
  }
}

const obey = async (controls: Controls, ask: z.output<typeof Ask>): Promise<boolean> => {
  switch (ask.ask) {
    case "command":
      await controls.command(ask.by, ask.command);
      return true;
    case "play":
      return controls.play(ask.on);
    case "speed":
      return controls.speed(ask.speed);
    case "retry":
      return controls.retryDeadLetter(ask.letter);
  }
};

const ANSWER_MS = 5_000;

/** @throws NoAnswer when no core is there. */
export const askAbout = async (fanout: Fanout): Promise<CoreAbout> =>
  CoreAbout.parse(text(await fanout.request(SUBJECTS.about, new Uint8Array(0), ANSWER_MS)));

/** The gateway's side of the same: a core elsewhere, under the hands of people. */
export const remoteControls = (fanout: Fanout, tape: () => Pick<TapeItem, "playable"> | null): Controls => {
  const ask = async (what: Ask): Promise<boolean> =>
    z.boolean().parse(text(await fanout.request(SUBJECTS.control, bytes(what), ANSWER_MS)));
  const send = (what: Ask): boolean => {
    if (tape()?.playable !== true) return false;
    void ask(what).catch(() => undefined); // the next figures show whether it was done
    return true;
  };
  return {
    command: async (by, command) => {
      await ask({ ask: "command", by, command });
    },
    play: (on) => send({ ask: "play", on }),
    speed: (speed) => send({ ask: "speed", speed }),
    retryDeadLetter: (letter) => ask({ ask: "retry", letter }),
  };
};
