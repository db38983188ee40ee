import type { ActorFigures } from "../../actors/ports/supervisor.ts";
import { ms } from "../../streams/domain/units.ts";
import { nextSession, type Session, sessionAt } from "../../streams/market/calendar.ts";
import type { ActorItem, FeedItem, TapeItem } from "../contract/systemItems.ts";
import { keyed, type Rec } from "./keyed.ts";
import { NOTHING, type View } from "./view.ts";

/** What only the runtime knows of the tape; the rest is folded. */
export type TapeFigures = Omit<TapeItem, "tSeen" | "seq" | "sessionOpen" | "sessionClose" | "eventsPerSecond">;

/** Actors and feeds are looked at once a second of the machine's clock: their figures move all the time. */
const LOOK_MS = 1000;

interface Boxed<I> extends Rec {
  item: I;
}

const sameActor = (a: ActorItem, b: ActorItem): boolean => {
  for (const name of Object.keys(a) as (keyof ActorItem)[]) if (a[name] !== b[name]) return false;
  return true;
};

export interface ActorsView {
  readonly view: View;
  /** Takes the tree as it is now; actors that are no more go. */
  look(actors: readonly ActorFigures[], wallAt: number): void;
}
export const actorsView = (): ActorsView => {
  const view = keyed<Boxed<ActorItem>>(null, (r) => r.item);
  let lookedAt = Number.NEGATIVE_INFINITY;
  const itemOf = (a: ActorFigures, before: ActorItem | undefined, seconds: number): ActorItem => ({
    path: a.path,
    state: a.state,
    group: a.group,
    mailboxDepth: a.mailboxDepth,
    mailboxAgeMs: a.mailboxAgeMs,
    messages: a.messages,
    rate: before && Number.isFinite(seconds) ? Math.max(0, Math.round((a.messages - before.messages) / seconds)) : 0,
    p50Us: a.p50Us,
    p99Us: a.p99Us,
    restarts: a.restarts,
    conflated: a.conflated,
    lastError: a.lastError,
    lastErrorAt: a.lastErrorAt,
  });
  return {
    view,
    look: (actors, wallAt) => {
      if (wallAt - lookedAt < LOOK_MS) return;
      const seconds = (wallAt - lookedAt) / 1000;
      lookedAt = wallAt;
      const here = new Set<string>();
      for (const a of actors) {
        here.add(a.path);
        const rec = view.get(a.path);
        const item = itemOf(a, rec?.item, seconds);
        if (!rec) view.add({ key: a.path, dirty: false, item });
        else if (!sameActor(rec.item, item)) {
          rec.item = item;
          view.touch(rec);
        }
      }
      for (const rec of [...view.all()]) if (!here.has(rec.key)) view.remove(rec.key);
    },
  };
};

export interface FeedsView {
  readonly view: View;
  /** A source said something, in the core's time. Cheap: called for every market event. */
  heard(name: string, at: number): void;
  look(now: number, wallAt: number): void;
}
const PRICES_LATE_MS = 5 * 60_000;
const NEWS_LATE_MS = 60 * 60_000;
const DEAD_TIMES = 6;

/** How old the last word of each source is in the core's time. Outside of the session prices are not late. */
export const feedsView = (): FeedsView => {
  const last = new Map<string, number>();
  const view = keyed<Boxed<FeedItem>>(null, (r) => r.item);
  let lookedAt = Number.NEGATIVE_INFINITY;
  const stateOf = (name: string, ageMs: number, now: number): FeedItem["state"] => {
    const lateMs = name === "prices" ? PRICES_LATE_MS : NEWS_LATE_MS;
    if (ageMs < lateMs || sessionAt(ms(now)) === null) return "ok";
    return ageMs < DEAD_TIMES * lateMs ? "late" : "dead";
  };
  return {
    view,
    heard: (name, at) => {
      last.set(name, at);
    },
    look: (now, wallAt) => {
      if (wallAt - lookedAt < LOOK_MS) return;
      lookedAt = wallAt;
      for (const [name, lastSeenAt] of last) {
        const ageMs = Math.max(0, now - lastSeenAt);
        const item: FeedItem = { name, lastSeenAt, ageMs, state: stateOf(name, ageMs, now) };
        const rec = view.get(name);
        if (!rec) view.add({ key: name, dirty: false, item });
        else {
          rec.item = item;
          view.touch(rec);
        }
      }
    },
  };
};

export interface TapeView {
  readonly view: View;
  look(figures: TapeFigures, seq: number, now: number, events: number, wallAt: number): void;
  item(): TapeItem | null;
}
export const tapeView = (): TapeView => {
  let item: TapeItem | null = null;
  let text = "";
  let dirty = false;
  let session: Session | null = null;
  let countedAt = 0;
  let counted = 0;
  let rate = 0;
  return {
    item: () => item,
    look: (figures, seq, now, events, wallAt) => {
      if (now > 0 && (session === null || now >= session.close || now < session.open))
        session = sessionAt(ms(now)) ?? nextSession(ms(now));
      if (countedAt === 0 || wallAt - countedAt >= LOOK_MS) {
        rate = countedAt === 0 ? 0 : Math.round(((events - counted) * 1000) / (wallAt - countedAt));
        countedAt = wallAt;
        counted = events;
      }
      const next: TapeItem = {
        ...figures,
        tSeen: now,
        seq,
        sessionOpen: session?.open ?? null,
        sessionClose: session?.close ?? null,
        eventsPerSecond: rate,
      };
      const nextText = JSON.stringify(next);
      if (nextText === text) return;
      item = next;
      text = nextText;
      dirty = true;
    },
    view: {
      items: () => (item ? [item] : []),
      drain: () => {
        if (!dirty) return NOTHING;
        dirty = false;
        return [{ key: "only", item }];
      },
      discard: () => {
        dirty = false;
      },
    },
  };
};
