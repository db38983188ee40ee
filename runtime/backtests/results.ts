import { z } from "zod";
import type { Consumer, DurableStreams } from "../../actors/ports/streams.ts";
import type { BacktestReport } from "./report.ts";

/** One entry a finished job, oldest first; the result itself is the value under `resultKey`. */
const RESULTS = "jobs:results";
const resultKey = (id: string): string => `job:${id}`;
/** Results kept; of older ones the value is emptied. */
const KEPT_RESULTS = 1_000;

const Finished = z.object({ id: z.string(), node: z.string(), decisions_hash: z.string(), seconds: z.number() });
/** What `jobs list` says of a finished job. `seconds`: the playing alone took. */
export type Finished = z.output<typeof Finished>;

/** The result as its worker wrote it, in JSON; null while there is none, or when it is not kept any more. */
export const resultOf = async (streams: DurableStreams, id: string): Promise<string | null> =>
  (await streams.get(resultKey(id))) || null;

/** The newest `max` that finished, oldest of them first, each once. */
export const finishedOf = async (streams: DurableStreams, max: number): Promise<readonly Finished[]> => {
  const found = new Map<string, Finished>();
  for (const { body } of await streams.read(RESULTS, "0", 2 * KEPT_RESULTS)) {
    const one = Finished.parse(JSON.parse(new TextDecoder().decode(body)));
    found.set(one.id, one);
  }
  return max > 0 ? [...found.values()].slice(-max) : [];
};

/** Where a worker puts results. */
export class JobResults {
  readonly #streams: DurableStreams;
  readonly #node: string;
  readonly #kept: number;
  #oldest: Promise<Consumer> | null = null;

  constructor(streams: DurableStreams, node: string, kept = KEPT_RESULTS) {
    this.#streams = streams;
    this.#node = node;
    this.#kept = kept;
  }

  async has(id: string): Promise<boolean> {
    return (await resultOf(this.#streams, id)) !== null;
  }

  /** Under its id, unless another worker was quicker: the result is the same. */
  async keep(id: string, report: BacktestReport): Promise<void> {
    if (await this.has(id)) return;
    await this.#streams.put(resultKey(id), JSON.stringify(report));
    const { decisions_hash, throughput } = report;
    const finished: Finished = { id, node: this.#node, decisions_hash, seconds: throughput.seconds };
    await this.#streams.append(RESULTS, [{ headers: { id }, body: new TextEncoder().encode(JSON.stringify(finished)) }]);
    await this.#forgetOld();
  }

  /** Workers share this: a group takes each entry once, and what no one took is not trimmed. */
  async #forgetOld(): Promise<void> {
    this.#oldest ??= this.#streams.consume(RESULTS, "forgetting", this.#node);
    const oldest = await this.#oldest;
    const over = (await this.#streams.length(RESULTS)) - this.#kept;
    if (over <= 0) return;
    for (const { id, headers } of await oldest.take(over, 0)) {
      await this.#streams.put(resultKey(headers.id ?? ""), "");
      await oldest.ack([id]);
    }
    await this.#streams.trim(RESULTS, { keep: this.#kept, unread: true });
  }
}
