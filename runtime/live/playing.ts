import { setImmediate } from "node:timers/promises";
import type { Say } from "../../actors/ports/telemetry.ts";
import { PATHS } from "../../actors/topology.ts";
import type { Controls } from "../../gateway/ports.ts";
import type { Figures } from "../../gateway/views.ts";
import { type Ms, ms } from "../../streams/domain/units.ts";
import { openTape } from "../adapters/tape/reader.ts";
import { lineOf } from "../failures.ts";
import { hearStrategyFaults, type LateFault } from "../strategyFaults.ts";
import { VERSION } from "../version.ts";
import { takeHung, watchLive } from "./hung.ts";
import { Loop } from "./loop.ts";
import type { OpenCore } from "./openCore.ts";
import { Pacer, type Speed } from "./pacer.ts";
import type { Ports } from "./ports.ts";
import type { Source } from "./source.ts";

export interface PlayingOptions {
  readonly core: OpenCore;
  readonly mode: Ports["mode"];
  /** What is shown of the inputs; `playable` is false of a feed. */
  readonly about: Pick<Source, "kind" | "playable"> & { readonly from: number | null; readonly to: number | null };
  readonly speed: Speed;
  /** The machine's clock, epoch ms. */
  readonly wall: () => number;
  readonly say: Say;
  /** A strategy that does not come back ends the process, which another starts anew. */
  readonly watched: boolean;
}

/**
 * A core that is open, and what plays it: first its own tape, then a source at its pace, or what a feed pushes. The one way in which a run
 * goes on, in one process or with the roles apart.
 */
export class Playing {
  readonly #options: PlayingOptions;
  #pacer: Pacer | null = null;
  #loop: Loop | null = null;
  #resumed = false;

  constructor(options: PlayingOptions) {
    this.#options = options;
  }

  /** False until its own tape has been read. */
  get isPlaying(): boolean {
    return this.#loop !== null;
  }
  get pacer(): Pacer | null {
    return this.#pacer;
  }

  /** Plays the run's own tape. Returns the `tSeen` of its last input, 0 when it is new. @throws Divergence */
  async rehearse(): Promise<Ms> {
    const { core, say } = this.#options;
    const { run, folder, journal, live } = core;
    if (journal.tail === 0) return ms(0);
    const { last, unanswered } = await live.rehearse(() => openTape(folder.journal), setImmediate);
    const { tail } = live.core.door;
    say(`went on with run ${run.id} after entry ${tail}: every decision on its tape came out the same`, {
      event: "run.resumed",
      run: run.id,
      seq: tail,
    });
    this.#resumed = true;
    if (unanswered > 0)
      say(
        `${unanswered} requests to the broker had no answer when the run stopped: nothing is sent again, their orders are looked up`,
        {
          event: "requests.unanswered",
          level: "warn",
          run: run.id,
          requests: unanswered,
        },
      );
    return last;
  }

  /**
   * From here on it may be run. @param source what is played; null: only what a feed pushes. @param ended called once, at the end of the source.
   * @param held true while nothing may be fed.
   */
  async begin(source: Source | null, ended: () => void, held: () => boolean = () => false): Promise<Loop> {
    const { core, speed, wall } = this.#options;
    const pacer = source === null ? null : new Pacer(source, speed, wall());
    const loop = new Loop({ run: core.live, pacer, wall, ended, held });
    await core.live.open(
      () => loop.marketNow(),
      () => loop.wake(),
    );
    this.#pacer = pacer;
    this.#loop = loop;
    hearStrategyFaults((fault) => this.#failed(fault), "leave");
    const { journal } = core.folder;
    const hung = takeHung(journal);
    if (hung !== null) this.#failed({ who: hung.who, error: new Error("it did not come back, and held up the deck") });
    if (this.#options.watched) watchLive(journal);
    // What became of open orders while nobody listened? The answer comes when the loop runs.
    if (this.#resumed && core.live.hasBroker) void loop.command("start", { do: "reconcile" }).catch(() => undefined);
    return loop;
  }

  /** It is stopped by a command, which is on the tape: a replay does without it from there on too. */
  #failed({ who, error }: LateFault): void {
    const { core, say } = this.#options;
    const path = `${PATHS.tickers}/${who.ticker}/${who.strategy}`;
    const state = core.live.core.door.kernel.inspect().find((a) => a.path === path)?.state;
    if (state === undefined || state === "stopped") return;
    say(`strategy ${who.strategy} (${who.file}) failed on ${who.ticker}, and is stopped: ${lineOf(error)}`, {
      event: "strategy.failed",
      level: "error",
      strategy: who.strategy,
      ticker: who.ticker,
    });
    void this.#loop?.command("deck", { do: "actor", path, action: "stop" }).catch(() => undefined);
  }

  figures(): Figures {
    const { core, mode, about, speed } = this.#options;
    return {
      actors: core.live.core.door.kernel.inspect(),
      tape: {
        run: core.run.id,
        mode,
        source: about.kind,
        playable: about.playable,
        playing: this.#pacer?.playing ?? (this.isPlaying && !about.playable),
        speed: about.playable ? (this.#pacer?.speed ?? speed) : 1,
        from: about.from,
        to: about.to,
        backlog: core.store.projection.backlog,
        version: VERSION,
      },
    };
  }

  /** What people may do. A feed can be neither paused nor sped up. */
  controls(): Controls {
    const { wall, core } = this.#options;
    const notReady = (): Promise<never> => Promise.reject(new Error("the deck is not ready yet"));
    return {
      command: (by, command) => this.#loop?.command(by, command) ?? notReady(),
      play: (on) => {
        this.#pacer?.setPlaying(on, wall());
        this.#loop?.wake();
        return this.#pacer !== null;
      },
      speed: (speed) => {
        this.#pacer?.setSpeed(speed, wall());
        this.#loop?.wake();
        return this.#pacer !== null;
      },
      retryDeadLetter: async (id) => {
        if (!core.live.core.door.kernel.deadLetters().some((l) => l.id === id)) return false;
        await this.#loop?.command("owner", { do: "retry", letter: id });
        return true;
      },
    };
  }
}
