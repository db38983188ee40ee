import { BodyTooLarge } from "../../../actors/ports/fanout.ts";
import type { DeadJob, Job, Jobs } from "../../../actors/ports/jobs.ts";
import type { Timing } from "../../../actors/ports/timing.ts";

export interface MemoryJobsOptions {
  readonly timing: Timing;
  /** A job neither done nor `working()` for so long goes to another. Default 30_000. */
  readonly ackWaitMs?: number;
  /** Handed out so often and not done, it is dead. Default 5. */
  readonly maxDeliveries?: number;
}

const DEDUPE_MS = 120_000;
const MAX_BYTES = 1_040_384;
const KEPT_DEAD = 1_000;

interface Entry {
  readonly id: string;
  readonly body: Uint8Array;
  deliveries: number;
  /** Of the delivery being worked on, or of the wait before the next. */
  callOff: () => void;
}
interface Queue {
  readonly entries: Set<Entry>;
  readonly ready: Entry[];
  readonly takers: (() => void)[];
  readonly dead: DeadJob[];
}

/** The queues, shared by every client made of it. Gone with the process. */
export class MemoryJobsServer {
  readonly timing: Timing;
  readonly ackWaitMs: number;
  readonly #maxDeliveries: number;
  readonly #queues = new Map<string, Queue>();
  /** When it was submitted, by queue and id, oldest first. */
  readonly #seen = new Map<string, number>();

  constructor(options: MemoryJobsOptions) {
    this.timing = options.timing;
    this.ackWaitMs = options.ackWaitMs ?? 30_000;
    this.#maxDeliveries = options.maxDeliveries ?? 5;
  }

  queue(name: string): Queue {
    const known = this.#queues.get(name);
    if (known) return known;
    const made = { entries: new Set<Entry>(), ready: [], takers: [], dead: [] };
    this.#queues.set(name, made);
    return made;
  }

  submit(name: string, id: string, body: Uint8Array): void {
    if (body.length > MAX_BYTES) throw new BodyTooLarge(`job ${id}`, body.length, MAX_BYTES);
    const now = this.timing.now();
    for (const [key, at] of this.#seen) {
      if (now - at < DEDUPE_MS) break;
      this.#seen.delete(key);
    }
    const key = JSON.stringify([name, id]);
    if (this.#seen.has(key)) return;
    this.#seen.set(key, now);
    const entry = { id, body: body.slice(), deliveries: 0, callOff: () => undefined };
    this.queue(name).entries.add(entry);
    this.offer(this.queue(name), entry);
  }

  /** To the next who takes. */
  offer(queue: Queue, entry: Entry): void {
    if (!queue.entries.has(entry)) return;
    queue.ready.push(entry);
    queue.takers.shift()?.();
  }

  /** Not those handed out too often: they die here. */
  next(queue: Queue): Entry | null {
    for (let entry = queue.ready.shift(); entry; entry = queue.ready.shift()) {
      if (!queue.entries.has(entry)) continue;
      if (entry.deliveries < this.#maxDeliveries) return entry;
      this.bury(queue, entry, `handed out ${entry.deliveries} times and never done`);
    }
    return null;
  }

  bury(queue: Queue, entry: Entry, reason: string): void {
    entry.callOff();
    if (!queue.entries.delete(entry)) return;
    queue.dead.push({ id: entry.id, body: entry.body, reason });
    if (queue.dead.length > KEPT_DEAD) queue.dead.shift();
  }
}

class MemoryJob implements Job {
  readonly id: string;
  readonly body: Uint8Array;
  readonly deliveries: number;
  readonly #server: MemoryJobsServer;
  readonly #queue: Queue;
  readonly #entry: Entry;
  #ended = false;

  constructor(server: MemoryJobsServer, queue: Queue, entry: Entry) {
    entry.deliveries += 1;
    this.id = entry.id;
    this.body = entry.body;
    this.deliveries = entry.deliveries;
    this.#server = server;
    this.#queue = queue;
    this.#entry = entry;
    this.working();
  }

  working(): void {
    if (this.#isOurs()) this.#offerAfter(this.#server.ackWaitMs);
  }

  async done(): Promise<void> {
    this.#end(() => {
      this.#entry.callOff();
      this.#queue.entries.delete(this.#entry);
    });
  }

  async retry(afterMs: number): Promise<void> {
    if (this.#isOurs()) this.#end(() => this.#offerAfter(afterMs));
  }

  async giveUp(reason: string): Promise<void> {
    this.#end(() => this.#server.bury(this.#queue, this.#entry, reason));
  }

  /** False when it went to another meanwhile. */
  #isOurs(): boolean {
    return !this.#ended && this.#entry.deliveries === this.deliveries;
  }

  #end(how: () => void): void {
    if (!this.#ended) how();
    this.#ended = true;
  }

  #offerAfter(ms: number): void {
    this.#entry.callOff();
    const offer = () => this.#server.offer(this.#queue, this.#entry);
    if (ms > 0) this.#entry.callOff = this.#server.timing.after(ms, offer);
    else offer();
  }
}

/** One client of the queues in memory. */
export class MemoryJobs implements Jobs {
  readonly #server: MemoryJobsServer;
  readonly #waiting = new Set<() => void>();
  #closed = false;

  constructor(server: MemoryJobsServer) {
    this.#server = server;
  }

  async submit(queue: string, id: string, body: Uint8Array): Promise<void> {
    this.#mustBeOpen();
    this.#server.submit(queue, id, body);
  }

  async take(name: string, waitMs: number): Promise<Job | null> {
    this.#mustBeOpen();
    const queue = this.#server.queue(name);
    const until = this.#server.timing.now() + waitMs;
    for (;;) {
      const entry = this.#server.next(queue);
      if (entry) return new MemoryJob(this.#server, queue, entry);
      const left = until - this.#server.timing.now();
      if (left <= 0 || this.#closed) return null;
      await this.#somethingOr(queue, left);
    }
  }

  async waiting(queue: string): Promise<number> {
    this.#mustBeOpen();
    return this.#server.queue(queue).entries.size;
  }

  async dead(queue: string, max: number): Promise<readonly DeadJob[]> {
    this.#mustBeOpen();
    return max > 0 ? this.#server.queue(queue).dead.slice(-max) : [];
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const wake of this.#waiting) wake();
  }

  #somethingOr(queue: Queue, ms: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        callOff();
        this.#waiting.delete(wake);
        const at = queue.takers.indexOf(wake);
        if (at >= 0) queue.takers.splice(at, 1);
        resolve();
      };
      const callOff = this.#server.timing.after(ms, wake);
      this.#waiting.add(wake);
      queue.takers.push(wake);
    });
  }

  #mustBeOpen(): void {
    if (this.#closed) throw new Error("the jobs are closed");
  }
}
