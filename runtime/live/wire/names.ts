import { EVENT_TYPES, type InputEvent, streamOf, type TapeEvent } from "../../../streams/domain/event.ts";

/** Streams that bring inputs to the core. `lead` is written with every chunk of its producer, and says what else belongs to the chunk. */
export const MARKET = {
  lead: "market:bars",
  all: ["market:bars", "market:quotes", "market:ticks", "market:halts", "market:actions"],
} as const;
export const NEWS_RAW = "news:raw";
export const NEWS_SCORED = "news:scored";
/** Streams of what the core decided, filled by the bridge. */
export const DECIDED: readonly string[] = [
  ...new Set(EVENT_TYPES.filter((t) => !/^(market|news)\./.test(t)).map((type) => streamOf({ type } as TapeEvent))),
];
/** Everything that passed the door of a run, in order of `seq`, fenced by the lease of the account. */
export const tapeStreamOf = (run: string): string => `tape:${run}`;

/** Small values beside the streams. */
export const KEYS = {
  /** What the feed plays: a `SourceAbout`. */
  source: "source",
  /** What the core wants played, from where: a `PlayOrder`. */
  play: "play",
  /** `tSeen` through which inputs are on the tape: how far ahead a producer is. */
  done: "done",
  /** seq of the last entry that the bridge passed on. */
  bridged: "bridged",
} as const;

/** The one account of this version; its lease is the right to write the tape and to send orders. */
export const ACCOUNT = "account.main";
export const BRIDGE = "bridge";
/** Says that a process is there, and which roles it plays. */
export const PRESENCE = "node.";

/** Subjects between core and gateways. Those of single events (`market.bar.AAPL`) are in `subjectsOf`. */
export const SUBJECTS = {
  /** Packs of the tape, in order; headers `run`, `from`, `to`. */
  tape: "deck.tape",
  /** Request: entries after a seq. */
  read: "deck.tape.read",
  about: "deck.about",
  lifecycle: "deck.lifecycle",
  figures: "deck.figures",
  control: "deck.control",
} as const;

/** Which stream an input travels on. */
export const inputStreamOf = (e: InputEvent): string => {
  switch (e.type) {
    case "market.bar":
      return "market:bars";
    case "market.quote":
      return "market:quotes";
    case "market.tick":
      return "market:ticks";
    case "market.halt":
      return "market:halts";
    case "news.raw":
      return NEWS_RAW;
    case "news.scored":
      return NEWS_RAW; // scored outside: nothing is left to be scored
    default:
      return "market:actions";
  }
};
