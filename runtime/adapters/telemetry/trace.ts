import { createHash } from "node:crypto";

// Ids are functions of what they name, so that a replay, a retry and another process come to the same. The form is W3C Trace Context,
// https://www.w3.org/TR/trace-context/#traceparent-header: any collector of traces takes them.

const digest = (text: string): string => createHash("sha256").update(text).digest("hex");

/** The trace of what an entry of a run led to: 32 hexadecimal digits. `sql/` has the same as the function `trace_id`. */
export const traceIdOf = (run: string, rootSeq: number): string => digest(`${run}:${rootSeq}`).slice(0, 32);

/** `traceparent` of an entry within a trace. `rootSeq`: the entry from outside that all of it goes back to. */
export const traceparentOf = (run: string, rootSeq: number, seq: number): string =>
  `00-${traceIdOf(run, rootSeq)}-${digest(`${run}:${seq}`).slice(32, 48)}-01`;

/** `traceparent` of inputs on their way to the core, which gives them a seq later: by what is played, by whom, and how far. */
export const chunkTraceparent = (play: string, share: string, through: number): string => {
  const id = digest(`${play}:${share}:${through}`);
  return `00-${id.slice(0, 32)}-${id.slice(32, 48)}-01`;
};

interface Entry {
  readonly seq: number;
  readonly cause: number;
}

/** seq of the entry that an entry of a stretch goes back to, as far as the stretch tells. `entries`: without gaps, in order of seq. */
export const rootIn = (entries: readonly Entry[], of: Entry): number => {
  const first = entries[0]?.seq ?? of.seq;
  let at = of;
  while (at.cause >= first && at.cause < at.seq) {
    const cause = entries[at.cause - first];
    if (cause === undefined) break;
    at = cause;
  }
  return at.cause > 0 && at.cause < first ? at.cause : at.seq;
};
