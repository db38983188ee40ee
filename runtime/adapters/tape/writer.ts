import {
  closeSync,
  existsSync,
  fdatasync,
  fdatasyncSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  renameSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { promisify } from "node:util";
import type { TapeHeader, TapeWriter } from "../../../actors/ports/tape.ts";
import type { TapeEvent } from "../../../streams/domain/event.ts";
import { FrameBuffer } from "./buffer.ts";
import { TapeOrder, unwritable } from "./errors.ts";
import { encodeHeader, type NewHeader } from "./frame.ts";
import { FrameScan, type TornTail } from "./scan.ts";

/** Past this many bytes the buffer is handed over without waiting for a commit. */
const SPILL = 1 << 20;

/** How bytes reach the disk; another in tests of a full disk. */
export interface Disk {
  write(fd: number, bytes: Buffer, from: number, length: number, position: number): number;
  flush(fd: number): void;
  /** The same beside other work. Default: `fdatasync` of the system. */
  flushLater?(fd: number): Promise<void>;
}
const disk: Disk = { write: writeSync, flush: fdatasyncSync };
const fdatasyncLater = promisify(fdatasync);

/** Shared by every tape: entries come one after the other, and time does not go back. */
export class TapeClock {
  tail: number;
  tSeen: number;
  constructor(tail: number, tSeen: number) {
    this.tail = tail;
    this.tSeen = tSeen;
  }
  /** @throws TapeOrder. */
  admit(event: TapeEvent): void {
    if (event.seq !== this.tail + 1) throw new TapeOrder(`entry ${event.seq} (${event.type}) cannot follow entry ${this.tail}`);
    if (!(event.tSeen >= this.tSeen))
      throw new TapeOrder(`entry ${event.seq} (${event.type}) was seen at ${event.tSeen}, before the last one at ${this.tSeen}`);
    this.tail = event.seq;
    this.tSeen = event.tSeen;
  }
}

class FileWriter implements TapeWriter {
  readonly #path: string;
  readonly #fd: number;
  readonly #disk: Disk;
  readonly #clock: TapeClock;
  readonly #frames = new FrameBuffer();
  /** Bytes of the file that are whole frames. */
  #end: number;
  /** Entries were appended since the last seal. */
  #unsealed = false;
  #open = true;

  constructor(path: string, fd: number, end: number, clock: TapeClock, io: Disk) {
    this.#path = path;
    this.#fd = fd;
    this.#end = end;
    this.#clock = clock;
    this.#disk = io;
  }
  get tail(): number {
    return this.#clock.tail;
  }
  append(event: TapeEvent): void {
    this.#clock.admit(event);
    this.#unsealed = true;
    this.#frames.add(event);
    if (this.#frames.used >= SPILL) this.#hand();
  }
  commit(): void {
    this.#frames.finish();
    if (this.#frames.used > 0) this.#hand();
  }
  seal(): void {
    if (this.#unsealed) this.#frames.seal();
    this.#unsealed = false;
    if (this.#frames.used > 0) this.#hand();
  }
  sync(): void {
    this.commit();
    try {
      this.#disk.flush(this.#fd);
    } catch (error) {
      throw unwritable(this.#path, error);
    }
  }
  async flush(): Promise<void> {
    this.commit();
    const { flushLater = fdatasyncLater } = this.#disk;
    try {
      await flushLater(this.#fd);
    } catch (error) {
      if (this.#open) throw unwritable(this.#path, error); // else it was synced as it was closed
    }
  }
  bound(): void {
    this.#frames.bound();
  }
  close(): void {
    if (!this.#open) return;
    try {
      this.sync();
    } finally {
      this.#open = false;
      closeSync(this.#fd);
    }
  }
  /** One write. When it fails, the file is cut back to whole frames and the buffer is kept for another try. */
  #hand(): void {
    const { out, used } = this.#frames;
    let done = 0;
    try {
      while (done < used) done += this.#disk.write(this.#fd, out, done, used - done, this.#end + done);
    } catch (error) {
      try {
        ftruncateSync(this.#fd, this.#end);
      } catch {} // what is left over is a torn tail, cut at the next start
      throw unwritable(this.#path, error);
    }
    this.#end += used;
    this.#frames.used = 0;
  }
}

/** The folder's own entry of a new or renamed file, on the disk. Not every system can: then the next sync does. */
export const syncFolder = (path: string): void => {
  try {
    const fd = openSync(dirname(path), "r");
    fsyncSync(fd);
    closeSync(fd);
  } catch {}
};

/**
 * A new, empty tape. The file appears whole, header and all, or not at all.
 * @throws TapeUnwritable, also when the file is there already.
 */
export const createTape = (path: string, header: NewHeader, io: Disk = disk): TapeWriter => {
  if (existsSync(path)) throw unwritable(path, { code: "EEXIST" });
  const first = encodeHeader(header);
  const fresh = `${path}.new`;
  let fd: number | null = null;
  try {
    fd = openSync(fresh, "w");
    for (let done = 0; done < first.length; ) done += io.write(fd, first, done, first.length - done, done);
    io.flush(fd);
    renameSync(fresh, path);
  } catch (error) {
    if (fd !== null) {
      closeSync(fd);
      unlinkSync(fresh);
    }
    throw unwritable(path, error);
  }
  syncFolder(path);
  return new FileWriter(path, fd, first.length, new TapeClock(0, 0), io);
};

/**
 * Goes on with a tape. A torn tail is cut off and reported; nothing before it is lost. `toSeal`: what was not sealed is cut off too.
 * `upTo`: so is everything behind the last seal at or before that seq.
 * @throws TapeUnreadable, TapeVersion, TapeCorrupt (the file is left as it is), TapeUnwritable.
 */
export const appendTape = (
  path: string,
  { io = disk, toSeal = false, upTo }: { readonly io?: Disk; readonly toSeal?: boolean; readonly upTo?: number } = {},
): { readonly writer: TapeWriter; readonly header: TapeHeader; readonly cut: TornTail | null } => {
  const scan = new FrameScan(path);
  let wanted = scan.sealed;
  try {
    while (scan.step()) if (upTo === undefined || scan.sealed.seq <= upTo) wanted = scan.sealed;
  } finally {
    scan.close();
  }
  const kept = toSeal || upTo !== undefined ? wanted : { end: scan.end, seq: scan.lastSeq, tSeen: scan.lastTSeen };
  const cutBytes = scan.end - kept.end + (scan.torn?.cutBytes ?? 0);
  let fd: number;
  try {
    fd = openSync(path, "r+");
    if (cutBytes > 0) {
      ftruncateSync(fd, kept.end);
      io.flush(fd);
    }
  } catch (error) {
    throw unwritable(path, error);
  }
  const writer = new FileWriter(path, fd, kept.end, new TapeClock(kept.seq, kept.tSeen), io);
  return { writer, header: scan.header, cut: cutBytes > 0 ? { cutBytes, atSeq: kept.seq } : null };
};
