/** What a strategy of somebody's own may do, as the text of a TypeScript expression: a stream of views, from `bars$`, `position$`, `clock`, `rng`, `view` and `at`. */
export interface Behaviour {
  readonly does: string;
  /** It has to be told as a failure. */
  readonly fails: boolean;
}

const sound = (does: string): Behaviour => ({ does, fails: false });
const faulty = (does: string): Behaviour => ({ does, fails: true });
/** At one bar: something instead of a view. */
const atBar = (does: string): string =>
  `bars$.pipe(map((b: any, i: number) => { if (i === at) { ${does} } return view(b, 0.1); }))`;

/** Each kind is drawn, alone and with others. */
export const BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  speaks: sound("bars$.pipe(map((b: any, i: number) => view(b, (i % 5) / 4 - 0.5)))"),
  saysNothing: sound("NEVER"),
  isEmpty: sound("EMPTY"),
  completes: sound("bars$.pipe(take(at), map((b: any) => view(b, 0.5)))"),
  minusZero: sound("bars$.pipe(map((b: any) => view(b, -0)))"),
  asksLate: sound(
    "bars$.pipe(concatMap((b: any) => position$.pipe(take(1), map((h: any) => view(b, h.shares > 0 ? -0.5 : 0.5)))))",
  ),
  drawsChance: sound("bars$.pipe(map((b: any) => view(b, rng.next() * 2 - 1)))"),
  waits: sound("bars$.pipe(debounceTime(90_000, clock.scheduler), map((b: any) => view(b, 0.3)))"),
  counts: sound("interval(45_000, clock.scheduler).pipe(map((i: number) => ({ ...view({ seq: 1 }, (i % 3) / 4) })))"),
  throws: faulty(atBar('throw new Error("at a bar")')),
  throwsAlways: faulty('bars$.pipe(map(() => { throw new Error("at each bar"); }))'),
  throwsText: faulty(atBar('throw "no error at all"')),
  errors: faulty(
    'concat(bars$.pipe(take(at), map((b: any) => view(b, 0.2))), throwError(() => new Error("an end with an error")))',
  ),
  startsBroken: faulty('(() => { throw new Error("at the start"); })()'),
  isNoStream: faulty("({ then: 1 } as any)"),
  saysNaN: faulty(atBar("return view(b, NaN);")),
  saysInfinity: faulty(atBar("return view(b, -Infinity);")),
  saysTooMuch: faulty(atBar("return view(b, 50);")),
  isTooSure: faulty(atBar("return { ...view(b, 0), confidence: 7 };")),
  saysNull: faulty(atBar("return null as any;")),
  givesNoReason: faulty(atBar("return { score: 0, confidence: 1, causes: [] } as any;")),
  floods: faulty(
    "bars$.pipe(mergeMap((b: any, i: number) => (i === at ? range(0, 1_000_000).pipe(map(() => view(b, 0))) : EMPTY)))",
  ),
  spins: faulty("interval(0, clock.scheduler).pipe(map(() => view({ seq: 1 }, 0)))"),
  rejects: faulty(atBar('void Promise.reject(new Error("in a promise"));')),
  rejectsLater: faulty(atBar('void Promise.resolve().then(() => { throw new Error("in a later promise"); });')),
  throwsInside: faulty(
    '(bars$.subscribe((b: any) => { throw new Error("in a subscribe"); }), bars$.pipe(map((b: any) => view(b, 0))))',
  ),
  throwsFurtherInside: faulty(
    '(bars$.pipe(map((b: any) => b)).subscribe({ next: () => { throw new Error("in an observer"); } }), bars$.pipe(map((b: any) => view(b, 0))))',
  ),
  readsClock: faulty(atBar("return view(b, Date.now() % 2);")),
  readsToday: faulty(atBar("return view(b, new Date().getDay() / 7);")),
  drawsOwnChance: faulty(atBar("return view(b, Math.random());")),
  sleeps: faulty("merge(bars$.pipe(map((b: any) => view(b, 0))), timer(5).pipe(map(() => view({ seq: 1 }, 0))))"),
  fetches: faulty(atBar('void fetch("http://127.0.0.1:9/");')),
};

/** A strategy file whose parameters choose among all of them. */
export const strategyText = (name: string): string => `
import { concat, concatMap, debounceTime, EMPTY, interval, map, merge, mergeMap, NEVER, range, take, throwError, timer } from "rxjs";
import { defineStrategy } from "tapedeck/strategy";
import { z } from "zod";
const view = (b: any, score: number) => ({ score, confidence: 1, reason: "", causes: [b.seq] });
const behaviours: any = {
${Object.entries(BEHAVIOURS)
  .map(([kind, { does }]) => `  ${kind}: ({ bars$, position$, clock, rng, at }: any) => ${does},`)
  .join("\n")}
};
export default defineStrategy({
  name: "${name}",
  params: z.object({ kinds: z.array(z.string()), at: z.number() }),
  signals: (inputs: any, { kinds, at }: any) => merge(...kinds.map((kind: string) => behaviours[kind]({ ...inputs, at }))),
} as never);
`;
