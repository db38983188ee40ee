import { setTimeout as sleep } from "node:timers/promises";
import type { Lease } from "../../../actors/ports/leases.ts";
import { CloseStack } from "../../closeStack.ts";
import type { OpenCore } from "../openCore.ts";
import { summaryOf, type UpSummary } from "../summary.ts";
import { ActiveCore } from "./activeCore.ts";
import { openCaughtUp } from "./caughtUpCore.ts";
import type { CoreRoleOptions } from "./coreOptions.ts";
import { ACCOUNT } from "./names.ts";
import { readSource, type SourceAbout } from "./playOrders.ts";
import { Replica } from "./replica.ts";

/** What a start that is under way gets to notice that it is to stop. */
const STOP_MS = 1_500;

/** The core as a role of its own: waits for its lease, brings the tape up to date, then plays what comes out of the streams. */
export class CoreRole {
  readonly #options: CoreRoleOptions;
  readonly #opened = new CloseStack();
  readonly #stopping = new AbortController();
  #state = "waiting for a feed";
  #active: ActiveCore | null = null;
  #starting: Promise<void> | null = null;
  #replica: Replica | null = null;

  constructor(options: CoreRoleOptions) {
    this.#options = options;
  }

  /** For people: what it is doing. */
  get state(): string {
    return this.#active?.waitingFor ?? this.#state;
  }
  get playing(): boolean {
    return this.#active !== null;
  }
  get run(): string | null {
    return this.#active?.core.run.id ?? null;
  }
  get store(): OpenCore["store"] | null {
    return this.#active?.core.store ?? null;
  }
  /** Another node holds the account, and its tape is copied here. */
  get standingBy(): boolean {
    return this.#replica !== null;
  }
  /** Last entry copied while standing by; null when it is not. */
  get copied(): number | null {
    return this.#replica?.tail ?? null;
  }
  get leaseHeld(): boolean {
    return this.#active?.lease.held() ?? false;
  }
  /** Entries of the streams of inputs that could not be read. */
  get setAside(): number {
    return this.#active?.setAside ?? 0;
  }
  /** Entries that are decided and not on the stream yet. */
  get unpublished(): number {
    return this.#active?.unpublished ?? 0;
  }
  summary(): UpSummary | null {
    return this.#active ? summaryOf(this.#active.core.live) : null;
  }

  start(): void {
    this.#starting = this.#begin().catch((error: unknown) => {
      if (!this.#stopping.signal.aborted) this.#options.outcome.fail(error);
    });
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.race([this.#starting, sleep(STOP_MS, undefined, { ref: false })]); // a lost server may keep it from coming to an end
    const active = this.#active;
    if (!active) {
      await this.#opened.closeAll();
      return;
    }
    await active.stop();
    await this.#opened.closeAll();
    await active.lease.release().catch(() => undefined); // it runs out by itself
  }

  async #begin(): Promise<void> {
    const { leases, node, streams } = this.#options;
    const about = await this.#awaitSource();
    if (about === null) return;
    // An answer that does not come is as good as a no: the wait asks again.
    const lease = (await leases.acquire(ACCOUNT, node, `core of ${node}`).catch(() => null)) ?? (await this.#standBy(about));
    if (lease === null) return;
    lease.onLost((why) => this.#options.outcome.fail(new Error(`the lease of ${ACCOUNT} is lost: ${why}`)));
    this.#state = "reading its tape";
    await streams.takeFence(ACCOUNT, lease.epoch);
    const caughtUp = await openCaughtUp(this.#options, about, lease, this.#opened, this.#stopping.signal);
    const active = new ActiveCore(this.#options, about, lease, caughtUp);
    await active.begin();
    if (this.#stopping.signal.aborted) {
      await active.stop();
      throw new Error("stopped before it played");
    }
    active.play();
    this.#state = "playing";
    this.#active = active;
  }

  /** Until the account is free; meanwhile the tape is copied as it is written. Null when the process stops first. */
  async #standBy(about: SourceAbout): Promise<Lease | null> {
    const { config, setup, streams, fanout, leases, node, delay, say, outcome } = this.#options;
    this.#state = "standing by: another node holds the account";
    const replica = new Replica({ config, setup, about, streams, fanout, node, delay, say });
    this.#replica = replica;
    replica.start(outcome.fail);
    try {
      return await leases.wait(ACCOUNT, node, this.#stopping.signal, `core of ${node}`);
    } finally {
      this.#replica = null;
      await replica.stop();
    }
  }

  async #awaitSource(): Promise<SourceAbout | null> {
    while (!this.#stopping.signal.aborted) {
      const about = await readSource(this.#options.streams);
      if (about !== null) return about;
      await this.#options.delay(100);
    }
    return null;
  }
}
