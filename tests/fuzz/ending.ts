import { everyBook, imbalance } from "../../streams/portfolio/ledger.ts";
import { MICROS } from "./amounts.ts";
import { MONEY } from "./controlState.ts";
import type { Counts } from "./counts.ts";
import type { Ending } from "./plan.ts";
import type { Player } from "./player.ts";
import { ACCOUNT, inShares, isLegId } from "./shadow.ts";
import type { World } from "./world.ts";

/** Moments after which everything that was asked for has been done, and those in which it has to stay so. */
const SETTLING = 6;
const STAYING = 2;

/** The quiet phase: everything that holds trading up but a kill is lifted, the market is calm, and then what was asked for has to be true. */
export class QuietPhase {
  readonly #world: World;
  readonly #player: Player;
  readonly #counts: Counts;
  readonly #tickers: number;

  constructor(world: World, player: Player, counts: Counts, tickers: number) {
    this.#world = world;
    this.#player = player;
    this.#counts = counts;
    this.#tickers = tickers;
  }

  /** @param isDone there is nothing more to learn: a violation was found. */
  run(ending: Ending, isDone: () => boolean): void {
    const { shadow } = this.#world.watch;
    this.#world.script.clear();
    this.#lift();
    if (ending === "kill") this.#player.command({ do: "kill", reason: "the end" });
    if (ending === "closeAll") this.#player.command({ do: "closeAll" });
    for (let i = 0; i < SETTLING && !isDone(); i++) this.#moment();
    this.#counts.add(shadow.controls.killed !== null ? "ended.killed" : ending === "closeAll" ? "ended.closed" : "ended.trading");
    for (let i = 0; i < STAYING && !isDone(); i++) {
      this.#checkControls();
      this.#moment();
    }
    if (isDone()) return;
    this.#checkControls();
    this.#checkWorking();
    this.#checkLedger();
  }

  /** What people stopped is started, each as it was stopped. A kill gets no help: what it found stopped it has to have started itself. */
  #lift(): void {
    const { controls, tickersHalted } = this.#world.watch.shadow;
    const { killed, stoppedSinceKill: since } = controls;
    if (tickersHalted.size > 0) for (let i = 0; i < this.#tickers; i++) this.#player.halt(i, false);
    for (const { path, state } of this.#world.core.door.kernel.inspect())
      if (path.startsWith(MONEY) && (state === "stopped" || state === "paused"))
        if (killed === null || since.has(path) || since.has(MONEY))
          this.#player.command({ do: "actor", path, action: state === "stopped" ? "restart" : "resume" });
    if (controls.paused) this.#player.command({ do: "resume" });
  }

  #moment(): void {
    const { broker } = this.#world;
    this.#player.quietMoment();
    if (broker === null) return;
    for (let round = 0; round < 3; round++) {
      for (const e of broker.settle(this.#player.now)) this.#player.feed([e]);
      for (let fills = broker.fillNext(this.#player.now); fills.length > 0; fills = broker.fillNext(this.#player.now))
        for (const e of fills) this.#player.feed([e]);
    }
  }

  #checkControls(): void {
    const { watch, exchange } = this.#world;
    const { shadow } = watch;
    const { killed, closing } = shadow.controls;
    for (const [ticker, whole] of closing)
      watch.found("close-flat", `${ticker}${whole ? ", all of it," : ""} is ${this.#heldOf(ticker)}`);
    if (killed === null) return;
    for (const ticker of shadow.held.keys())
      if (!shadow.isFlat(ticker, killed.whole)) watch.found("kill-flat", `${ticker} is ${this.#heldOf(ticker)}`);
    for (const id of exchange?.working().map((o) => o.id) ?? this.#world.broker?.working() ?? [])
      watch.found("kill-works", `${id} works after a kill`);
  }

  #heldOf(ticker: string): string {
    const books = [...(this.#world.watch.shadow.held.get(ticker) ?? [])].filter(([, shares]) => shares !== 0);
    return books.map(([book, shares]) => `${book} ${inShares(shares)}`).join(", ") || "flat, with entries at work";
  }

  /** Whatever is said to work is known where it should, and the other way round. */
  #checkWorking(): void {
    const { watch, exchange, broker } = this.#world;
    const there = new Set<string>(exchange?.working().map((o) => o.id) ?? broker?.working() ?? []);
    for (const w of watch.shadow.working.values())
      if (!there.has(w.order.id) || w.cancelAsked)
        watch.found("works-for-ever", `${w.order.id} is open${w.cancelAsked ? ", its cancel asked for," : ""} and nobody has it`);
    for (const id of there)
      if (!isLegId(id) && !watch.shadow.working.has(id)) watch.found("works-unknown", `${id} works and is thought over`);
  }

  #checkLedger(): void {
    const { watch, core, exchange } = this.#world;
    const { shadow } = watch;
    const { ledger } = core.collector;
    if (imbalance(ledger) !== 0) watch.found("ledger", `imbalance of ${imbalance(ledger) / MICROS}`);
    if (ledger.cash !== shadow.cash) watch.found("ledger", `cash ${ledger.cash / MICROS}, by the events ${shadow.cash / MICROS}`);
    for (const { ticker, book, shares } of everyBook(ledger))
      if (shares !== shadow.heldIn(ticker, book))
        watch.found(
          "ledger",
          `${book || ACCOUNT} ${ticker} ${inShares(shares)}, by the events ${inShares(shadow.heldIn(ticker, book))}`,
        );
    for (const ticker of shadow.held.keys()) {
      const there = exchange?.positions().find((p) => p.ticker === ticker)?.shares ?? 0;
      if (exchange !== null && there !== shadow.heldOf(ticker))
        watch.found(
          "ledger",
          `the exchange holds ${inShares(there)} of ${ticker}, by the events ${inShares(shadow.heldOf(ticker))}`,
        );
    }
    if (exchange !== null && exchange.cash() !== shadow.cash)
      watch.found("ledger", `the exchange has ${exchange.cash() / MICROS}, by the events ${shadow.cash / MICROS}`);
  }
}
