import { basename } from "node:path";

/** Rows whose text is kept for a look; more are only counted. */
const KEPT = 100_000;

/** A row that could not be used. */
export interface Rejected {
  readonly file: string;
  /** From 1; 0 when it is the whole file. */
  readonly line: number;
  readonly reason: string;
  readonly text: string;
}

/** What an import has done so far. */
export class ImportReport {
  readonly #rejected: Rejected[] = [];
  readonly files: string[] = [];
  rows = 0;
  rejectedCount = 0;
  /** Rows that became entries, before duplicates are dropped. */
  usable = 0;
  /** Names of the files that they came from. */
  readonly sources = new Set<string>();
  readonly #onBytes: (bytes: number) => void;
  #doneBytes = 0;
  #fileBytes = 0;

  /** @param onBytes told how many bytes of all files are read, now and then. */
  constructor(onBytes: (bytes: number) => void = () => {}) {
    this.#onBytes = onBytes;
  }
  /** By file as given, then by line. */
  get rejected(): readonly Rejected[] {
    const place = new Map(this.files.map((file, i) => [file, i]));
    return this.#rejected.toSorted((a, b) => (place.get(a.file) ?? 0) - (place.get(b.file) ?? 0) || a.line - b.line);
  }
  begin(path: string): void {
    this.files.push(basename(path));
    this.#doneBytes += this.#fileBytes;
    this.#fileBytes = 0;
  }
  /** Rows of the file at hand became entries. */
  took(rows: number): void {
    this.usable += rows;
    if (rows > 0 && this.files.length > 0) this.sources.add(this.files.at(-1) as string);
  }
  at(bytesRead: number): void {
    if (bytesRead === this.#fileBytes) return;
    this.#fileBytes = bytesRead;
    this.#onBytes(this.#doneBytes + bytesRead);
  }
  reject(file: string, line: number, reason: string, text: string): void {
    this.rejectedCount++;
    if (this.#rejected.length < KEPT) this.#rejected.push({ file: basename(file), line, reason, text });
  }
}
