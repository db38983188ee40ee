import { existsSync } from "node:fs";
import type { RunConfig } from "../../streams/domain/run.ts";
import { toDecimal } from "../../streams/domain/units.ts";
import { everyBook } from "../../streams/portfolio/ledger.ts";
import { openTape } from "../adapters/tape/reader.ts";
import { appendTape } from "../adapters/tape/writer.ts";
import { Collector } from "../core/collector.ts";
import type { Opening } from "../core/tradingCore.ts";
import { type RunFile, runsBefore } from "./runFolder.ts";

/**
 * The account as an earlier run left it: its cash and what it held, folded from its tape. Null when that run never opened one.
 * @throws TapeUnreadable when that tape is damaged.
 */
const accountOf = (journal: string, config: Pick<RunConfig, "cash" | "costs">): Opening | null => {
  if (!existsSync(journal)) return null;
  appendTape(journal, { toSeal: true }).writer.close(); // a killed run's: what counts is what was sealed
  const books = new Collector(config.cash, config.costs);
  const reader = openTape(journal);
  let opened = false;
  for (let batch = reader.next(); batch !== null; batch = reader.next())
    for (const event of batch) {
      opened ||= event.type === "account.opened";
      if (event.type === "market.bar") books.bar(event);
      else books.note(event);
    }
  reader.close();
  if (!opened) return null;
  return {
    cash: books.ledger.cash,
    adopted: everyBook(books.ledger).filter((p) => p.shares !== 0),
    fills: books.ledger.fills,
  };
};

/** An account and the run that it was in. */
export interface Carried extends Opening {
  readonly from: string;
}

/** The account that a new run goes on with: of the nearest run before it that has one. Null: there never was one. */
export const carriedAccount = (
  dataDir: string,
  run: RunFile,
  tapeOf: (id: string) => string,
  config: Pick<RunConfig, "cash" | "costs">,
): Carried | null => {
  for (const { id } of runsBefore(dataDir, run)) {
    const account = accountOf(tapeOf(id), config);
    if (account !== null) return { ...account, from: id };
  }
  return null;
};

/** What a person is told of it. */
export const carried = ({ from, cash, adopted }: Carried, source: RunFile["source"]["kind"]): string =>
  `the settings or the version have changed: a new run goes on with the account of run ${from}, ${toDecimal(cash)} USD and ${
    adopted.length === 0 ? "no open position" : `open positions in ${adopted.map((p) => p.ticker).join(", ")}`
  }; its working orders, stops and CASH do not count${
    source === "feed" ? "" : ", and its market begins anew"
  } (--new-run begins afresh)`;
