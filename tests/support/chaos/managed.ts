import { type Ended, type Running, start } from "../tapedeck.ts";

/** How one life of a process ended. */
export interface Death extends Ended {
  readonly signal: NodeJS.Signals | null;
}

/** Between an end and the next start, ms: as a container that is always restarted. */
const RESTART_MS = 100;

/** One process of the deck, started again whenever it ends. */
export class Managed {
  readonly name: string;
  readonly deaths: Death[] = [];
  readonly #settings: () => Readonly<Record<string, string>>;
  #args: readonly string[];
  #life: Running | null = null;
  #retired = false;
  #isPaused = false;
  #next: NodeJS.Timeout | null = null;
  #gone: Promise<unknown> = Promise.resolve();

  constructor(name: string, args: readonly string[], settings: () => Readonly<Record<string, string>>) {
    this.name = name;
    this.#args = args;
    this.#settings = settings;
  }

  get pid(): number | null {
    return this.#life?.child.pid ?? null;
  }
  get paused(): boolean {
    return this.#isPaused;
  }
  /** What the life that is on has said. */
  get said(): string {
    return this.#life?.stderr() ?? "";
  }

  start(): void {
    this.#retired = false;
    if (this.#life) return;
    const life = start(this.#args, this.#settings());
    this.#life = life;
    this.#isPaused = false;
    this.#gone = life.ended.then((ended) => {
      this.deaths.push({ ...ended, signal: life.child.signalCode });
      this.#life = null;
      if (!this.#retired) this.#next = setTimeout(() => this.start(), RESTART_MS);
    });
  }

  /** With other arguments from its next life on. */
  use(args: readonly string[]): void {
    this.#args = args;
  }

  /** Ends the life that is on; another follows. False: none is on. */
  kill(): boolean {
    return this.#life?.child.kill("SIGKILL") ?? false;
  }

  /** Stops it where it is; the result wakes up that same life, if it still is. Null: there is nobody to stop, or it is stopped. */
  pause(): (() => void) | null {
    const life = this.#life;
    if (!life || this.#isPaused || !life.child.kill("SIGSTOP")) return null;
    this.#isPaused = true;
    return () => {
      if (this.#life !== life) return;
      this.#isPaused = false;
      life.child.kill("SIGCONT");
    };
  }

  /** Ends it, and no other life follows. */
  async retire(how: NodeJS.Signals): Promise<void> {
    this.#retired = true;
    if (this.#next) clearTimeout(this.#next);
    this.#life?.child.kill(how);
    await this.#gone;
    if (this.#next) clearTimeout(this.#next);
  }

  /** It does not come back after its next end. */
  last(): void {
    this.#retired = true;
  }
}
