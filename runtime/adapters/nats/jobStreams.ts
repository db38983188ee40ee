import {
  AckPolicy,
  DiscardPolicy,
  type JetStreamClient,
  type JetStreamManager,
  RetentionPolicy,
  StorageType,
  type StreamInfo,
} from "@nats-io/jetstream";
import { nanos } from "@nats-io/transport-node";
import { storeName, subjectPrefix, wordOf } from "./names.ts";

const DEDUPE_MS = 120_000;
const KEPT_DEAD = 1_000;

/** Where a namespace keeps its jobs: one work-queue stream, a subject for each queue, and another stream for the dead. */
export class JobStreams {
  readonly live: string;
  readonly dead: string;
  readonly #prefix: string;
  readonly #jsm: JetStreamManager;
  readonly #ackWaitMs: number;

  constructor(jsm: JetStreamManager, namespace: string, ackWaitMs: number) {
    this.live = storeName(namespace, "jobs");
    this.dead = storeName(namespace, "dead-jobs");
    this.#prefix = subjectPrefix(namespace);
    this.#jsm = jsm;
    this.#ackWaitMs = ackWaitMs;
  }

  subject(queue: string): string {
    return `${this.#prefix}jobs.${wordOf(queue)}`;
  }
  deadSubject(queue: string): string {
    return this.#deadSubjectOf(wordOf(queue));
  }
  /** Where a job of this subject goes when it dies. */
  deadOf(subject: string): string {
    return this.#deadSubjectOf(subject.slice(subject.lastIndexOf(".") + 1));
  }
  consumer(queue: string): string {
    return `workers-${wordOf(queue)}`;
  }

  /** Makes what is missing. */
  async make(): Promise<void> {
    await this.#jsm.streams.add({
      name: this.live,
      subjects: [`${this.#prefix}jobs.*`],
      retention: RetentionPolicy.Workqueue,
      storage: StorageType.File,
      discard: DiscardPolicy.New,
      duplicate_window: nanos(DEDUPE_MS),
    });
    await this.#jsm.streams.add({
      name: this.dead,
      subjects: [this.#deadSubjectOf("*")],
      retention: RetentionPolicy.Limits,
      storage: StorageType.File,
      discard: DiscardPolicy.Old,
      max_msgs_per_subject: KEPT_DEAD,
      duplicate_window: nanos(DEDUPE_MS),
    });
  }

  /** Unlimited deliveries: who takes a job too often delivered buries it, which needs nobody to listen at the right moment. */
  async makeConsumer(queue: string): Promise<void> {
    await this.#jsm.consumers.add(this.live, {
      durable_name: this.consumer(queue),
      filter_subject: this.subject(queue),
      ack_policy: AckPolicy.Explicit,
      ack_wait: nanos(this.#ackWaitMs),
      max_deliver: -1,
      max_ack_pending: -1,
    });
  }

  waiting(queue: string): Promise<number> {
    return this.#count(this.live, this.subject(queue));
  }

  /** The newest `max`, oldest of them first. */
  async readDead<T>(
    js: JetStreamClient,
    queue: string,
    max: number,
    read: (headers: (name: string) => string, body: Uint8Array) => T,
  ) {
    const subject = this.deadSubject(queue);
    const count = await this.#count(this.dead, subject);
    const found: T[] = [];
    if (count === 0 || max <= 0) return found;
    const consumer = await js.consumers.get(this.dead, { filter_subjects: subject });
    for await (const msg of await consumer.fetch({ max_messages: count, expires: 2_000 })) {
      found.push(read((name) => msg.headers?.get(name) ?? "", msg.data));
      if (found.length === count) break;
    }
    return found.slice(-max);
  }

  #deadSubjectOf(word: string): string {
    return `${this.#prefix}dead-jobs.${word}`;
  }

  async #count(stream: string, subject: string): Promise<number> {
    const info: StreamInfo = await this.#jsm.streams.info(stream, { subjects_filter: subject });
    return info.state.subjects?.[subject] ?? 0;
  }
}
