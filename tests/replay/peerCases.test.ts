import { existsSync, readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { Case } from "../cases/case.ts";
import { differences } from "../cases/compare.ts";
import { play } from "../cases/play.ts";

const shared = resolve(process.env.TAPEDECK_SHARED ?? `${import.meta.dirname}/../../../shared`);
const folder = `${shared}/cases`;
const here = existsSync(folder) ? readdirSync(folder).filter((f) => f.endsWith(".json")) : [];

describe.skipIf(here.length === 0)("another engine's backtests (skipped: needs its results in $TAPEDECK_SHARED/cases)", () => {
  it.each(here.length > 0 ? here : ["none"])("%s comes out the same, trade for trade", async (file) => {
    const c = Case.parse(JSON.parse(readFileSync(`${folder}/${file}`, "utf8")));
    expect(differences(c, await play(c, `${shared}/data`))).toEqual([]);
  });
});
