import { exp } from "./growth.ts";
import { Random } from "./random.ts";

const PAUSE_MINUTES = 5;
const OPENING_MINUTES = 15;
const CLOSING_MINUTES = 25;
/** A story of this reach is worth a halt before it is told. */
const WORTH_A_HALT = 0.05;

export interface HaltPlan {
  /** The step before which trading stops. */
  readonly step: number;
  readonly index: number;
}

/**
 * Who is halted. In the manner of Limit Up–Limit Down: a price more than a band away from its average of the last minutes stops
 * trading for five. Bands: 5 % for names that trade much, 10 % for the others, 20 % below $3, doubled around open and close.
 */
export class Halting {
  /** 1: does not trade in this step. */
  readonly frozen: Uint8Array;
  private readonly until: Int32Array;
  private readonly usual: Float64Array;
  private readonly band: Float64Array;
  private readonly chance: Random;
  private readonly stepMinutes: number;
  private readonly follow: number;
  private readonly pause: number;

  /** @param bands each ticker's usual band, a fraction. */
  constructor(bands: Float64Array, seed: number, stepMinutes: number) {
    this.band = bands;
    this.frozen = new Uint8Array(bands.length);
    this.until = new Int32Array(bands.length);
    this.usual = new Float64Array(bands.length);
    this.chance = new Random(seed, "halts");
    this.stepMinutes = stepMinutes;
    this.follow = 1 - exp((-Math.LN2 * stepMinutes) / 2.5);
    this.pause = Math.ceil(PAUSE_MINUTES / stepMinutes);
  }

  /** A new session, all trading. @param prices at the open. */
  openSession(prices: Float64Array): void {
    this.frozen.fill(0);
    this.usual.set(prices);
  }

  /** Whether, and before which step, trading stops for a story that is still to come. */
  planFor(index: number | null, reach: number, step: number, steps: number): HaltPlan | null {
    if (index === null || reach < WORTH_A_HALT || !this.chance.chance(0.6)) return null;
    const start = step - this.chance.below(this.pause);
    return start > 0 && start + this.pause < steps ? { step: start, index } : null;
  }

  stop(index: number, step: number): void {
    this.frozen[index] = 1;
    this.until[index] = step + this.pause;
  }

  /** Whether a stopped ticker trades again from this step on. */
  resumes(index: number, step: number): boolean {
    if (this.frozen[index] === 0 || step < (this.until[index] as number)) return false;
    this.frozen[index] = 0;
    return true;
  }

  /** The average price starts anew after a re-opening. */
  reset(index: number, price: number): void {
    this.usual[index] = price;
  }

  /** Follows a price after a step. @returns the way of the break-out: 1 up, −1 down, 0 none. */
  follows(index: number, price: number, step: number, steps: number): number {
    const usual = this.usual[index] as number;
    const edge = step * this.stepMinutes < OPENING_MINUTES || (steps - step) * this.stepMinutes < CLOSING_MINUTES ? 2 : 1;
    const band = (usual < 3 ? 0.2 : (this.band[index] as number)) * edge;
    this.usual[index] = usual + (price - usual) * this.follow;
    if (price > usual * (1 + band)) return 1;
    return price < usual * (1 - band) ? -1 : 0;
  }
}
