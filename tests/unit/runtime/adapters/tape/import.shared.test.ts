import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { Gather } from "../../../../../runtime/adapters/tape/gather.ts";
import { importBars } from "../../../../../runtime/adapters/tape/import/bars.ts";
import { importNews } from "../../../../../runtime/adapters/tape/import/news.ts";
import { ImportReport } from "../../../../../runtime/adapters/tape/import/report.ts";
import { NEW_YORK, zoneOf } from "../../../../../runtime/adapters/tape/import/zone.ts";
import { tapeInfo } from "../../../../../runtime/adapters/tape/info.ts";

const shared = join(process.env.TAPEDECK_SHARED ?? "../shared", "data");
const absent = !existsSync(shared);
const folder = mkdtempSync(join(tmpdir(), "tape-shared-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const zone = zoneOf(NEW_YORK);
const csvs = (path: string): string[] =>
  readdirSync(join(shared, path))
    .filter((name) => name.endsWith(".csv"))
    .map((name) => join(shared, path, name));

describe.skipIf(absent)(
  `recorded data${absent ? " (skipped: no shared data beside the repository, set TAPEDECK_SHARED)" : ""}`,
  () => {
    it("goes onto one tape, bars and headlines, with nothing refused and no session missing", () => {
      const report = new ImportReport();
      const gather = new Gather();
      const joint = csvs("joint/benzinga_2013_2018");
      importBars(
        joint.filter((path) => path.includes("bars")),
        { zone, symbol: null, barMs: null },
        gather,
        report,
      );
      importNews(
        joint.filter((path) => path.includes("headlines")),
        { zone, latencyMs: 0 },
        gather,
        report,
      );
      gather.writeTo(join(folder, "joint.tape"), "joint");
      const info = tapeInfo(join(folder, "joint.tape"));
      expect(report.rejectedCount).toBe(0);
      expect(info.kinds).toEqual({ "market.bar": 5036, "news.raw": 1211 });
      expect(info.series.map((s) => [s.ticker, s.bars, s.missing])).toEqual(["A", "AAP", "ABBV", "ABC"].map((t) => [t, 1259, 0]));
    });
    it("is read whole where files name their ticker, by day and by minute", () => {
      const report = new ImportReport();
      const gather = new Gather();
      importBars(
        [...csvs("prices_daily/sp500_5yr"), ...csvs("prices_minute")],
        { zone, symbol: null, barMs: null },
        gather,
        report,
      );
      gather.writeTo(join(folder, "prices.tape"), "prices");
      const info = tapeInfo(join(folder, "prices.tape"));
      expect(report.rejectedCount).toBe(0);
      expect(info.series.filter((s) => s.barMs === 86_400_000)).toHaveLength(49);
      expect(info.series.find((s) => s.barMs === 60_000)).toMatchObject({ ticker: "SPY", bars: 1564, missing: 0 });
      expect(info.entries).toBe(61_405 + 1564);
    });
  },
);
