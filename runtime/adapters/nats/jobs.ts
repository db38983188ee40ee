import { type JetStreamClient, jetstream } from "@nats-io/jetstream";
import { headers, type Msg } from "@nats-io/transport-node";
import { BodyTooLarge } from "../../../actors/ports/fanout.ts";
import type { DeadJob, Job, Jobs } from "../../../actors/ports/jobs.ts";
import type { NatsLink } from "./connection.ts";
import { acknowledgeDone, deliveriesOf, escaped, ID, idOf, type JobEnds, NatsJob, seqOf } from "./job.ts";
import { JobStreams } from "./jobStreams.ts";
import { isTemporary, persistently } from "./persistent.ts";

export interface NatsJobsOptions {
  readonly link: NatsLink;
  /** Jobs of one namespace are not seen in another. Default "". */
  readonly namespace?: string;
  /** A job neither done nor `working()` for so long goes to another. All processes say the same. Default 30_000. */
  readonly ackWaitMs?: number;
  /** Handed out so often and not done, it is dead. Default 5. */
  readonly maxDeliveries?: number;
}

const REASON = "Reason";
/** For the headers of a job, also when it dies: its id twice, the reason, the names. */
const HEADERS_BYTES = 8_192;
const ID_BYTES = 1_024;
/** How long a restart of the server is borne before a submit, an end or a question fails. */
const PATIENCE_MS = 15_000;
/** A pull lasts no longer, so that one that the server forgot is asked again. */
const PULL_MS = 5_000;
/** Answers to a pull that are no job. */
const NO_MESSAGES = 404;
const EXPIRED = 408;

/** Over a JetStream work queue in files: outlives a restart of the server. */
export class NatsJobs implements Jobs {
  readonly #link: NatsLink;
  readonly #js: JetStreamClient;
  readonly #streams: JobStreams;
  readonly #maxDeliveries: number;
  readonly #ends: JobEnds;
  readonly #consumers = new Map<string, Promise<void>>();
  readonly #closing = new AbortController();

  private constructor(options: NatsJobsOptions, js: JetStreamClient, streams: JobStreams) {
    this.#link = options.link;
    this.#js = js;
    this.#streams = streams;
    this.#maxDeliveries = options.maxDeliveries ?? 5;
    this.#ends = { link: options.link, patienceMs: PATIENCE_MS, bury: (msg, reason) => this.#bury(msg, reason) };
  }

  /** Makes the streams of the namespace unless they are there. @throws Error when the server has no JetStream. */
  static async open(options: NatsJobsOptions): Promise<NatsJobs> {
    const js = jetstream(options.link.nc, { timeout: 2_000 });
    const streams = new JobStreams(await js.jetstreamManager(), options.namespace ?? "", options.ackWaitMs ?? 30_000);
    await persistently(PATIENCE_MS, () => streams.make());
    return new NatsJobs(options, js, streams);
  }

  async submit(queue: string, id: string, body: Uint8Array): Promise<void> {
    this.#mustBeOpen();
    const max = this.#link.maxPayload - HEADERS_BYTES;
    if (body.length > max) throw new BodyTooLarge(`job ${id}`, body.length, max);
    if (escaped(id).length > ID_BYTES) throw new BodyTooLarge("the id of a job", escaped(id).length, ID_BYTES);
    const named = headers();
    named.set(ID, escaped(id));
    const to = this.#streams.subject(queue);
    await persistently(PATIENCE_MS, () => this.#js.publish(to, body, { headers: named, msgID: `${to}/${escaped(id)}` }));
  }

  async take(queue: string, waitMs: number): Promise<Job | null> {
    this.#mustBeOpen();
    const until = performance.now() + waitMs;
    for (;;) {
      const left = Math.max(0, until - performance.now());
      const job = await this.#next(queue, Math.min(left, PULL_MS));
      if (job && job !== "unavailable") return job;
      if (left === 0 || this.#closing.signal.aborted) return null;
      if (job === "unavailable") await pause(Math.min(left, 250));
    }
  }

  async waiting(queue: string): Promise<number> {
    this.#mustBeOpen();
    return persistently(PATIENCE_MS, () => this.#streams.waiting(queue));
  }

  async dead(queue: string, max: number): Promise<readonly DeadJob[]> {
    this.#mustBeOpen();
    return persistently(PATIENCE_MS, () =>
      this.#streams.readDead(this.#js, queue, max, (header, body) => ({
        id: decodeURIComponent(header(ID)),
        body,
        reason: decodeURIComponent(header(REASON)),
      })),
    );
  }

  async close(): Promise<void> {
    this.#closing.abort();
  }

  /** Buries on its way what was handed out too often. */
  async #next(queue: string, ms: number): Promise<Job | null | "unavailable"> {
    try {
      for (;;) {
        const msg = await this.#pull(queue, ms);
        if (!msg || msg === "unavailable") return msg;
        if (deliveriesOf(msg) <= this.#maxDeliveries) return new NatsJob(msg, this.#ends);
        await this.#bury(msg, `handed out ${this.#maxDeliveries} times and never done`);
      }
    } catch (error) {
      // Nobody listens where the consumer should: it, or its stream, was removed, or the server is starting.
      this.#consumers.delete(queue);
      if (!isTemporary(error)) throw error;
      return "unavailable";
    }
  }

  /** One message, or null when there is none in `ms`. */
  async #pull(queue: string, ms: number): Promise<Msg | null | "unavailable"> {
    await this.#consumerOf(queue);
    const asked = JSON.stringify(ms < 1 ? { batch: 1, no_wait: true } : { batch: 1, expires: Math.round(ms * 1e6) });
    const subject = `$JS.API.CONSUMER.MSG.NEXT.${this.#streams.live}.${this.#streams.consumer(queue)}`;
    // A job comes under its own subject, by which the shared inbox would not know whose answer it is: hence `noMux`.
    const answer = await this.#whileReady(this.#link.nc.request(subject, asked, { timeout: ms + 2_000, noMux: true }));
    if (!answer) return "unavailable";
    const code = answer.headers?.code ?? 0;
    if (code === 0) return answer;
    if (code === NO_MESSAGES || code === EXPIRED) return null;
    this.#consumers.delete(queue);
    return "unavailable";
  }

  /** Null once the connection breaks or this is closed: the server forgot what was asked, or we no longer want it. */
  #whileReady(answer: Promise<Msg>): Promise<Msg | null> {
    const { signal } = this.#closing;
    return new Promise((resolve, reject) => {
      let over = false;
      const end = () => {
        over = true;
        off();
        signal.removeEventListener("abort", end);
        resolve(null);
      };
      const off = this.#link.onState(end);
      signal.addEventListener("abort", end);
      answer.then((msg) => (over ? giveBack(msg) : resolve(msg)), reject).finally(end);
      if (signal.aborted) end();
    });
  }

  #consumerOf(queue: string): Promise<void> {
    const known = this.#consumers.get(queue);
    if (known) return known;
    const made = this.#streams.make().then(() => this.#streams.makeConsumer(queue));
    this.#consumers.set(queue, made);
    return made;
  }

  /** First among the dead, then gone from the queue: killed in between, it is buried again under the same id. */
  async #bury(msg: Msg, reason: string): Promise<void> {
    const named = headers();
    named.set(ID, escaped(idOf(msg)));
    named.set(REASON, escaped(reason.slice(0, 300)));
    const to = this.#streams.deadOf(msg.subject);
    await persistently(PATIENCE_MS, () => this.#js.publish(to, msg.data, { headers: named, msgID: `${to}/${seqOf(msg)}` }));
    await acknowledgeDone(this.#ends, msg);
  }

  #mustBeOpen(): void {
    if (this.#closing.signal.aborted) throw new Error("the jobs are closed");
  }
}

/** For another, at once: it came when nobody waited any more. */
const giveBack = (msg: Msg): void => {
  if (msg.reply?.startsWith("$JS.ACK.")) msg.respond("-NAK");
};

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
