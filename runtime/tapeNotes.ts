import type { TapeInfo } from "./adapters/tape/info.ts";
import type { TornTail } from "./adapters/tape/scan.ts";
import { BadInput } from "./failures.ts";

/**
 * What a person should know of a tape before it is played: a torn end, tickers that are to be followed and are not on it.
 * @throws BadInput when none of them is on it, or it has nothing at all.
 */
export const tapeNotes = (
  path: string,
  info: Pick<TapeInfo, "entries" | "tickers"> & { readonly torn: TornTail | null },
  universe: readonly string[],
): readonly string[] => {
  const notes: string[] = [];
  if (info.entries === 0) throw new BadInput(`${path} is an empty tape; fill one with: tapedeck import bars FILE --out TAPE`);
  if (info.torn)
    notes.push(
      `${path} ends in ${info.torn.cutBytes} bytes that are no whole entry, after entry ${info.torn.atSeq}; they are left out`,
    );
  const there = Object.keys(info.tickers);
  const missing = universe.filter((ticker) => !there.includes(ticker));
  if (missing.length === 0) return notes;
  const known = there.length > 12 ? `${there.slice(0, 12).join(", ")} and ${there.length - 12} more` : there.join(", ");
  const fault = `UNIVERSE: ${missing.join(", ")} ${missing.length === 1 ? "is" : "are"} not on ${path}, which has ${known}`;
  if (missing.length === universe.length) throw new BadInput(fault);
  notes.push(fault);
  return notes;
};
