/** A tape that cannot be read: wrong input, not a failure of ours. The message says which file, where, and what to do. */
export class TapeUnreadable extends Error {
  constructor(message: string) {
    super(message);
    this.name = "TapeUnreadable";
  }
}

/** Bytes that do not add up with intact frames after them. Nothing was changed. */
export class TapeCorrupt extends TapeUnreadable {
  readonly path: string;
  /** Where the bad frame begins, bytes from the start of the file. */
  readonly offset: number;
  /** seq of the last intact entry before it. */
  readonly afterSeq: number;
  constructor(path: string, offset: number, afterSeq: number, why: string) {
    super(
      `${path} is corrupt at byte ${offset}, after entry ${afterSeq}: ${why}. Restore a copy, or keep what comes before: head -c ${offset} ${path} > rescued.tape`,
    );
    this.name = "TapeCorrupt";
    this.path = path;
    this.offset = offset;
    this.afterSeq = afterSeq;
  }
}

/** Not a tape at all, or one of a format version this build does not read. */
export class TapeVersion extends TapeUnreadable {
  constructor(message: string) {
    super(message);
    this.name = "TapeVersion";
  }
}

/** An entry out of order: a fault of the program, never of the file. */
export class TapeOrder extends Error {
  constructor(message: string) {
    super(message);
    this.name = "TapeOrder";
  }
}

/** The operating system refused: disk full, read-only, no right. What was committed before is intact; what was not stays buffered. */
export class TapeUnwritable extends Error {
  readonly code: string;
  constructor(path: string, code: string, message: string) {
    super(`cannot write ${path}: ${message}`);
    this.name = "TapeUnwritable";
    this.code = code;
  }
}

const REMEDY: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full; free some space and try again",
  EDQUOT: "the disk quota is used up; free some space and try again",
  EFBIG: "the file would be larger than the system allows",
  EROFS: "the file system is read-only; choose another folder",
  EACCES: "no permission; choose another folder or change its rights",
  EPERM: "no permission; choose another folder or change its rights",
  ENOENT: "no such file or folder; create the folder first",
  ENOTDIR: "a part of the path is not a folder",
  EISDIR: "it is a folder; name a file",
  EEXIST: "it exists already; choose another name",
  EIO: "the disk reported an input/output error",
};

const codeOf = (error: unknown): string => String((error as { code?: unknown } | null)?.code ?? "UNKNOWN");
const remedyFor = (error: unknown): string => REMEDY[codeOf(error)] ?? (error instanceof Error ? error.message : String(error));

/** What the operating system said of a write, in our words. */
export const unwritable = (path: string, error: unknown): TapeUnwritable =>
  error instanceof TapeUnwritable ? error : new TapeUnwritable(path, codeOf(error), remedyFor(error));

/** What the operating system said of a read, in our words. */
export const unreadable = (path: string, error: unknown): TapeUnreadable =>
  error instanceof TapeUnreadable
    ? error
    : new TapeUnreadable(`cannot read ${path}: ${remedyFor(error).replace("; create the folder first", "")}`);
