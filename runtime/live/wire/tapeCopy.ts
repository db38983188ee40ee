import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { DurableStreams } from "../../../actors/ports/streams.ts";
import type { TapeWriter } from "../../../actors/ports/tape.ts";
import { unpackEvents } from "../../adapters/tape/pack.ts";
import { RunFailed } from "../../failures.ts";
import { tapeStreamOf } from "./names.ts";

/** How far a node's own copy of a run's tape is known to be on the stream too, in a file beside it. Lags a little, never leads. */
export class PublishedMark {
  readonly #path: string;
  #written: number;
  constructor(runFolder: string) {
    this.#path = join(runFolder, "published");
    const text = existsSync(this.#path) ? readFileSync(this.#path, "utf8").trim() : "0";
    this.#written = /^\d{1,16}$/.test(text) ? Number(text) : 0;
  }
  get seq(): number {
    return this.#written;
  }
  write(seq: number): void {
    if (seq <= this.#written) return;
    writeFileSync(`${this.#path}.new`, String(seq));
    renameSync(`${this.#path}.new`, this.#path);
    this.#written = seq;
  }
}

/**
 * Brings a node's copy of the tape up to what is on the stream. Every entry of the stream is one seal.
 * @throws RunFailed when what is missing here is not on the stream any more.
 */
export const catchUp = async (
  streams: DurableStreams,
  run: string,
  journal: TapeWriter,
  mark: PublishedMark,
): Promise<number> => {
  const stream = tapeStreamOf(run);
  const before = journal.tail;
  let at = "0";
  for (;;) {
    const entries = await streams.read(stream, at, 100);
    if (entries.length === 0) break;
    for (const entry of entries) {
      at = entry.id;
      appendEntry(run, entry, journal);
    }
  }
  mark.write(journal.tail);
  return journal.tail - before;
};

/** One entry of the stream onto a copy of the tape; what is there already is left out. @throws RunFailed when entries before it are missing. */
export const appendEntry = (
  run: string,
  entry: { readonly headers: Readonly<Record<string, string>>; readonly body: Uint8Array },
  journal: TapeWriter,
): void => {
  const { from, to } = entry.headers;
  if (Number(to) <= journal.tail) return;
  if (Number(from) > journal.tail + 1)
    throw new RunFailed(
      `entries ${journal.tail + 1} to ${Number(from) - 1} of run ${run} are neither here nor on the stream; copy run.tape from the node that wrote it`,
    );
  for (const event of unpackEvents(entry.body)) if (event.seq > journal.tail) journal.append(event);
  journal.seal();
};

/** The node that wrote the last entry of a run's stream; null when there is none. Only a holder of the account can have written it. */
export const writerOf = async (streams: DurableStreams, run: string): Promise<string | null> =>
  (await streams.last(tapeStreamOf(run)))?.headers.node ?? null;
