import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { writeGeneratedTape } from "../support/generatedTape.ts";
import { start, tapedeck } from "../support/tapedeck.ts";

const folder = mkdtempSync(join(tmpdir(), "tapedeck-own-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const tape = join(folder, "g.tape");
beforeAll(() => {
  writeGeneratedTape(tape, { seed: 5, tickers: ["AAPL", "MSFT"] as never, newsPerDay: 20, start: "2025-02-03" }, 120);
});

const deckOn = (data: string): readonly string[] => [
  ...["up", "--tape", tape, "--speed", "max", "--headless", "--store", "memory", "--until-end", "--json"],
  ...["--data-dir", data],
];

const strategy = (name: string, kind: "signals" | "orders", body: string): string => `
import { writeFileSync } from "node:fs"; import { defineStrategy } from "tapedeck/strategy"; import { z } from "zod"; import { map, timer, merge, tap, interval, range, mergeMap } from "rxjs";
const view = (b: any, score: number) => ({ score, confidence: 1, reason: "", causes: [b.seq] });
export default defineStrategy({ name: "${name}", params: z.object({}), ${kind}: ({ bars$, clock }: any) => { ${body} } } as never);`;

/** Strategies that fail, each in a way of its own, and what is said of them. */
const FAULTY: Readonly<Record<string, readonly [kind: "signals" | "orders", body: string, says: RegExp]>> = {
  throwing: ["signals", 'return bars$.pipe(map(() => { throw new Error("boom in map"); }));', /boom in map/],
  atStart: ["signals", 'throw new Error("boom at the start");', /boom at the start/],
  nothing: ["signals", "return undefined;", /no Observable/],
  noStream: ["orders", "return { score: 1 };", /no Observable/],
  promising: [
    "signals",
    'return bars$.pipe(tap(() => void Promise.reject(new Error("boom in a promise"))), map((b: any) => view(b, 0)));',
    /boom in a promise/,
  ],
  inner: [
    "signals",
    'bars$.subscribe(() => { throw new Error("boom in an inner subscribe"); }); return bars$.pipe(map((b: any) => view(b, 0)));',
    /boom in an inner subscribe/,
  ],
  innerOwn: [
    "signals",
    'bars$.pipe(map((b: any) => b)).subscribe({ next: () => { throw new Error("boom in an inner observer"); } }); return bars$.pipe(map((b: any) => view(b, 0)));',
    /boom in an inner observer/,
  ],
  wall: [
    "signals",
    "return merge(bars$.pipe(map((b: any) => view(b, 0))), timer(20).pipe(map(() => view({ seq: 1 }, 0))));",
    /setInterval.*clock\.scheduler/,
  ],
  clock: ["signals", "return bars$.pipe(map((b: any) => view(b, Date.now() > 0 ? 0 : 1)));", /machine's time.*clock\.now/],
  today: ["signals", "return bars$.pipe(map((b: any) => view(b, new Date().getDay() / 7)));", /machine's time/],
  chance: ["signals", "return bars$.pipe(map((b: any) => view(b, Math.random())));", /Math\.random.*take rng/],
  absurd: ["signals", "return bars$.pipe(map((b: any) => view(b, 50)));", /score 50: a score is a number from -1 to 1/],
  noNumber: ["signals", "return bars$.pipe(map((b: any) => view(b, NaN)));", /score NaN/],
  priceless: [
    "orders",
    'return bars$.pipe(map(() => ({ do: "submit", order: { side: "buy", kind: "limit", qty: null, reason: "" } })));',
    /order\.limitPx undefined/,
  ],
  flood: ["signals", "return bars$.pipe(mergeMap((b: any) => range(0, 1_000_000).pipe(map(() => view(b, 0)))));", /./],
  spinning: ["signals", "return interval(0, clock.scheduler).pipe(map(() => view({ seq: 1 }, 0)));", /./],
};

describe("a backtest whose strategy fails", () => {
  it.each(Object.entries(FAULTY))("has failed, and says file, ticker, time and message: %s", async (name, [kind, body, says]) => {
    const file = join(folder, `${name}.ts`);
    writeFileSync(file, strategy(name, kind, body));
    const { code, stdout, stderr } = await tapedeck(["backtest", tape, "--strategy", file, "--json"]);
    expect({ code, line: stderr.split("\n")[0] }).toMatchObject({ code: 1, line: expect.stringMatching(says) });
    expect(stderr).toContain(`strategy ${name} (${file}) failed on `);
    const report = JSON.parse(stdout) as {
      failures: { file: string; strategy: string; ticker: string; bar: string; message: string; times: number }[];
    };
    expect(new Set(report.failures.map((f) => `${f.strategy} ${f.ticker}`))).toEqual(new Set([`${name} AAPL`, `${name} MSFT`]));
    for (const f of report.failures)
      expect(f).toMatchObject({ file, bar: expect.stringMatching(/^2025-02-/), message: expect.stringMatching(says) });
  });

  it("is ended when one does not come back, and says which", async () => {
    const file = join(folder, "forever.ts");
    writeFileSync(
      file,
      strategy(
        "forever",
        "signals",
        "return bars$.pipe(map((b: any, i: number) => { if (i > 2) for (;;); return view(b, 0); }));",
      ),
    );
    const { code, stdout, stderr } = await tapedeck(["backtest", tape, "--strategy", file, "--json"]);
    expect({ code, stderr }).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/strategy forever \(.*forever\.ts\) failed on (AAPL|MSFT) at 2025-02-03T.*did not come back/),
    });
    expect((JSON.parse(stdout) as { failures: unknown[] }).failures).toMatchObject([{ file, strategy: "forever" }]);
  });

  it("has not failed when nothing did, and lists none", async () => {
    const file = join(folder, "sound.ts");
    writeFileSync(
      file,
      strategy("sound", "signals", "return bars$.pipe(map((b: any, i: number) => view(b, i % 7 === 3 ? -0 : 0.5)));"),
    );
    const { code, stdout, stderr } = await tapedeck(["backtest", tape, "--strategy", file, "--json"]);
    expect({ code, stderr, failures: (JSON.parse(stdout) as { failures: unknown[] }).failures }).toEqual({
      code: 0,
      stderr: "",
      failures: [],
    });
  });

  it("says so before the run when its parameters or its warm-up throw", async () => {
    for (const [name, extra] of [
      ["badParams", 'params: z.object({}).transform(() => { throw new Error("boom in params"); })'],
      ["badWarmup", 'params: z.object({}), warmup: () => { throw new Error("boom in warmup"); }'],
    ] as const) {
      const file = join(folder, `${name}.ts`);
      writeFileSync(
        file,
        `import { defineStrategy } from "tapedeck/strategy"; import { z } from "zod"; export default defineStrategy({ name: "${name}", ${extra}, signals: ({ bars$ }: any) => bars$ } as never);`,
      );
      const { code, stderr } = await tapedeck(["backtest", tape, "--strategy", file]);
      expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringMatching(new RegExp(`${name}\\.ts.*boom in`)) });
    }
  });
});

describe("a deck whose strategy fails", () => {
  it("goes on, says which, and every later start goes on from there", async () => {
    const data = join(folder, "data");
    mkdirSync(join(data, "strategies"), { recursive: true });
    for (const [name, [kind, body]] of Object.entries(FAULTY))
      writeFileSync(join(data, "strategies", `${name}.ts`), strategy(name, kind, body));
    const up = deckOn(data);
    const first = await tapedeck(up);
    expect({ code: first.code, out: first.stdout !== "" }).toEqual({ code: 0, out: true });
    for (const name of Object.keys(FAULTY).filter((n) => !["absurd", "noNumber", "priceless"].includes(n)))
      expect(first.stderr).toMatch(new RegExp(`(/${name}:|strategy ${name} \\()`));
    const again = await tapedeck(up);
    expect(again.code).toBe(0);
    expect(again.stderr).toContain("every decision on its tape came out the same");
    const hash = (text: string): unknown => (JSON.parse(text) as { decisionsHash: string }).decisionsHash;
    expect(hash(again.stdout)).toBe(hash(first.stdout));
  });

  const hanging = (data: string): readonly string[] => {
    const marker = JSON.stringify(join(data, "in"));
    mkdirSync(join(data, "strategies"), { recursive: true });
    const body = `return bars$.pipe(map((b: any, i: number) => { if (i > 2 && b.ticker === "MSFT") { writeFileSync(${marker}, ""); for (;;); } return view(b, 0.5); }));`;
    writeFileSync(join(data, "strategies", "forever.ts"), strategy("forever", "signals", body));
    return deckOn(data);
  };

  it("that does not come back is stopped by a command on the tape, and the deck goes on without it", async () => {
    const up = hanging(join(folder, "hanging"));
    const first = await tapedeck(up);
    expect(first).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/strategy forever \(.*forever\.ts\) failed on MSFT, and is stopped: it did not come back/),
    });
    expect((JSON.parse(first.stdout) as { bars: number }).bars).toBeGreaterThan(100);
    const again = await tapedeck(up);
    expect(again).toMatchObject({ code: 0, stderr: expect.stringContaining("every decision on its tape came out the same") });
    expect(again.stderr).not.toContain("did not come back");
  });

  it("hears that it is to stop while a strategy does not come back", async () => {
    const data = join(folder, "deaf");
    const running = start(hanging(data));
    await vi.waitFor(() => expect(existsSync(join(data, "in"))).toBe(true), { timeout: 20_000 });
    running.child.kill("SIGTERM");
    expect((await running.ended).code).toBe(1);
  });
});

describe("a strategy that gets round what it may not use", () => {
  it("is named, with its file, its ticker and the remedy, by the first replay that differs", async () => {
    const data = join(folder, "round");
    mkdirSync(join(data, "strategies"), { recursive: true });
    const file = join(data, "strategies", "sly.ts");
    writeFileSync(
      file,
      strategy("sly", "signals", "return bars$.pipe(map((b: any) => view(b, (globalThis as any).Math.random())));"),
    );
    const up = deckOn(data);
    expect((await tapedeck(up)).code).toBe(0);
    const says =
      /differs from the tape at entry \d+.*strategy sly \(.*sly\.ts\) decided otherwise on (AAPL|MSFT).*clock and rng/s;
    for (const again of [up, ["verify", "--data-dir", data]])
      expect(await tapedeck(again)).toMatchObject({ code: 1, stderr: expect.stringMatching(says) });
  });
});
