import { crc32 } from "node:zlib";
import { z } from "zod";
import type { TapeHeader } from "../../../actors/ports/tape.ts";
import { TapeCorrupt, TapeVersion } from "./errors.ts";

/** The format's version. Raised when the bytes change; events inside carry versions of their own. */
export const TAPE_VERSION = 1;
/** First bytes of every tape of every version. */
const MAGIC = Buffer.from("TAPEDECK", "latin1");
/** magic 8 · version u32 · crc32 of those 12 · header length u32 · crc32 of the header. */
const PREAMBLE = 24;

/** What a frame holds. */
export const KIND = { json: 1, bars: 2, quotes: 3 } as const;
/**
 * Bits of a frame's flags. `caused`: a slab has a column of causes. `sealed`: what came in has been dealt with to its end, up to and
 * with this frame; a run that was killed goes on from the last such frame. `begins`: a moment begins with its first entry, although the entry
 * before was seen at the same time.
 */
export const FLAG = { caused: 1, sealed: 2, begins: 4 } as const;
/** length u32 · kind u32 · count u32 · flags u32 · first seq f64 · last tSeen f64 · crc32 of the payload · crc32 of these 36 bytes. */
export const FRAME_HEAD = 40;

/** Everything is a multiple of 8 bytes, so that columns can be read in place. */
export const padded = (bytes: number): number => (bytes + 7) & ~7;

const Header = z.object({
  kind: z.enum(["market", "run"]),
  source: z.string(),
  run: z.string().nullable(),
  answers: z.partialRecord(z.enum(["broker", "scorer"]), z.enum(["again", "recorded"])).optional(),
});
/** Only a run has answers. */
const isConsistent = ({ kind, answers }: z.output<typeof Header>): boolean => kind === "run" || answers === undefined;

const jsonOf = (bytes: Buffer): unknown => {
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    return undefined;
  }
};

/** What a new tape says of itself. */
export type NewHeader = Pick<TapeHeader, "kind" | "source" | "run" | "answers">;

export const encodeHeader = ({ kind, source, run, answers }: NewHeader): Buffer => {
  const json = Buffer.from(JSON.stringify({ kind, source, run, answers }));
  const out = Buffer.alloc(PREAMBLE + padded(json.length), " ");
  MAGIC.copy(out);
  out.writeUInt32LE(TAPE_VERSION, 8);
  out.writeUInt32LE(crc32(out.subarray(0, 12)), 12);
  out.writeUInt32LE(out.length - PREAMBLE, 16);
  json.copy(out, PREAMBLE);
  out.writeUInt32LE(crc32(out.subarray(PREAMBLE)), 20);
  return out;
};

/** Reads `length` bytes at `offset`; fewer at the end of the file. */
export type ReadAt = (offset: number, length: number) => Buffer;

/** The header, and where the first frame begins. @throws TapeVersion, TapeCorrupt. */
export const decodeHeader = (path: string, readAt: ReadAt): { readonly header: TapeHeader; readonly end: number } => {
  const start = readAt(0, PREAMBLE);
  if (start.length < 8 || !start.subarray(0, 8).equals(MAGIC))
    throw new TapeVersion(`${path} is not a tape; make one with: tapedeck import bars FILE --out TAPE`);
  const broken = (why: string) => new TapeCorrupt(path, 0, 0, why);
  if (start.length < PREAMBLE) throw broken("the header is cut short");
  if (crc32(start.subarray(0, 12)) !== start.readUInt32LE(12)) throw broken("the header does not match its checksum");
  const version = start.readUInt32LE(8);
  if (version !== TAPE_VERSION)
    throw new TapeVersion(
      `${path} is a tape of version ${version}; this build reads version ${TAPE_VERSION}. ${version > TAPE_VERSION ? "Update tapedeck" : "Import it again from its sources"}`,
    );
  const length = start.readUInt32LE(16);
  const json = readAt(PREAMBLE, length);
  if (json.length < length || crc32(json) !== start.readUInt32LE(20)) throw broken("the header does not match its checksum");
  const parsed = Header.safeParse(jsonOf(json));
  if (!parsed.success || !isConsistent(parsed.data)) throw broken("the header is not what a tape's header should be");
  const { kind, source, run, answers } = parsed.data;
  return { header: { version, kind, source, run, ...(answers ? { answers } : {}) }, end: PREAMBLE + length };
};

/** Whether a frame's head begins here: its checksum is right, and it says what a frame can be. */
export const headIntact = (bytes: Buffer, at: number): boolean => {
  const length = bytes.readUInt32LE(at);
  const kind = bytes.readUInt32LE(at + 4);
  if (length % 8 !== 0 || kind < KIND.json || kind > KIND.quotes) return false;
  return crc32(bytes.subarray(at, at + 36)) === bytes.readUInt32LE(at + 36);
};
