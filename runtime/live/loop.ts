import type { Command } from "../../streams/domain/control.ts";
import type { Deck } from "./deck.ts";
import type { Pacer } from "./pacer.ts";

/** Work at a stretch before I/O gets a turn, ms. */
const SLICE_MS = 8;
/** Longest sleep: commands and a change of speed are seen at least this often. */
const NAP_MS = 25;

interface Asked {
  readonly by: string;
  readonly command: Command;
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

/** Plays what is due into the deck, in slices, and puts commands in between. Ends when it is stopped, or something is broken. */
export class Loop {
  private readonly deck: Deck;
  private readonly pacer: Pacer;
  private readonly wall: () => number;
  private asked: Asked[] = [];
  private stopping = false;
  /** Called once, when the source has nothing more. */
  private readonly ended: () => void;
  private over = false;
  /** True while nothing may be fed: what was decided has to be kept first. */
  private readonly held: () => boolean;
  private wakeUp: (() => void) | null = null;

  constructor(deck: Deck, pacer: Pacer, wall: () => number, ended: () => void, held: () => boolean = () => false) {
    this.deck = deck;
    this.pacer = pacer;
    this.wall = wall;
    this.ended = ended;
    this.held = held;
  }

  /** Something may be due now: ends a nap. */
  wake(): void {
    this.wakeUp?.();
  }

  /** Resolves when the command is on the tape. */
  command(by: string, command: Command): Promise<void> {
    return new Promise((done, failed) => this.asked.push({ by, command, done, failed }));
  }

  stop(): void {
    this.stopping = true;
  }

  /** @throws whatever breaks the deck: a full disk, a supervisor that gave up. What was sealed stands. */
  async run(): Promise<void> {
    while (!this.stopping) {
      this.obey();
      const wait = this.slice();
      this.deck.seal();
      if (wait === 0) await new Promise<void>((resolve) => setImmediate(resolve));
      else await this.nap(Math.min(NAP_MS, wait ?? NAP_MS));
    }
    for (const a of this.asked) a.failed(new Error("the deck is stopping"));
  }

  private nap(forMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, forMs);
      this.wakeUp = () => {
        clearTimeout(timer);
        this.wakeUp = null;
        resolve();
      };
    });
  }

  private obey(): void {
    if (this.asked.length === 0) return;
    const asked = this.asked;
    this.asked = [];
    for (const { by, command } of asked) this.deck.command(by, command);
    this.deck.seal();
    for (const { done } of asked) done();
  }

  /** Plays what is due, for a while; ms until there is more, null: no idea. */
  private slice(): number | null {
    const end = this.wall() + SLICE_MS;
    for (;;) {
      const now = this.wall();
      if (this.held()) return null;
      const due = this.pacer.dueIn(now);
      if (due === null && this.pacer.atEnd && !this.over) {
        this.over = true;
        this.ended();
      }
      if (due === null || due > 0) return due;
      const lateMs = this.pacer.lateBy(now);
      const batch = this.pacer.take(now);
      if (batch) this.deck.feed(batch, lateMs);
      if (now >= end || this.asked.length > 0) return 0;
    }
  }
}
