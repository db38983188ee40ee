/** What a process tells of itself: figures that are read when somebody asks, and lines as things happen. */

export interface Sample {
  /** Exactly those that the figure was declared with. */
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** What a figure is now; null: there is nothing to tell at the moment. */
export type Read = () => number | readonly Sample[] | null;

export interface FigureAbout {
  /** `tapedeck_…`, the unit in its name: `_seconds`, `_bytes`, `_total` for what only grows. */
  readonly name: string;
  readonly help: string;
  /** Few, with few values each. */
  readonly labels?: readonly string[];
}

/** The figures of one process. The same name may be given again by another stage: what both read is told together. */
export interface Metrics {
  /** Goes up and down. */
  gauge(about: FigureAbout, read: Read): void;
  /** Only grows while the process lives. */
  counter(about: FigureAbout, read: Read): void;
  /** Takes one measurement at a time; `bounds` are the upper ends of its buckets, growing. Without labels. */
  histogram(about: FigureAbout, bounds: readonly number[]): (value: number) => void;
  /** Awaited before the figures are read. What it throws is none of the reader's business: the figures are as they were. */
  before(refresh: () => Promise<void>): void;
  /** All of it, as collectors read it. */
  text(): Promise<string>;
}

export const LEVELS = ["trace", "debug", "info", "warn", "error", "fatal"] as const;
export type Level = (typeof LEVELS)[number];

/** What a machine wants to know of a line: `event` is `noun.verb`, fields are full words. */
export interface About {
  readonly event: string;
  /** Default: info. */
  readonly level?: Level;
  readonly [field: string]: unknown;
}

/** One line for people, without a line break at its end. */
export type Say = (line: string, about?: About) => void;
