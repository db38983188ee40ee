import type { Lifecycle } from "../../actors/ports/supervisor.ts";
import { PATHS } from "../../actors/topology.ts";
import type { BacktestResult } from "../replay/backtest.ts";

/** Something broke in a backtest: it is a failed one, whatever its figures are. */
export interface Failure {
  /** Of the strategy; null: it is none of people's own. */
  readonly file: string | null;
  /** Null: an actor of the deck itself. */
  readonly strategy: string | null;
  readonly ticker: string | null;
  /** Of the actor. */
  readonly path: string;
  /** Core time of the first one: of the bar or headline that it broke at, epoch ms. */
  readonly at: number;
  readonly message: string;
  /** How often the same was met. */
  readonly times: number;
}

/** Failures that are told apart; one more is counted with the last. */
const MOST = 100;

/** Gathers what broke in a run, the same of one actor once with its count. */
export class Failures {
  private readonly found = new Map<string, Failure>();
  private readonly files: ReadonlyMap<string, string>;

  /** @param files of the strategies of people's own, by id. */
  constructor(files: ReadonlyMap<string, string>) {
    this.files = files;
  }

  /** A birth, a death, or what lies between. */
  note(e: Lifecycle): void {
    if (e.kind === "crashed") this.add(e.path, e.at, e.error);
  }

  /** A view or an order that could not be taken. */
  refused({ event, times }: BacktestResult["refused"][number]): void {
    const { ticker, strategy, intent, field, value, reason, tSeen } = event;
    this.add(`${PATHS.tickers}/${ticker}/${strategy}`, tSeen, `${intent} refused: ${field} ${value}: ${reason}`, times);
  }

  add(path: string, at: number, message: string, times = 1): void {
    const key = this.found.size < MOST ? `${path} ${message}` : ([...this.found.keys()].at(-1) ?? "");
    const before = this.found.get(key);
    if (before !== undefined) this.found.set(key, { ...before, times: before.times + times });
    else this.found.set(key, { ...this.whose(path), path, at, message, times });
  }

  all(): readonly Failure[] {
    return [...this.found.values()];
  }

  private whose(path: string): Pick<Failure, "file" | "strategy" | "ticker"> {
    const [ticker, strategy] = path.startsWith(`${PATHS.tickers}/`) ? path.slice(PATHS.tickers.length + 1).split("/") : [];
    return { file: this.files.get(strategy ?? "") ?? null, strategy: strategy ?? null, ticker: ticker ?? null };
  }
}

/** One failure in one line, for people. */
export const failureLine = ({
  file,
  strategy,
  ticker,
  path,
  bar,
  message,
  times,
}: Omit<Failure, "at"> & { readonly bar: string }): string => {
  const who = strategy === null ? path : `strategy ${strategy}${file === null ? "" : ` (${file})`}`;
  const where = ticker === null ? "" : ` on ${ticker}`;
  return `${who} failed${where} at ${bar}: ${message.replace(/\s*\n\s*/g, " ")}${times > 1 ? ` (${times} times)` : ""}`;
};
