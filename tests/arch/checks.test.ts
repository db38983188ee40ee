import { describe, expect, it } from "vitest";
import { ambient, isCore } from "./ambient.ts";
import { floats, isNumeric } from "./floats.ts";
import { hygiene } from "./hygiene.ts";
import { imports } from "./imports.ts";
import { type Check, parse } from "./sources.ts";
import { isComposed, subscribes, timed } from "./timed.ts";

const found = (check: Check, text: string, path = "streams/market/planted.ts") => check(parse(path, text));
const rx = (text: string) =>
  `import { interval, timer, debounceTime, delay, retry, repeat, timeout, shareReplay, timestamp, ReplaySubject } from "rxjs";\n${text}`;

describe("no clock, chance or environment", () => {
  it.each([
    "const t = Date.now();",
    "const t = new Date();",
    "const t = Date();",
    "const { now } = Date;",
    "const t = [1].map(Date);",
    "const h = new Date(0).getHours();",
    "const r = Math.random();",
    "const { random } = Math;",
    "const { random: chance } = Math;",
    "const { max, ...rest } = Math;",
    "const m = Math; m.random();",
    "setTimeout(() => {}, 1);",
    "const wait = setInterval;",
    "setImmediate(() => {});",
    "queueMicrotask(() => {});",
    "const home = process.env.HOME;",
    "const t = process.hrtime.bigint();",
    "const t = performance.now();",
    "const t = globalThis.performance;",
    "const id = crypto.randomUUID();",
    "console.log(1);",
    "await fetch('x');",
    "const u = import.meta.url;",
    "const s = ['b', 'a'].sort((a, b) => a.localeCompare(b));",
    "const f = new Intl.NumberFormat();",
    "const run = new Function('return Date.now()');",
    "const f = (performance: number) => performance;",
    "export const o = { process };",
  ])("finds it in %s", (text) => expect(found(ambient, text)).toHaveLength(1 + Number(text.includes("=> performance"))));
  it.each([
    "// Date.now() and Math.random() in a comment",
    "const text = 'process.env, setTimeout(f, 1)';",
    "const d = new Date(0).toISOString() + Date.UTC(2020, 0, 1);",
    "const m = Math.max(1, 2);",
    "const { max, LN2: ln2 } = Math;",
    "const figures = { process: 1 }; const p = figures.process;",
    "interface Stage { crypto: string; fetch(): void }",
  ])("finds nothing in %s", (text) => expect(found(ambient, text)).toEqual([]));
  it("says the line", () =>
    expect(found(ambient, "\n\nDate.now();")).toEqual(["streams/market/planted.ts:3 reads the clock (Date.now)"]));
  it("looks at the core, not at the edges", () => {
    const core = [
      "streams/a/b.ts",
      "actors/a.ts",
      "gateway/routes/a.ts",
      "gateway/push.ts",
      "runtime/kernel/a.ts",
      "runtime/mechanisms/a.ts",
      "runtime/replay/a.ts",
    ];
    const edge = [
      "gateway/server/a.ts",
      "gateway/auth/a.ts",
      "runtime/main.ts",
      "runtime/adapters/x/a.ts",
      "ui/src/a.ts",
      "tests/a.ts",
    ];
    expect([...core, ...edge].filter(isCore)).toEqual(core);
  });
});

describe("no operator that waits without a scheduler", () => {
  it.each([
    "interval(5);",
    "timer(5, 10);",
    "x.pipe(debounceTime(5));",
    "x.pipe(delay(5));",
    "x.pipe(timestamp());",
    "x.pipe(timeout({ each: 5 }));",
    "x.pipe(retry({ delay: 500 }));",
    "x.pipe(retry({ delay }));",
    "x.pipe(repeat({ delay: waitMs }));",
    "x.pipe(shareReplay(1, 500));",
    "new ReplaySubject(1, 500);",
  ])("finds it in %s", (text) => expect(found(timed, rx(text))).toHaveLength(1));
  it.each([
    "interval(5, clock.scheduler);",
    "timer(5, 10, scheduler);",
    "x.pipe(debounceTime(5, context.scheduler));",
    "x.pipe(timeout({ each: 5, scheduler }));",
    "x.pipe(retry(3));",
    "x.pipe(retry({ count: 2, delay: (_e, n) => timer(n, context.scheduler) }));",
    "x.pipe(shareReplay({ bufferSize: 1, refCount: true }));",
    "line.delay(5);",
  ])("finds nothing in %s", (text) => expect(found(timed, rx(text))).toEqual([]));
  it.each([
    'import { interval as every } from "rxjs"; every(5);',
    'import { debounceTime } from "rxjs/operators"; debounceTime(5);',
    'import { asyncScheduler as s } from "rxjs";',
    'import { firstValueFrom } from "rxjs";',
    'import * as rx from "rxjs";',
  ])("is not fooled by %s", (text) => expect(found(timed, text)).toHaveLength(1));
  it("is no business of other packages", () => {
    expect(found(timed, 'import { delay } from "./line.ts"; delay(5);')).toEqual([]);
  });
  it("finds a subscription outside the kernel", () => {
    expect(found(subscribes, "bars$.subscribe(f);")).toHaveLength(1);
    expect(
      ["streams/a.ts", "actors/a.ts", "runtime/replay/a.ts", "runtime/kernel/a.ts", "ui/a.ts"].filter(isComposed),
    ).toHaveLength(3);
  });
});

describe("the same numbers in every engine", () => {
  it.each([
    "Math.exp(x);",
    "Math.log(x);",
    "Math.pow(x, 2);",
    "Math.hypot(x, y);",
    "Math.cbrt(x);",
    "x ** 0.5;",
    "x ** n;",
    "x **= 3;",
    "const { sin } = Math;",
  ])("finds %s", (text) => expect(found(floats, text)).toHaveLength(1));
  it.each([
    "Math.sqrt(x);",
    "const { LN2, sqrt } = Math;",
    "Math.abs(x) + Math.PI;",
    "x ** 2;",
    "10 ** 6;",
    "'Math.exp(x)'; // x ** n",
  ])("lets %s pass", (text) => expect(found(floats, text)).toEqual([]));
  it("counts where numbers become decisions", () => {
    expect(
      ["streams/risk/a.ts", "streams/market/a.ts", "streams/news/a.ts", "streams/metrics/a.ts"].filter(isNumeric),
    ).toHaveLength(2);
  });
});

describe("imports by folder", () => {
  it.each([
    ["streams/domain/a.ts", "rxjs"],
    ["streams/domain/a.ts", "../risk/limits.ts"],
    ["streams/risk/a.ts", "node:fs"],
    ["streams/risk/a.ts", "../../actors/actor.ts"],
    ["actors/a.ts", "postgres"],
    ["actors/a.ts", "../runtime/config.ts"],
    ["actors/ports/a.ts", "../risk.ts"],
    ["gateway/push.ts", "ws"],
    ["gateway/contract/a.ts", "../../streams/risk/limits.ts"],
    ["gateway/server/a.ts", "../../runtime/main.ts"],
    ["runtime/kernel/a.ts", "../../actors/risk.ts"],
    ["runtime/kernel/a.ts", "../replay/a.ts"],
    ["runtime/replay/a.ts", "node:fs"],
    ["runtime/replay/a.ts", "../adapters/tape/a.ts"],
    ["runtime/bridge.ts", "./main.ts"],
    ["runtime/adapters/redis/a.ts", "../tape/a.ts"],
    ["runtime/adapters/redis/a.ts", "../../../gateway/push.ts"],
    ["runtime/main.ts", "../tests/support/a.ts"],
    ["runtime/mechanisms/a.ts", "../adapters/redis/a.ts"],
    ["runtime/mechanisms/a.ts", "ws"],
    ["runtime/main.ts", "./cli/a.ts"],
    ["runtime/live/wire/a.ts", "../../cli/a.ts"],
    ["runtime/live/a.ts", "../main.ts"],
    ["runtime/backtests/a.ts", "../main.ts"],
    ["runtime/telemetry/a.ts", "../live/store.ts"],
    ["ui/src/a.ts", "../../streams/risk/limits.ts"],
    ["ui/src/a.ts", "node:fs"],
    ["elsewhere/a.ts", "zod"],
  ])("%s may not import %s", (path, from) => {
    expect(found(imports, `import { x } from "${from}";`, path)).toHaveLength(1);
  });
  it.each([
    ["streams/strategies/a.ts", "../indicators/ema.ts"],
    ["actors/a.ts", "../streams/risk/limits.ts"],
    ["gateway/push.ts", "./contract/push.ts"],
    ["gateway/server/uws.ts", "node:http"],
    ["runtime/kernel/a.ts", "../../actors/actor.ts"],
    ["runtime/replay/a.ts", "../kernel/dispatcher.ts"],
    ["runtime/adapters/tape/a.ts", "../../../streams/domain/event.ts"],
    ["runtime/adapters/tape/a.ts", "./frames.ts"],
    ["runtime/adapters/redis/a.ts", "../../mechanisms/a.ts"],
    ["runtime/mechanisms/a.ts", "../../actors/ports/a.ts"],
    ["runtime/cli/a.ts", "../adapters/tape/a.ts"],
    ["runtime/cli/a.ts", "../main.ts"],
    ["runtime/main.ts", "./live/a.ts"],
    ["runtime/live/wire/a.ts", "../a.ts"],
    ["runtime/live/a.ts", "../backtests/a.ts"],
    ["ui/src/a.tsx", "../../gateway/contract/push.ts"],
    ["ui/src/a.tsx", "@solidjs/router"],
    ["tests/unit/a.ts", "../../runtime/main.ts"],
  ])("%s may import %s", (path, from) => {
    expect(found(imports, `import { x } from "${from}";`, path)).toEqual([]);
  });
  it.each([
    'export * from "node:fs";',
    'type F = typeof import("node:fs");',
    'const f = await import("node:fs");',
    "const f = await import(`node:` + x);",
    'import type { Stats } from "node:fs";',
    'import "node:fs";',
  ])("sees every way to import: %s", (text) => expect(found(imports, text)).toHaveLength(1));
});

describe("nothing hidden", () => {
  it.each([
    "const x: any = 1;",
    "// @ts-ignore\nlet y;",
    "/* biome-ignore lint: x */ let z;",
    "let a; // @ts-expect-error",
    "\n".repeat(401),
  ])("finds %j", (text) => expect(found(hygiene, text)).toHaveLength(1));
  it("reads comments, not strings", () => {
    expect(found(hygiene, "const text = '// @ts-ignore any';\nconst any = `/* biome-ignore */` + text;\n")).toEqual([]);
  });
});
