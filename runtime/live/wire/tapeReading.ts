import type { Fanout, Subscription } from "../../../actors/ports/fanout.ts";
import type { TapeReader } from "../../../actors/ports/tape.ts";
import type { TapeEvent } from "../../../streams/domain/event.ts";
import { packEvents, unpackEvents } from "../../adapters/tape/pack.ts";
import { SUBJECTS } from "./names.ts";
import type { RecentPacks } from "./recentPacks.ts";

/** A reply must fit into one message of the fan-out; NATS takes 1 MiB unless told otherwise. */
const REPLY_BYTES = 900_000;
/** Events of a reply that is made of recent entries. */
const ENOUGH = 4_096;
/** Readers kept open for those who will ask for what comes next. */
const KEPT = 8;

interface Open {
  readonly reader: TapeReader;
  /** Read, and not sent yet. */
  rest: TapeEvent[];
}

/** Answers those who want entries of a run's tape that they have missed. Shows nothing that is not published. */
export class TapeReading {
  readonly #run: string;
  readonly #open: () => TapeReader;
  readonly #published: () => number;
  /** By the seq after which each goes on. */
  readonly #readers = new Map<number, Open>();
  readonly #subscription: Subscription;

  readonly #recent: Pick<RecentPacks, "since">;

  /** @param recent the newest entries, for those who missed only a few */
  constructor(
    fanout: Fanout,
    run: string,
    open: () => TapeReader,
    published: () => number,
    recent: Pick<RecentPacks, "since"> = { since: () => null },
  ) {
    this.#recent = recent;
    this.#run = run;
    this.#open = open;
    this.#published = published;
    this.#subscription = fanout.respond(SUBJECTS.read, (body) => this.#answer(body));
  }

  close(): void {
    this.#subscription.close();
    for (const { reader } of this.#readers.values()) reader.close();
    this.#readers.clear();
  }

  #answer(body: Uint8Array): Uint8Array {
    const asked = JSON.parse(Buffer.from(body).toString()) as { run: string; after: number };
    if (asked.run !== this.#run) throw new Error(`run ${asked.run} is not on here; it is ${this.#run}`);
    const recent = this.#recent.since(asked.after, ENOUGH);
    if (recent !== null) return packed({ rest: recent }, this.#published()).pack;
    const one = this.#readers.get(asked.after) ?? { reader: this.#open(), rest: [] };
    this.#readers.delete(asked.after);
    if (!fill(one, asked.after)) {
      one.reader.close(); // it does not see what is written later; another will
      return new Uint8Array(0);
    }
    const { pack, last } = packed(one, this.#published());
    this.#remember(last ?? asked.after, one);
    return pack;
  }

  #remember(after: number, one: Open): void {
    this.#readers.get(after)?.reader.close();
    this.#readers.set(after, one);
    for (const [key, { reader }] of this.#readers) {
      if (this.#readers.size <= KEPT) break;
      reader.close();
      this.#readers.delete(key);
    }
  }
}

/** Reads on until there is something after a seq; false at the end. */
const fill = (one: Open, after: number): boolean => {
  while (one.rest.length === 0) {
    const batch = one.reader.next();
    if (batch === null) return false;
    one.rest = batch.filter((e) => e.seq > after);
  }
  return true;
};

/** The first of what is there, as far as it is published and fits into a reply. */
const packed = (one: Pick<Open, "rest">, published: number): { readonly pack: Uint8Array; readonly last: number | null } => {
  let n = one.rest.findIndex((e) => e.seq > published);
  if (n < 0) n = one.rest.length;
  for (; n > 0; n >>= 1) {
    const events = one.rest.slice(0, n);
    const pack = packEvents(events);
    if (pack.length > REPLY_BYTES && n > 1) continue;
    one.rest = one.rest.slice(n);
    return { pack, last: (events.at(-1) as TapeEvent).seq };
  }
  return { pack: new Uint8Array(0), last: null };
};

/** Entries of a run after a seq, from whoever writes it; [] at the end. @throws NoAnswer, PackCorrupt */
export const readOn = async (fanout: Fanout, run: string, after: number): Promise<readonly TapeEvent[]> => {
  const reply = await fanout.request(SUBJECTS.read, Buffer.from(JSON.stringify({ run, after })), 5_000);
  return unpackEvents(reply);
};
