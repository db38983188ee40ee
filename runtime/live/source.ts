import type { InputEvent } from "../../streams/domain/event.ts";
import type { Ms } from "../../streams/domain/units.ts";
import { nextSession } from "../../streams/market/calendar.ts";
import { generatedMarket } from "../../streams/market/generated.ts";
import type { GeneratedMarketConfig } from "../../streams/market/settings.ts";
import type { TapeInfo } from "../adapters/tape/info.ts";
import { openTape } from "../adapters/tape/reader.ts";
import { TapeSource } from "../replay/player.ts";

/** Where inputs come from. Batches are in order of `tSeen`, and no moment is split over two. */
export interface Source {
  readonly kind: "generated" | "tape" | "feed";
  /** Whether a person may pause it and set its speed. */
  readonly playable: boolean;
  /** For people. */
  readonly name: string;
  /** The span, null when it has no known end. */
  readonly from: Ms | null;
  readonly to: Ms | null;
  /** Up to this moment the market is history: played at once, before the deck goes live. */
  readonly historyUntil: number;
  /** The next batch, null at the end; or, where `ended` is false, when none has come yet. */
  next(): readonly InputEvent[] | null;
  /** Of a source that others fill: whether nothing more will come. */
  readonly ended?: boolean;
  /** Leaves out everything seen at or before a moment. */
  seek(after: Ms): void;
}

/** Before the open at which the deck goes live, ms: who looks sees the market open. */
const BEFORE_OPEN_MS = 60_000;

/** The generated market: one session of history and the night after it, then live from the next open, on and on. */
export const generatedSource = (settings: GeneratedMarketConfig): Source => {
  const market = generatedMarket(settings);
  const first = nextSession(Date.parse(`${settings.start}T05:00:00Z`) as Ms);
  return {
    kind: "generated",
    playable: true,
    name: `generated market, seed ${settings.seed}`,
    from: null,
    to: null,
    historyUntil: nextSession(first.close).open - BEFORE_OPEN_MS,
    next: () => market.next(),
    seek: (after) => market.seek(after),
  };
};

/** A tape file, from its first entry to its last. */
export const tapeSource = (path: string, info: Pick<TapeInfo, "firstSeen" | "lastSeen">): Source => {
  const entries = new TapeSource(openTape(path));
  let after = -1;
  let batch: readonly InputEvent[] = [];
  let at = 0;
  /** The entries of one moment: a batch from the file holds many. */
  const moment = (): readonly InputEvent[] => {
    const from = at;
    const tSeen = batch[from]?.tSeen;
    while (at < batch.length && batch[at]?.tSeen === tSeen) at++;
    return batch.slice(from, at);
  };
  return {
    kind: "tape",
    playable: true,
    name: path,
    from: info.firstSeen as Ms | null,
    to: info.lastSeen as Ms | null,
    historyUntil: 0,
    next: () => {
      for (;;) {
        if (at >= batch.length) {
          const more = entries.next();
          if (more === null) return null;
          batch = more;
          at = 0;
        }
        const now = moment();
        if ((now[0]?.tSeen ?? 0) > after) return now;
      }
    },
    seek: (moment) => {
      after = moment;
    },
  };
};
