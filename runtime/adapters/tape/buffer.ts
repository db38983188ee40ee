import { crc32 } from "node:zlib";
import type { TapeEvent } from "../../../streams/domain/event.ts";
import { FLAG, FRAME_HEAD, KIND, padded } from "./frame.ts";
import { BAR_COLUMNS, putBar, putQuote, QUOTE_COLUMNS, SLAB_ROWS, Slab } from "./slab.ts";
import { wireText } from "./wire.ts";

const JSON_ROWS = 1024;
const JSON_CHARS = 1 << 16;

/** Packs entries into frames, in order: a change of kind ends a frame. Finished frames are the first `used` bytes of `out`. */
export class FrameBuffer {
  out: Buffer = Buffer.from(new ArrayBuffer(1 << 16));
  used = 0;
  #floats = new Float64Array(this.out.buffer);
  #view = new DataView(this.out.buffer);
  #kind = 0;
  #count = 0;
  #firstSeq = 0;
  #lastSeq = 0;
  /** Where the newest frame in `out` begins. */
  #newest = 0;
  #lastTSeen = 0;
  #text = "";
  /** Flags of the frame at hand, and those of the one that begins next. */
  #flags = 0;
  #nextFlags = 0;
  #bars: Slab | null = null;
  #quotes: Slab | null = null;

  add(event: TapeEvent): void {
    const kind = event.type === "market.bar" ? KIND.bars : event.type === "market.quote" ? KIND.quotes : KIND.json;
    if (kind !== this.#kind && this.#count > 0) this.finish();
    if (this.#count === 0) {
      this.#flags = this.#nextFlags;
      this.#nextFlags = 0;
      this.#kind = kind;
      this.#firstSeq = event.seq;
    }
    if (event.type === "market.bar") {
      this.#bars ??= new Slab(BAR_COLUMNS);
      putBar(this.#bars, event);
    } else if (event.type === "market.quote") {
      this.#quotes ??= new Slab(QUOTE_COLUMNS);
      putQuote(this.#quotes, event);
    } else this.#text += (this.#count === 0 ? "[" : ",") + wireText(event);
    this.#count++;
    this.#lastSeq = event.seq;
    this.#lastTSeen = event.tSeen;
    if (this.#count >= (kind === KIND.json ? JSON_ROWS : SLAB_ROWS) || this.#text.length > JSON_CHARS) this.finish();
  }

  /** Ends the frame at hand, if there is one. `flags` are added to it. */
  finish(more = 0): void {
    if (this.#count === 0) return;
    const flags = this.#flags | more;
    if (this.#kind === KIND.json) this.#finishText(flags);
    else this.#finishSlab((this.#kind === KIND.bars ? this.#bars : this.#quotes) as Slab, flags);
    this.#count = 0;
  }

  /** A moment begins with the entry that is added next. */
  bound(): void {
    this.finish();
    this.#nextFlags = FLAG.begins;
  }

  /** Ends the frame at hand and seals the newest; when that one has left the buffer, an empty frame carries the seal. */
  seal(): void {
    if (this.#count > 0) this.finish(FLAG.sealed);
    else if (this.used > 0) {
      const view = this.#view;
      view.setUint32(this.#newest + 12, view.getUint32(this.#newest + 12, true) | FLAG.sealed, true);
      this.#sign(this.#newest);
    } else {
      this.#kind = KIND.json;
      this.#firstSeq = this.#lastSeq + 1;
      this.#text = "[";
      this.#finishText(FLAG.sealed);
    }
  }

  #finishText(flags: number): void {
    const text = `${this.#text}]`;
    this.#reserve(FRAME_HEAD + padded(text.length * 3));
    const start = this.used + FRAME_HEAD;
    const bytes = this.out.write(text, start, "utf8");
    const length = padded(bytes);
    this.out.fill(0x20, start + bytes, start + length);
    this.#text = "";
    this.#close(length, flags);
  }
  #finishSlab(slab: Slab, more: number): void {
    const length = padded(slab.bytes);
    const flags = slab.flags | more;
    this.#reserve(FRAME_HEAD + length);
    const start = this.used + FRAME_HEAD;
    const bytes = slab.drain(this.out, this.#floats, start);
    this.out.fill(0, start + bytes, start + length);
    this.#close(length, flags);
  }
  #close(length: number, flags: number): void {
    const { out, used: at } = this;
    const view = this.#view;
    view.setUint32(at, length, true);
    view.setUint32(at + 4, this.#kind, true);
    view.setUint32(at + 8, this.#count, true);
    view.setUint32(at + 12, flags, true);
    view.setFloat64(at + 16, this.#firstSeq, true);
    view.setFloat64(at + 24, this.#lastTSeen, true);
    view.setUint32(at + 32, crc32(out.subarray(at + FRAME_HEAD, at + FRAME_HEAD + length)), true);
    this.#sign(at);
    this.#newest = at;
    this.used += FRAME_HEAD + length;
  }
  #sign(at: number): void {
    this.#view.setUint32(at + 36, crc32(this.out.subarray(at, at + 36)), true);
  }
  #reserve(bytes: number): void {
    if (this.used + bytes <= this.out.length) return;
    const larger = Buffer.from(new ArrayBuffer(padded(Math.max(this.out.length * 2, this.used + bytes))));
    this.out.copy(larger, 0, 0, this.used);
    this.out = larger;
    this.#floats = new Float64Array(larger.buffer);
    this.#view = new DataView(larger.buffer);
  }
}
