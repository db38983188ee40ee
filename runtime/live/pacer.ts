import type { InputEvent } from "../../streams/domain/event.ts";
import type { Ms } from "../../streams/domain/units.ts";
import { sessionAt } from "../../streams/market/calendar.ts";
import type { Source } from "./source.ts";

export type Speed = number | "max";

/** While the exchange is closed nobody waits: whatever comes next (a headline at night, the next open) takes this long on the machine's clock. */
const CLOSED_TAKES_MS = 250;

/**
 * Says which batches are due: market time runs `speed` times as fast as the machine's. It knows nothing of the core; the clock is handed in.
 */
export class Pacer {
  private readonly source: Source;
  private pending: readonly InputEvent[] | null;
  private rate: Speed;
  private running: boolean;
  /** Whether anything came yet: the market's clock stands until then. */
  private begun: boolean;
  /** At `anchorWall` on the machine's clock it was `anchorMarket` in the market. */
  private anchorWall: number;
  private anchorMarket: number;

  constructor(source: Source, speed: Speed, wall: number) {
    this.source = source;
    this.rate = speed;
    this.running = true;
    this.pending = source.next();
    this.anchorWall = wall;
    this.anchorMarket = this.nextAt ?? 0;
    this.begun = this.pending !== null;
  }

  /** True when nothing is left and nothing more will come. */
  get atEnd(): boolean {
    return this.pending === null && this.source.ended !== false;
  }

  /** tSeen of the next batch; null when none is there. */
  get nextAt(): number | null {
    return this.pending?.[0]?.tSeen ?? null;
  }
  get speed(): Speed {
    return this.rate;
  }
  get playing(): boolean {
    return this.running;
  }

  setSpeed(speed: Speed, wall: number): void {
    this.anchor(this.marketAt(wall), wall);
    this.rate = speed;
  }

  setPlaying(playing: boolean, wall: number): void {
    this.anchor(this.marketAt(wall), wall);
    this.running = playing;
  }

  /** Machine ms until the next batch is due: 0 now, null not known (paused, none there, or at the end). */
  dueIn(wall: number): number | null {
    if (this.pending === null) this.look(wall);
    const at = this.nextAt;
    if (at === null || !this.running) return null;
    if (this.rate === "max" || at <= this.source.historyUntil) return 0;
    const closedUntil = sessionAt(at as Ms)?.open ?? at;
    const skipTo = closedUntil - CLOSED_TAKES_MS * this.rate;
    if (this.marketAt(wall) < skipTo) this.anchor(skipTo, wall);
    return Math.max(0, (at - this.marketAt(wall)) / this.rate);
  }

  /** How long the next batch has been due, ms; 0 where it is played as soon as it is there. */
  lateBy(wall: number): number {
    const at = this.nextAt;
    if (at === null || this.rate === "max" || at <= this.source.historyUntil) return 0;
    return Math.max(0, (this.marketAt(wall) - at) / this.rate);
  }

  /** The next batch, to be played now. */
  take(wall: number): readonly InputEvent[] | null {
    const batch = this.pending;
    this.pending = this.source.next();
    const at = batch?.[0]?.tSeen ?? 0;
    if (at <= this.source.historyUntil || this.rate === "max") this.anchor(at, wall);
    return batch;
  }

  /** A source that had nothing may have something now. */
  private look(wall: number): void {
    if (this.source.ended !== false) return;
    this.pending = this.source.next();
    if (this.pending === null || this.begun) return;
    this.begun = true;
    this.anchor(this.nextAt ?? 0, wall);
  }

  /** Market time at a moment of the machine's clock. */
  marketAt(wall: number): number {
    if (!this.running || this.rate === "max") return this.anchorMarket;
    return this.anchorMarket + (wall - this.anchorWall) * this.rate;
  }

  private anchor(market: number, wall: number): void {
    this.anchorMarket = market;
    this.anchorWall = wall;
  }
}
