import { crc32 } from "node:zlib";
import type { TapeEvent } from "../../../streams/domain/event.ts";
import { FrameBuffer } from "./buffer.ts";
import { takeEvents } from "./events.ts";
import { FLAG, FRAME_HEAD, headIntact } from "./frame.ts";
import { TickerNames } from "./slab.ts";

/**
 * Events as bytes for a wire: the frames of a tape, without its header, the last one sealed so that a pack that was cut short shows.
 * No events are no bytes. Made once, and passed on as they are from stage to stage.
 * Events must be in `seq` order without gaps when their `seq` is to be the same on the other side.
 */
export const packEvents = (events: readonly TapeEvent[]): Uint8Array => {
  const frames = spare ?? new FrameBuffer();
  spare = null;
  for (const event of events) frames.add(event);
  if (events.length > 0) frames.seal();
  const pack = Buffer.from(new ArrayBuffer(frames.used));
  frames.out.copy(pack, 0, 0, frames.used);
  frames.used = 0;
  spare = frames;
  return pack;
};

/** Its columns are some hundred kilobytes: kept for the next pack, unless an event threw half-way. */
let spare: FrameBuffer | null = null;

/** Bytes that are no pack. */
export class PackCorrupt extends Error {
  constructor(why: string) {
    super(`a pack of events cannot be read: ${why}`);
    this.name = "PackCorrupt";
  }
}

const names = new TickerNames();

/** The events of a pack, in order. @throws PackCorrupt */
export const unpackEvents = (pack: Uint8Array): TapeEvent[] => {
  const bytes = aligned(pack);
  const floats = new Float64Array(bytes.buffer, bytes.byteOffset, bytes.length >> 3);
  const events: TapeEvent[] = [];
  let at = 0;
  let whole = true;
  while (at < bytes.length) {
    if (bytes.length - at < FRAME_HEAD || !headIntact(bytes, at)) throw new PackCorrupt("a frame's head is damaged");
    const length = bytes.readUInt32LE(at);
    const offset = at + FRAME_HEAD;
    if (offset + length > bytes.length) throw new PackCorrupt("a frame is cut short");
    if (crc32(bytes.subarray(offset, offset + length)) !== bytes.readUInt32LE(at + 32))
      throw new PackCorrupt("a frame does not match its checksum");
    const frame = {
      bytes,
      floats,
      offset,
      length,
      kind: bytes.readUInt32LE(at + 4),
      count: bytes.readUInt32LE(at + 8),
      flags: bytes.readUInt32LE(at + 12),
      firstSeq: bytes.readDoubleLE(at + 16),
    };
    take(frame, events);
    at = offset + length;
    whole = (frame.flags & FLAG.sealed) !== 0;
  }
  if (!whole) throw new PackCorrupt("its last frames are missing");
  return events;
};

const take = (frame: Parameters<typeof takeEvents>[0], events: TapeEvent[]): void => {
  try {
    takeEvents(frame, names, events, events.length);
  } catch (error) {
    throw new PackCorrupt(error instanceof Error ? error.message : String(error));
  }
};

/** Columns are read in place as float64, which wants them at a multiple of 8. What comes from a socket lies anywhere. */
const aligned = (pack: Uint8Array): Buffer => {
  if (pack.byteOffset % 8 === 0 && pack.length % 8 === 0) return Buffer.from(pack.buffer, pack.byteOffset, pack.length);
  const copy = Buffer.from(new ArrayBuffer((pack.length + 7) & ~7));
  copy.set(pack);
  return copy.subarray(0, pack.length);
};
