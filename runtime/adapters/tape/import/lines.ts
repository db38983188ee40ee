import { closeSync, openSync, readSync } from "node:fs";
import { parse } from "csv-parse/sync";
import { TapeUnreadable, unreadable } from "../errors.ts";

const CHUNK = 1 << 20;
const NEWLINE = 10;
/** A quoted field may run over this many lines; past it the quote was never closed. */
const MAX_JOINED = 20;

/** One record of a text file: a line, or several where a quoted field holds line breaks. */
export interface Line {
  readonly text: string;
  /** Line of the file, from 1, where the record begins. */
  readonly number: number;
  /** Bytes read from the file so far. */
  readonly bytesRead: number;
}

/** Lines of a UTF-8 file in bounded memory, without their line ends and without a byte order mark. @throws TapeUnreadable. */
function* physicalLines(path: string): Generator<Line> {
  let fd: number;
  try {
    fd = openSync(path, "r");
  } catch (error) {
    throw unreadable(path, error);
  }
  try {
    let held = Buffer.alloc(0);
    let number = 0;
    let bytesRead = 0;
    const chunk = Buffer.alloc(CHUNK);
    for (;;) {
      const got = readChunk(path, fd, chunk);
      bytesRead += got;
      const bytes = held.length > 0 ? Buffer.concat([held, chunk.subarray(0, got)]) : chunk.subarray(0, got);
      if (number === 0) refuseUtf16(path, bytes);
      const end = got === 0 ? bytes.length : bytes.lastIndexOf(NEWLINE) + 1;
      const lines = bytes.toString("utf8", 0, end).split("\n");
      if (lines.at(-1) === "") lines.pop();
      for (const text of lines) {
        number++;
        const clean = number === 1 && text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
        yield { text: clean.endsWith("\r") ? clean.slice(0, -1) : clean, number, bytesRead };
      }
      if (got === 0) return;
      held = Buffer.from(bytes.subarray(end));
    }
  } finally {
    closeSync(fd);
  }
}

const readChunk = (path: string, fd: number, chunk: Buffer): number => {
  try {
    return readSync(fd, chunk, 0, chunk.length, null);
  } catch (error) {
    throw unreadable(path, error);
  }
};

const refuseUtf16 = (path: string, bytes: Buffer): void => {
  if (bytes.length >= 2 && ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)))
    throw new TapeUnreadable(`${path} is UTF-16; save it as UTF-8 and import it again`);
};

const quotesIn = (text: string): number => {
  let count = 0;
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1)) count++;
  return count;
};

/**
 * Records of a file. A line with an open quote is joined with those after it; if the quote is not closed within twenty lines,
 * the line is given alone, to be refused alone, and the rest of the file is not lost to it.
 */
export function* recordsOf(path: string): Generator<Line> {
  const ahead: Line[] = [];
  const source = physicalLines(path);
  const pull = (): Line | null => {
    const { value, done } = source.next();
    return done ? null : value;
  };
  try {
    for (let line = pull(); line; line = ahead.shift() ?? pull()) {
      if (quotesIn(line.text) % 2 === 0) {
        if (line.text.trim() !== "") yield line;
        continue;
      }
      const taken: Line[] = [];
      let text = line.text;
      let open = true;
      while (open && taken.length < MAX_JOINED) {
        const more = ahead.shift() ?? pull();
        if (!more) break;
        taken.push(more);
        text += `\n${more.text}`;
        open = quotesIn(more.text) % 2 === 0;
      }
      if (open) ahead.unshift(...taken);
      yield open ? line : { ...line, text };
    }
  } finally {
    source.return(undefined);
  }
}

/** Comma, semicolon, tab or bar: the one that the header line has most of. */
export const delimiterOf = (header: string): string => {
  let best = ",";
  let most = 0;
  for (const candidate of [",", ";", "\t", "|"]) {
    const count = header.split(candidate).length;
    if (count > most) {
      most = count;
      best = candidate;
    }
  }
  return best;
};

/** The fields of a record; null when its quotes do not add up. */
export const fieldsOf = (text: string, delimiter: string): readonly string[] | null => {
  if (!text.includes('"')) return text.split(delimiter);
  try {
    return (parse(text, { delimiter, relax_quotes: false, trim: true }) as string[][])[0] ?? null;
  } catch {
    return null;
  }
};
