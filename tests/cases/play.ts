import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { parse } from "csv-parse/sync";
import type { PureScorer } from "../../actors/ports/scorer.ts";
import { tapeOf } from "../../runtime/adapters/tape/memory.ts";
import { type BacktestResult, backtest } from "../../runtime/replay/backtest.ts";
import { deckTree } from "../../runtime/tree.ts";
import { type Bar, bar, barFault } from "../../streams/domain/market.ts";
import { RunConfig } from "../../streams/domain/run.ts";
import { seq, ticker } from "../../streams/domain/units.ts";
import { sessionOn } from "../../streams/market/calendar.ts";
import { bindAll } from "../../streams/strategies/registry.ts";
import type { Case } from "./case.ts";

const DAY_MS = 86_400_000;

/** Daily bars of one ticker, known at the close of their session. */
const readBars = (path: string): readonly Bar[] => {
  const symbol = ticker(/^[A-Z]+/.exec(basename(path))?.[0] ?? "X");
  const rows = parse(readFileSync(path), {
    columns: (names: string[]) => names.map((n) => n.trim().toLowerCase()),
    bom: true,
  }) as Record<string, string>[];
  return rows.map((row, i) => {
    const session = sessionOn(row.date ?? "");
    if (!session) throw new Error(`${path}: no session on ${row.date}`);
    const [open, high, low, close, volume] = [row.open, row.high, row.low, row.close, row.volume].map(Number) as [
      number,
      number,
      number,
      number,
      number,
    ];
    const fault = barFault({ open, high, low, close, volume });
    if (fault) throw new Error(`${path}: row ${i + 2}: ${fault}`);
    return bar(symbol, session.open, session.close, open, high, low, close, volume, DAY_MS);
  });
};

/** `size` is a number of shares (100 when absent), `fraction` a part of the cash; the rest are the strategy's own parameters. */
const configOf = (c: Case): RunConfig => {
  const { fraction, size, ...params } = c.params;
  return RunConfig.parse({
    strategies: [{ name: c.strategy, params }],
    sizing: fraction === undefined ? { by: "shares", shares: size ?? 100 } : { by: "cash", fraction },
    risk: { enabled: false },
    costs: { commission: c.commission, slippage: 0 },
    cash: String(c.cash),
    fill: "backtesting.py",
    tickSize: 1,
  });
};

const sha256 = () => {
  const hash = createHash("sha256");
  return { update: (text: string) => void hash.update(text), hex: () => hash.digest("hex") };
};

const SILENT: PureScorer = { name: "builtin", score: () => ({ tickers: [], score: 0, confidence: 0, scorer: "builtin" }) };

/** Plays a case through the production path. @param data folder of the recorded inputs */
export const play = async (c: Case, data: string): Promise<BacktestResult> => {
  const bars = readBars(`${data}/${c.data}`);
  if (bars.length !== c.bars) throw new Error(`${c.data} has ${bars.length} bars, the case says ${c.bars}`);
  const config = configOf(c);
  const strategies = bindAll(config.strategies);
  const tape = tapeOf(
    bars.map((b, i) => ({ ...b, seq: seq(i + 1) })),
    { kind: "market", source: c.data, run: null },
  );
  return backtest({
    tape,
    config,
    tree: deckTree(config, c.name, strategies),
    scorer: { answers: "again", scorer: SILENT },
    fallback: SILENT,
    digest: sha256,
  });
};
