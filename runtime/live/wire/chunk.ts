import { crc32 } from "node:zlib";
import { z } from "zod";
import type { Message } from "../../../actors/ports/streams.ts";
import type { InputEvent } from "../../../streams/domain/event.ts";
import { PackCorrupt, packEvents, unpackEvents } from "../../adapters/tape/pack.ts";

/** An input with its place in the source: several processes that read the same source number its moments alike. */
export interface Placed<E extends InputEvent = InputEvent> {
  readonly event: E;
  /** Among the inputs of its moment, from 0. */
  readonly place: number;
}

/**
 * A stretch of a source, (`prev`, `through`] in `tSeen`, of one producer. Moments are whole. Chunks of a producer hang together: the
 * `prev` of each is the `through` of the one before, so that a reader sees when one is missing.
 */
export interface ChunkLabel {
  /** Run and attempt of the play order that it answers: `s1f2e3d4c5:1`. */
  readonly play: string;
  readonly prev: number;
  readonly through: number;
  /** The source has no more. */
  readonly end: boolean;
  /** Other streams on which a part of this chunk travels, written before this one. */
  readonly beside: readonly string[];
}

const whole = z.string().regex(/^\d{1,16}$/);
const Headers = z.object({
  play: z.string().min(1),
  prev: whole.transform(Number),
  through: whole.transform(Number),
  end: z.enum(["0", "1"]).transform((t) => t === "1"),
  beside: z.string().transform((t) => (t === "" ? [] : t.split(" "))),
});

/** A chunk that cannot be read: where and why is in the message. */
export class BadChunk extends Error {
  constructor(why: string) {
    super(`not a chunk of inputs: ${why}`);
    this.name = "BadChunk";
  }
}

/** @throws BadChunk */
export const labelOf = (message: Message): ChunkLabel => {
  const parsed = Headers.safeParse(message.headers);
  if (!parsed.success) throw new BadChunk(z.prettifyError(parsed.error).split("\n")[0] ?? "bad headers");
  return parsed.data;
};

/** Count u32 · crc32 of the count and the places u32. */
const PLACES = 8;
const headBytes = (count: number): number => Math.ceil((PLACES + 4 * count) / 8) * 8;
/** Of everything in the head that is not the checksum itself. */
const headSum = (bytes: Buffer, head: number): number => crc32(bytes.subarray(PLACES, head), crc32(bytes.subarray(0, 4)));

/** Places first (u32 a piece, behind their count and a checksum), then the events as a pack, at a multiple of 8. */
export const encodeChunk = (
  label: ChunkLabel,
  inputs: readonly Placed[],
  more: Readonly<Record<string, string>> = {},
): Message => {
  const pack = packEvents(inputs.map((i) => i.event));
  const head = headBytes(inputs.length);
  const body = Buffer.from(new ArrayBuffer(head + pack.length));
  body.writeUInt32LE(inputs.length, 0);
  for (let i = 0; i < inputs.length; i++) body.writeUInt32LE((inputs[i] as Placed).place, PLACES + 4 * i);
  body.writeUInt32LE(headSum(body, head), 4);
  body.set(pack, head);
  return {
    headers: {
      ...more,
      play: label.play,
      prev: String(label.prev),
      through: String(label.through),
      end: label.end ? "1" : "0",
      beside: label.beside.join(" "),
      n: String(inputs.length),
    },
    body,
  };
};

/** @throws BadChunk, PackCorrupt */
export const decodeChunk = (message: Message): Placed[] => {
  const { body } = message;
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.length);
  if (bytes.length < PLACES) throw new BadChunk("it has no head");
  const count = bytes.readUInt32LE(0);
  const head = headBytes(count);
  if (head > bytes.length) throw new BadChunk("it is cut short");
  if (headSum(bytes, head) !== bytes.readUInt32LE(4)) throw new BadChunk("its places do not match their checksum");
  const events = unpackEvents(bytes.subarray(head)) as InputEvent[];
  if (events.length !== count) throw new BadChunk(`it names ${count} places and holds ${events.length} events`);
  return events.map((event, i) => ({ event, place: bytes.readUInt32LE(PLACES + 4 * i) }));
};

/** What came cannot be read, whoever reads it; anything else that is thrown is a fault of ours. */
export const isUnreadable = (error: unknown): error is Error => error instanceof BadChunk || error instanceof PackCorrupt;
