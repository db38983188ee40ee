import { randomUUID } from "node:crypto";
import {
  JetStreamApiCodes,
  JetStreamApiError,
  type JetStreamClient,
  type JetStreamManager,
  jetstream,
  StorageType,
} from "@nats-io/jetstream";
import { type KV, type KvEntry, Kvm } from "@nats-io/kv";
import { nanos } from "@nats-io/transport-node";
import type { Holder, Lease, Leases } from "../../../actors/ports/leases.ts";
import type { Timing } from "../../../actors/ports/timing.ts";
import { HeldLease } from "../../mechanisms/heldLease.ts";
import type { NatsLink } from "./connection.ts";
import { storeName, wordOf } from "./names.ts";
import { persistently } from "./persistent.ts";

export interface NatsLeasesOptions {
  readonly link: NatsLink;
  readonly timing: Timing;
  /** Leases of one namespace are not seen in another. Default "". */
  readonly namespace?: string;
  /** All processes of a namespace must say the same. At least 1_000; default 10_000. */
  readonly ttlMs?: number;
}

const OPENING_MS = 15_000;

/** What stands in the bucket. `epoch` is 0 in the first revision, which is the epoch. */
interface Value extends Holder {
  /** Of this one holding: tells our own renewal, whose answer was lost, from somebody else's lease. */
  readonly token: string;
}

/** A setting that was changed between two starts, while nobody holds anything. @throws Error while somebody does. */
const changeTtl = async (jsm: JetStreamManager, bucket: string, fromMs: number, toMs: number): Promise<void> => {
  const { config, state } = await persistently(OPENING_MS, () => jsm.streams.info(`KV_${bucket}`));
  if (state.messages > 0)
    throw new Error(
      `processes that run hold leases for ${fromMs} ms, this one is set to ${toMs} ms: TAPEDECK_LEASE_MS must be the same for all; stop them to change it`,
    );
  const age = nanos(toMs);
  await persistently(OPENING_MS, () =>
    jsm.streams.update(config.name, { ...config, max_age: age, duplicate_window: Math.min(age, config.duplicate_window) }),
  );
};

/**
 * Over a key-value bucket whose entries vanish `ttlMs` after they were written. An epoch is the revision that made the holder:
 * revisions are numbers of the bucket's stream, which only grow, over restarts too, as long as the bucket is not deleted.
 */
export class NatsLeases implements Leases {
  readonly ttlMs: number;
  readonly #link: NatsLink;
  readonly #timing: Timing;
  readonly #js: JetStreamClient;
  readonly #bucket: string;
  readonly #kv: KV;
  readonly #held = new Set<HeldLease>();
  readonly #closing = new AbortController();

  private constructor(options: NatsLeasesOptions, js: JetStreamClient, bucket: string, kv: KV) {
    this.ttlMs = options.ttlMs ?? 10_000;
    this.#link = options.link;
    this.#timing = options.timing;
    this.#js = js;
    this.#bucket = bucket;
    this.#kv = kv;
  }

  /** Makes the bucket unless it is there. @throws Error when the server has no JetStream, or others hold leases by another ttl now. */
  static async open(options: NatsLeasesOptions): Promise<NatsLeases> {
    const ttlMs = options.ttlMs ?? 10_000;
    if (ttlMs < 1_000) throw new Error(`a lease of ${ttlMs} ms is too short to be renewed in time: at least 1000`);
    // A question that is not answered in a third of the time comes too late for the renewal.
    const js = jetstream(options.link.nc, { timeout: Math.min(5_000, Math.ceil(ttlMs / 3)) });
    const jsm = await js.jetstreamManager(); // throws at once when there is none
    const bucket = storeName(options.namespace ?? "", "leases");
    const kv = await persistently(OPENING_MS, () =>
      new Kvm(js).create(bucket, { ttl: ttlMs, history: 1, storage: StorageType.File }),
    );
    const made = await persistently(OPENING_MS, () => kv.status());
    if (made.ttl !== ttlMs) await changeTtl(jsm, bucket, made.ttl, ttlMs);
    return new NatsLeases(options, js, bucket, kv);
  }

  async acquire(name: string, holder: string, about = ""): Promise<Lease | null> {
    if (this.#closing.signal.aborted) throw new Error("the leases are closed");
    const key = wordOf(name);
    const first: Value = { name, holder, about, epoch: 0, token: randomUUID() };
    const sentAt = this.#timing.now();
    let epoch: number;
    try {
      epoch = await this.#kv.create(key, JSON.stringify(first));
    } catch (error) {
      if (isRefused(error)) return null;
      throw error;
    }
    const lease = this.#hold(key, { ...first, epoch }, sentAt);
    if (!this.#closing.signal.aborted) return lease;
    await lease.release();
    return null;
  }

  async wait(name: string, holder: string, signal: AbortSignal, about?: string): Promise<Lease | null> {
    const either = AbortSignal.any([signal, this.#closing.signal]);
    while (!either.aborted) {
      const change = this.#change(name, either); // from before we ask, so that no release falls in between
      try {
        const lease = await this.acquire(name, holder, about);
        if (lease) return lease;
        await change.come;
      } catch {
        await change.come; // nobody to ask: it is asked again in a while
      } finally {
        change.off();
      }
    }
    return null;
  }

  async holderOf(name: string): Promise<Holder | null> {
    return holderIn(await this.#kv.get(wordOf(name)));
  }

  async list(prefix: string): Promise<readonly Holder[]> {
    const jsm = await this.#js.jetstreamManager(false);
    const before = `$KV.${this.#bucket}.`;
    const { state } = await jsm.streams.info(`KV_${this.#bucket}`, { subjects_filter: `${before}>` });
    const entries = await Promise.all(
      Object.keys(state.subjects ?? {}).map((subject) => this.#kv.get(subject.slice(before.length))),
    );
    return entries
      .flatMap((entry) => holderIn(entry) ?? [])
      .filter((holder) => holder.name.startsWith(prefix))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all([...this.#held].map((lease) => lease.release().catch(() => undefined))); // else it runs out
  }

  #hold(key: string, value: Value, sentAt: number): Lease {
    const entry = JSON.stringify(value);
    let revision = value.epoch;
    const update = async () => {
      revision = await this.#kv.update(key, entry, revision);
    };
    const renew = async (): Promise<boolean> => {
      try {
        await update();
      } catch (error) {
        if (!isRefused(error)) throw error;
        const now = await this.#kv.get(key);
        if (valueIn(now)?.token !== value.token) return false;
        revision = now?.revision ?? revision; // ours, by a renewal whose answer was lost
        await update();
      }
      return true;
    };
    const lease: HeldLease = new HeldLease({
      name: value.name,
      epoch: value.epoch,
      ttlMs: this.ttlMs,
      sentAt,
      timing: this.#timing,
      renew,
      letGo: () =>
        this.#kv.delete(key, { previousSeq: revision }).catch((error: unknown) => {
          if (!isRefused(error)) throw error;
        }),
      onEnd: () => this.#held.delete(lease),
    });
    this.#held.add(lease);
    return lease;
  }

  /** `come` when the lease was let go, or might have run out. A release is a message on the key's subject; an end by age is not. */
  #change(name: string, signal: AbortSignal): { readonly come: Promise<void>; off(): void } {
    let off: () => void = () => undefined;
    const come = new Promise<void>((resolve) => {
      const sub = this.#link.nc.subscribe(`$KV.${this.#bucket}.${wordOf(name)}`, {
        callback: (_error, msg) => {
          if (msg.data.length === 0) resolve();
        },
      });
      const callOff = this.#timing.after(this.ttlMs / 4, resolve);
      const abort = () => resolve();
      signal.addEventListener("abort", abort);
      off = () => {
        sub.unsubscribe();
        callOff();
        signal.removeEventListener("abort", abort);
      };
    });
    return { come, off: () => off() };
  }
}

/** By its revision: somebody else wrote, or what we knew is gone. */
const isRefused = (error: unknown): boolean =>
  error instanceof JetStreamApiError &&
  (error.code === JetStreamApiCodes.StreamWrongLastSequence || error.code === JetStreamApiCodes.StreamWrongLastSequenceUnknown);

const valueIn = (entry: KvEntry | null): Value | null =>
  entry === null || entry.operation !== "PUT" ? null : entry.json<Value>();

const holderIn = (entry: KvEntry | null): Holder | null => {
  const value = valueIn(entry);
  if (!entry || !value) return null;
  return { name: value.name, holder: value.holder, epoch: value.epoch || entry.revision, about: value.about };
};
