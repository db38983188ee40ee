import { type Px, type Qty, qty, SCALE } from "../domain/units.ts";

/** What the account may still take on. Both numbers are µUSD, at the prices of the moment. */
export interface Means {
  readonly equity: number;
  /** Sum of what is held, without signs. */
  readonly gross: number;
}

/** Rounding of amounts to whole µUSD may take so much, and no more. */
const ROUNDING = 1;

/** leverage × equity − gross; µUSD. */
export const buyingPower = ({ equity, gross }: Means, leverage: number): number => leverage * equity - gross;

/**
 * Shares, as a float, that buying power carries at a price. A share takes its price of it, and its commission as often as equity counts.
 * @param power µUSD @param commission fraction of the price
 */
export const sharesCarried = (power: number, price: Px, commission: number, leverage: number): number =>
  Math.max(0, (power + ROUNDING) / (price * (1 + leverage * commission)));

/** Whole shares that a fraction of free money (equity − gross) buys, commission included. */
export const sizedByCash = (means: Means, fraction: number, price: Px, commission: number): Qty => {
  const perShare = price * (1 + commission);
  return qty(Math.max(0, Math.floor(((means.equity - means.gross) * fraction) / perShare)) * SCALE);
};

/** What of a volume our orders may fill, in whole shares; a bar that says no volume limits nothing. µshare. */
export const shareOfVolume = (volume: number, fraction: number): number =>
  volume === 0 ? Number.POSITIVE_INFINITY : Math.floor(volume * fraction) * SCALE;
