import type { Consumer, Delivered, DurableStreams, Message, StreamEntry } from "../../actors/ports/streams.ts";

export interface StreamsUnderTest {
  /** Another client of the same state. */
  connect(): DurableStreams;
  /** Removes all. */
  dispose(): Promise<void>;
}

/** Longer than any server takes, for what must come. */
export const LONG_MS = 20_000;

export const text = (body: string, headers: Record<string, string> = {}): Message => ({ headers, body: Buffer.from(body) });
export const texts = (from: number, count: number): Message[] => Array.from({ length: count }, (_, i) => text(`m${from + i}`));
export const bodies = (entries: readonly StreamEntry[]): string[] => entries.map(({ body }) => Buffer.from(body).toString());
export const ids = (entries: readonly StreamEntry[]): string[] => entries.map(({ id }) => id);

/** Takes until `count` are there. */
export const takeAll = async (consumer: Consumer, count: number, max = 100): Promise<Delivered[]> => {
  const taken: Delivered[] = [];
  while (taken.length < count) {
    const some = await consumer.take(max, LONG_MS);
    if (some.length === 0) throw new Error(`only ${taken.length} of ${count} came`);
    taken.push(...some);
  }
  return taken;
};
