import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { crc32 } from "node:zlib";
import type { TapeHeader } from "../../../actors/ports/tape.ts";
import { TapeCorrupt, unreadable } from "./errors.ts";
import { decodeHeader, FLAG, FRAME_HEAD, headIntact } from "./frame.ts";

/** The end of a tape that was being written when its writer died. */
export interface TornTail {
  /** Bytes after the last intact frame, or after the last sealed one where that was asked for. */
  readonly cutBytes: number;
  /** seq of the last entry before them, 0 when there is none. */
  readonly atSeq: number;
}

const CHUNK = 1 << 20;

/** Steps from frame to frame and checks each. The payload stays in `bytes` until the next step. */
export class FrameScan {
  readonly path: string;
  readonly header: TapeHeader;
  /** Set at the end, when bytes were left over. */
  torn: TornTail | null = null;
  bytes: Buffer;
  floats: Float64Array;
  kind = 0;
  count = 0;
  flags = 0;
  firstSeq = 0;
  lastTSeen = 0;
  /** seq of the last entry of this frame. */
  lastSeq = 0;
  /** The newest sealed frame: where it ends, its last entry's seq and tSeen. At first, the end of the header. */
  sealed: { end: number; seq: number; tSeen: number };
  /** Where the payload begins in `bytes`, and its length. */
  at = 0;
  length = 0;
  /** Bytes from the start of the file to the end of this frame. */
  end: number;

  readonly #fd: number;
  #view: DataView;
  #from = 0;
  #to = 0;
  #eof = false;

  /** @throws TapeUnreadable, TapeVersion, TapeCorrupt. */
  constructor(path: string) {
    this.path = path;
    try {
      this.#fd = openSync(path, "r");
    } catch (error) {
      throw unreadable(path, error);
    }
    try {
      const { header, end } = decodeHeader(path, (offset, length) => this.#readAt(offset, length));
      this.header = header;
      this.end = end;
      this.sealed = { end, seq: 0, tSeen: 0 };
    } catch (error) {
      this.close();
      throw unreadable(path, error);
    }
    this.bytes = Buffer.from(new ArrayBuffer(CHUNK));
    this.floats = new Float64Array(this.bytes.buffer);
    this.#view = new DataView(this.bytes.buffer);
  }

  /** To the next frame; false at the end. @throws TapeCorrupt when the bytes do not add up and intact frames follow. */
  step(): boolean {
    if (this.torn) return false;
    if (this.#to - this.#from < FRAME_HEAD) this.#fill(FRAME_HEAD);
    const left = this.#to - this.#from;
    if (left === 0) return false;
    if (left < FRAME_HEAD || !headIntact(this.bytes, this.#from)) return this.#bad("a frame's head does not match its checksum");
    const length = this.#view.getUint32(this.#from, true);
    if (left < FRAME_HEAD + length) this.#fill(FRAME_HEAD + length);
    const from = this.#from;
    this.at = from + FRAME_HEAD;
    if (this.#to < this.at + length) return this.#bad("a frame is cut short");
    if (crc32(this.bytes.subarray(this.at, this.at + length)) !== this.#view.getUint32(from + 32, true))
      return this.#bad("a frame does not match its checksum");
    this.#take(from, length);
    return true;
  }

  close(): void {
    closeSync(this.#fd);
  }

  #take(from: number, length: number): void {
    const view = this.#view;
    const firstSeq = view.getFloat64(from + 16, true);
    if (firstSeq !== this.lastSeq + 1)
      throw new TapeCorrupt(this.path, this.end, this.lastSeq, `entry ${this.lastSeq + 1} is missing, ${firstSeq} follows`);
    this.length = length;
    this.kind = view.getUint32(from + 4, true);
    this.count = view.getUint32(from + 8, true);
    this.flags = view.getUint32(from + 12, true);
    this.firstSeq = firstSeq;
    this.lastTSeen = view.getFloat64(from + 24, true);
    this.lastSeq = firstSeq + this.count - 1;
    this.end += FRAME_HEAD + length;
    this.#from = this.at + length;
    if (this.flags & FLAG.sealed) this.sealed = { end: this.end, seq: this.lastSeq, tSeen: this.lastTSeen };
  }

  /** Nothing intact after it: the torn tail. Otherwise the middle is broken, and we say so. */
  #bad(why: string): false {
    const size = fstatSync(this.#fd).size;
    if (this.#intactFrameAfter(this.end + 8, size)) throw new TapeCorrupt(this.path, this.end, this.lastSeq, why);
    this.torn = { cutBytes: size - this.end, atSeq: this.lastSeq };
    return false;
  }

  #intactFrameAfter(offset: number, size: number): boolean {
    for (let base = offset; base + FRAME_HEAD <= size; base += CHUNK) {
      const part = this.#readAt(base, CHUNK + FRAME_HEAD);
      for (let i = 0; i + FRAME_HEAD <= part.length && i < CHUNK; i += 8)
        if (headIntact(part, i)) {
          const length = part.readUInt32LE(i);
          const payload = this.#readAt(base + i + FRAME_HEAD, length);
          if (payload.length === length && crc32(payload) === part.readUInt32LE(i + 32)) return true;
        }
    }
    return false;
  }

  /** Makes `need` bytes available from #from on, or as many as the file still has. */
  #fill(need: number): void {
    if (this.#eof) return;
    const held = this.#to - this.#from;
    const source = this.bytes;
    if (need > source.length) {
      this.bytes = Buffer.from(new ArrayBuffer(Math.ceil(need / CHUNK) * CHUNK));
      this.floats = new Float64Array(this.bytes.buffer);
      this.#view = new DataView(this.bytes.buffer);
    }
    source.copy(this.bytes, 0, this.#from, this.#to);
    this.#from = 0;
    this.#to = held;
    while (this.#to < this.bytes.length && !this.#eof) {
      const got = this.#read(this.bytes, this.#to, this.bytes.length - this.#to, this.end + this.#to);
      if (got === 0) this.#eof = true;
      this.#to += got;
    }
  }
  #readAt(offset: number, length: number): Buffer {
    const size = fstatSync(this.#fd).size;
    const out = Buffer.alloc(Math.max(0, Math.min(length, size - offset)));
    let held = 0;
    while (held < out.length) {
      const got = this.#read(out, held, out.length - held, offset + held);
      if (got === 0) break;
      held += got;
    }
    return out.subarray(0, held);
  }
  #read(into: Buffer, at: number, length: number, position: number): number {
    try {
      return readSync(this.#fd, into, at, length, position);
    } catch (error) {
      throw unreadable(this.path, error);
    }
  }
}
