import type { Redis } from "ioredis";
import type { Consumer, Delivered, GroupOptions, StreamEntry } from "../../../actors/ports/streams.ts";
import { deliveredTooOften } from "../../mechanisms/deadLetterReasons.ts";
import { AckQueue } from "./ackQueue.ts";
import type { DeadLetters } from "./deadLetters.ts";
import { parseEntry, type RawEntry, toFields } from "./entry.ts";
import { codeOf, faultOf, messageOf } from "./fault.ts";
import { makeGroup } from "./group.ts";
import type { Link } from "./link.ts";
import { type Claimed, claim, listOpen, type Member, type Open } from "./pending.ts";
import type { Server } from "./server.ts";

interface Wanted {
  readonly max: number;
  /** On the monotonic clock, ms. */
  readonly until: number;
}

/** Names what a group's member is made of. */
export interface ConsumerParts {
  readonly server: Server;
  readonly link: Link;
  readonly letters: DeadLetters;
  readonly stream: string;
  readonly member: Member;
  readonly options: GroupOptions;
}

/** Codes that say that stream or group are gone: the server lost its data, or somebody dropped them. */
const GONE: ReadonlySet<string | null> = new Set(["NOGROUP", "UNBLOCKED"]);

/** See the port. Reads on a connection of its own, since a read that waits holds its connection up. */
export class RedisConsumer implements Consumer {
  readonly #parts: ConsumerParts;
  readonly #acks: AckQueue;
  readonly #claimAfterMs: number;
  readonly #maxDeliveries: number;
  /** Handed out and not settled: not to be handed out twice in this life, however long it takes. */
  readonly #held = new Set<string>();
  #taking: Promise<unknown> = Promise.resolve();
  #isClosed = false;
  /** Connection whose open entries were looked through. A lost one may have had an answer under way, with entries that are ours since. */
  #seen: Redis | null = null;
  /** Own open entries up to here were looked at; null: all were. */
  #ownAfter: string | null = "";
  #idleAfter = "";
  #nextLook = 0;

  constructor(parts: ConsumerParts) {
    this.#parts = parts;
    this.#claimAfterMs = parts.options.claimAfterMs ?? 30_000;
    this.#maxDeliveries = parts.options.maxDeliveries ?? 5;
    this.#acks = new AckQueue(parts.server, parts.member.key, parts.member.group);
  }

  take(max: number, waitMs: number): Promise<readonly Delivered[]> {
    const until = performance.now() + waitMs;
    const taken = this.#taking.then(() => this.#take({ max, until }));
    this.#taking = taken.catch(() => undefined);
    return taken;
  }

  async ack(ids: readonly string[]): Promise<void> {
    await this.#acks.add(ids);
    for (const id of ids) this.#held.delete(id);
  }

  async setAside(entry: StreamEntry, reason: string): Promise<void> {
    const { letters, stream, member } = this.#parts;
    await letters.setAside(stream, member.group, entry.id, toFields(entry), reason);
    this.#held.delete(entry.id);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#parts.link.close();
    await this.#taking;
  }

  /** Resolves when no acknowledgement is under way. */
  drained(): Promise<void> {
    return this.#acks.drained();
  }

  async #take(wanted: Wanted): Promise<readonly Delivered[]> {
    if (!(wanted.max >= 1)) return [];
    for (;;) {
      const redis = await this.#parts.link.ready(wanted.until - performance.now());
      if (!redis || this.#isClosed) return [];
      try {
        const taken = await this.#next(redis, wanted);
        this.#parts.link.worked();
        if (taken.length > 0 || performance.now() >= wanted.until) return taken;
      } catch (error) {
        if (this.#isClosed || this.#parts.server.isClosed) return [];
        await this.#recover(redis, error);
      }
    }
  }

  /** One look: own open entries, then those of the dead, then new ones, for which it waits a while. */
  async #next(redis: Redis, wanted: Wanted): Promise<readonly Delivered[]> {
    if (redis !== this.#seen) {
      this.#seen = redis;
      this.#ownAfter = "";
    }
    while (this.#ownAfter !== null) {
      const own = await this.#own(redis, this.#ownAfter, wanted.max);
      if (own.length > 0) return own;
    }
    while (performance.now() >= this.#nextLook) {
      const left = await this.#left(redis, wanted.max);
      if (left.length > 0) return left;
    }
    return this.#fresh(redis, wanted);
  }

  async #own(redis: Redis, after: string, max: number): Promise<readonly Delivered[]> {
    const { member } = this.#parts;
    const open = await listOpen(redis, member, after, max, { consumer: member.name });
    const mine = await this.#takeOver(redis, open, 0);
    this.#ownAfter = open.length < max ? null : (open.at(-1)?.id ?? null);
    return mine;
  }

  async #left(redis: Redis, max: number): Promise<readonly Delivered[]> {
    const open = await listOpen(redis, this.#parts.member, this.#idleAfter, max, { idleMs: this.#claimAfterMs });
    const mine = await this.#takeOver(redis, open, this.#claimAfterMs);
    this.#idleAfter = open.length < max ? "" : (open.at(-1)?.id ?? "");
    if (this.#idleAfter === "") this.#nextLook = performance.now() + Math.max(1, this.#claimAfterMs / 2);
    return mine;
  }

  async #takeOver(redis: Redis, open: readonly Open[], idleMs: number): Promise<readonly Delivered[]> {
    const claimed = await claim(
      redis,
      this.#parts.member,
      open.filter(({ id }) => !this.#held.has(id)),
      idleMs,
    );
    const spent = claimed.filter(({ deliveries }) => deliveries >= this.#maxDeliveries);
    for (const { raw, deliveries } of spent) await this.#putAside(raw, deliveredTooOften(deliveries));
    return this.#hand(claimed.filter(({ deliveries }) => deliveries < this.#maxDeliveries));
  }

  async #fresh(redis: Redis, { max, until }: Wanted): Promise<readonly Delivered[]> {
    const { key, group, name } = this.#parts.member;
    const now = performance.now();
    // Half the time after which silence counts as loss.
    const blockMs = Math.floor(Math.min(until - now, this.#nextLook - now, this.#parts.server.options.timeoutMs / 2));
    const block = until > now ? ["BLOCK", String(Math.max(1, blockMs))] : [];
    const command = ["GROUP", group, name, "COUNT", String(max), ...block, "STREAMS", key, ">"];
    const streams = (await redis.callBuffer("XREADGROUP", command)) as [Buffer, RawEntry[]][] | null;
    const raw = streams?.[0]?.[1] ?? [];
    return this.#hand(raw.map((one) => ({ raw: one, deliveries: 0 })));
  }

  /** What can be read is handed out; the rest is set aside. */
  async #hand(claimed: readonly Claimed[]): Promise<readonly Delivered[]> {
    const handed: Delivered[] = [];
    for (const { raw, deliveries } of claimed) {
      const entry = parseEntry(raw);
      if (entry) handed.push({ id: entry.id, headers: entry.headers, body: entry.body, deliveries: deliveries + 1 });
      else await this.#putAside(raw, "no body: the entry has no field b");
    }
    for (const { id } of handed) this.#held.add(id);
    return handed;
  }

  #putAside([id, fields]: RawEntry, reason: string): Promise<void> {
    const { letters, stream, member } = this.#parts;
    return letters.setAside(stream, member.group, id.toString("latin1"), fields, reason);
  }

  /** @throws what will not pass. */
  async #recover(redis: Redis, error: unknown): Promise<void> {
    const { server, link, member } = this.#parts;
    if (GONE.has(codeOf(error))) {
      server.options.onTrouble({ kind: "group", why: messageOf(error), retryInMs: null });
      // From the start: all that is there was written after the loss.
      await server.run((main) => makeGroup(main, member, "start"));
      this.#held.clear();
    } else if (faultOf(error) === "refused") throw error;
    else link.drop(redis, messageOf(error));
  }
}
