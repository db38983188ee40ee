import { dirname } from "node:path";
import type { Fanout } from "../../../actors/ports/fanout.ts";
import type { Consumer, DurableStreams, StreamEntry } from "../../../actors/ports/streams.ts";
import type { TapeWriter } from "../../../actors/ports/tape.ts";
import type { Say } from "../../../actors/ports/telemetry.ts";
import { RunConfig } from "../../../streams/domain/run.ts";
import { lockDataDir } from "../../adapters/system/lock.ts";
import { appendTape, createTape } from "../../adapters/tape/writer.ts";
import type { Config } from "../../config.ts";
import type { RunSetup } from "../../runSetup.ts";
import { VERSION } from "../../version.ts";
import { openRunFolder } from "../runFolder.ts";
import { tapeStreamOf } from "./names.ts";
import { type PlayOrder, readPlay, type SourceAbout } from "./playOrders.ts";
import { appendEntry, PublishedMark, writerOf } from "./tapeCopy.ts";
import { readOn } from "./tapeReading.ts";

export interface ReplicaOptions {
  readonly config: Config;
  readonly setup: RunSetup;
  readonly about: SourceAbout;
  readonly streams: DurableStreams;
  readonly fanout: Fanout;
  readonly node: string;
  readonly delay: (ms: number) => Promise<void>;
  readonly say: Say;
}

/** A node's group on the stream of a tape: what it has not copied yet is not cut off. */
export const replicaGroup = (node: string): string => `replica.${node}`;

/** Keeps a node's own copy of the tape up to date while another node writes it, so that it can go on from there at once. */
export class Replica {
  readonly #options: ReplicaOptions;
  readonly #stopping = new AbortController();
  #consumer: Consumer | null = null;
  #running: Promise<void> | null = null;
  #tail = 0;

  constructor(options: ReplicaOptions) {
    this.#options = options;
  }

  /** seq of the last entry copied in this life. */
  get tail(): number {
    return this.#tail;
  }

  /** @param failed told what waiting does not mend */
  start(failed: (error: unknown) => void): void {
    this.#running = this.#run().catch((error: unknown) => {
      if (!this.#stopping.signal.aborted) failed(error);
    });
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#consumer?.close();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { streams, node, setup, about, delay } = this.#options;
    while (!this.#stopping.signal.aborted) {
      const play = await readPlay(streams);
      const ours = play !== null && play.configHash === setup.configHash && play.source === about.hash;
      // What this node wrote itself last needs no copy, and may not all be on the stream yet.
      if (!ours || (await writerOf(streams, play.run)) === node) await delay(100);
      else await this.#copy(play);
    }
  }

  /** Copies one run until another is on. */
  async #copy(play: PlayOrder): Promise<void> {
    const { config, setup, about, streams, node, say } = this.#options;
    const lock = lockDataDir(config.dataDir);
    try {
      const folder = openRunFolder(
        config.dataDir,
        {
          configHash: setup.configHash,
          config: RunConfig.encode(setup.config),
          seed: config.seed,
          source: { kind: about.kind, name: about.name, hash: about.hash },
          version: VERSION,
        },
        () => play.run,
        { say, anew: false, underWay: { id: play.run, number: play.number } },
      );
      const mark = new PublishedMark(dirname(folder.journal));
      const journal = folder.resumed
        ? appendTape(folder.journal, { upTo: mark.seq }).writer
        : createTape(folder.journal, { kind: "run", source: about.name, run: play.run });
      try {
        const stream = tapeStreamOf(play.run);
        const consumer = await streams.consume(stream, replicaGroup(node), node, { maxDeliveries: Number.MAX_SAFE_INTEGER });
        this.#consumer = consumer;
        await this.#follow(play, consumer, journal, mark);
      } finally {
        journal.close();
      }
    } finally {
      lock.release();
    }
  }

  async #follow(play: PlayOrder, consumer: Consumer, journal: TapeWriter, mark: PublishedMark): Promise<void> {
    const { streams, say } = this.#options;
    say(`standing by for run ${play.run}: copying its tape from entry ${journal.tail + 1}`, {
      event: "replica.began",
      run: play.run,
      seq: journal.tail + 1,
    });
    while (!this.#stopping.signal.aborted) {
      const entries = await consumer.take(64, 500);
      for (const entry of entries) {
        await this.#fetchBefore(play.run, entry, journal);
        appendEntry(play.run, entry, journal);
      }
      if (entries.length > 0) {
        mark.write(journal.tail);
        this.#tail = journal.tail;
        await consumer.ack(entries.map((e) => e.id));
      } else if ((await readPlay(streams))?.run !== play.run) break;
    }
    await consumer.close();
  }

  /** What is not on the stream any more is asked of the node that writes. */
  async #fetchBefore(run: string, entry: StreamEntry, journal: TapeWriter): Promise<void> {
    const from = Number(entry.headers.from);
    while (from > journal.tail + 1 && !this.#stopping.signal.aborted) {
      const events = await readOn(this.#options.fanout, run, journal.tail);
      if (events.length === 0) return; // nobody has it: appending will say so
      for (const event of events) if (event.seq < from) journal.append(event);
      journal.commit();
    }
  }
}
