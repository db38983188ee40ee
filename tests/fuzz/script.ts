import { concatMap, from, type Observable } from "rxjs";
import type { OrderAction } from "../../streams/domain/order.ts";
import type { BoundStrategy, View } from "../../streams/strategies/define.ts";

export const VIEWERS = ["alpha", "beta"] as const;
export const TRADERS = ["gamma", "delta"] as const;

type Said = View | OrderAction;
const NOTHING: readonly Said[] = [];

/** What the strategies are to say: each says what is noted for it at the next bar of the ticker. */
export class Script {
  readonly #lines = new Map<string, Said[]>();

  note(strategy: string, ticker: string, said: Said): void {
    const key = `${strategy} ${ticker}`;
    const lines = this.#lines.get(key);
    if (lines === undefined) this.#lines.set(key, [said]);
    else lines.push(said);
  }

  clear(): void {
    this.#lines.clear();
  }

  /** Strategies that read this script. */
  strategies(): BoundStrategy[] {
    return [...VIEWERS, ...TRADERS].map((name) => ({
      name,
      weight: 1,
      warmup: 1,
      quotes: false,
      kind: (VIEWERS as readonly string[]).includes(name) ? "signals" : "orders",
      start: ({ bars$, ticker }): Observable<Said> => bars$.pipe(concatMap(() => from(this.#take(name, ticker)))),
    }));
  }

  #take(strategy: string, ticker: string): readonly Said[] {
    const key = `${strategy} ${ticker}`;
    const lines = this.#lines.get(key);
    if (lines === undefined) return NOTHING;
    this.#lines.delete(key);
    return lines;
  }
}
