import fc from "fast-check";
import {
  bufferTime,
  debounceTime,
  EMPTY,
  interval,
  map,
  merge,
  mergeMap,
  type Observable,
  type SchedulerLike,
  scan,
  take,
  tap,
  timestamp,
} from "rxjs";
import { describe, expect, it } from "vitest";
import { type ActorContext, type ActorSpec, type Effect, flow, perform } from "../../../../actors/actor.ts";
import { MOST_TURNS_TOLD_AGAIN } from "../../../../runtime/kernel/budgets.ts";
import type { TapeEvent } from "../../../../streams/domain/event.ts";
import { ms } from "../../../../streams/domain/units.ts";
import { barAt, eager, group, patient, type Rig, rig } from "../../../support/kernelRig.ts";

const did = (request: unknown): Effect => perform("did", request);
const done = (r: Rig) => r.performed.map((p) => p.request);
const numberOf = (m: unknown): number => (m as TapeEvent).tSeen;

type Flow = (bars$: Observable<unknown>, c: ActorContext) => Observable<Effect>;
const listener = (f: Flow, more: Partial<ActorSpec> = {}): ActorSpec => ({
  name: "f",
  behaviour: flow<unknown>(f),
  listens: [{ type: "market.bar" }],
  recalls: [{ type: "market.bar", last: "all" }],
  ...eager,
  ...more,
});
const start = (spec: ActorSpec): Rig => rig(group("root", [spec], patient));

/** Tells bars at their times. */
const tell = (r: Rig, ...times: number[]): void => {
  for (const at of times) {
    if (at > r.kernel.now()) r.kernel.advanceTo(ms(at));
    const event = barAt(at);
    r.tape.push(event);
    r.kernel.deliver(event);
    r.kernel.drain();
  }
};
const restart = (r: Rig): void => void r.kernel.control("root/f", "restart");

describe("a flow that is told again", () => {
  it("is on the time of what it is told: its clock, its scheduler and the timestamps it makes", () => {
    const seen: number[][] = [];
    const stamps: Flow = (bars$, c) =>
      bars$.pipe(
        timestamp(c.scheduler),
        tap((t) => seen.push([numberOf(t.value), t.timestamp, c.now(), c.scheduler.now()])),
        mergeMap(() => EMPTY),
      );
    const r = start(listener(stamps));
    tell(r, 10, 25, 40);
    r.run(60);
    const before = seen.splice(0);
    restart(r);
    expect(seen).toEqual(before);
    expect(before).toEqual([10, 25, 40].map((t) => [t, t, t, t]));
    expect(r.kernel.now()).toBe(100);
  });

  it("has what waited to be due done in order on the way, effects dropped, and waits on for what is not due", () => {
    const log: string[] = [];
    const quiet: Flow = (bars$, c) =>
      bars$.pipe(
        map(numberOf),
        debounceTime(10, c.scheduler),
        tap((n) => log.push(`${n}@${c.now()}`)),
        map(did),
      );
    const r = start(listener(quiet));
    tell(r, 10, 15, 40, 95);
    r.run(2);
    expect([log, done(r)]).toEqual([
      ["15@25", "40@50"],
      [15, 40],
    ]);
    restart(r);
    expect(log).toEqual(["15@25", "40@50", "15@25", "40@50"]);
    expect(done(r)).toEqual([15, 40]);
    expect([r.kernel.now(), r.kernel.nextTimerAt()]).toEqual([97, 105]);
    r.run(10);
    expect(done(r)).toEqual([15, 40, 95]);
    expect(log.at(-1)).toBe("95@105");
  });

  it("has its timers due now done before it goes on, and those put off by nothing after the events of that time", () => {
    const order: string[] = [];
    const both: Flow = (bars$, c) =>
      bars$.pipe(
        map(numberOf),
        tap((n) => order.push(`bar ${n}`)),
        mergeMap((n) => merge(...[0, 10].map((by) => late(n, by, c.scheduler)))),
        tap((what) => order.push(what)),
        mergeMap(() => EMPTY),
      );
    const late = (n: number, by: number, s: SchedulerLike): Observable<string> =>
      interval(by, s).pipe(
        take(1),
        map(() => `${n}+${by}`),
      );
    const r = start(listener(both));
    tell(r, 10, 20, 20);
    r.run(10);
    const before = order.splice(0);
    restart(r);
    expect(order).toEqual(before);
  });

  it("comes to where the life before was, whatever it was told and when: buffers, silences and counts by time go on as if nothing had been", () => {
    const operators: Record<string, (s: SchedulerLike) => (n$: Observable<number>) => Observable<unknown>> = {
      buffers: (s) => bufferTime(7, s),
      silence: (s) => debounceTime(5, s),
      overlapping: (s) => bufferTime(10, 4, s),
      counts: (s) => (n$) => merge(n$, interval(6, s).pipe(map(() => 0.5))).pipe(scan((sum, n) => sum * 2 + n, 0)),
    };
    const gaps = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.keys(operators)),
        gaps,
        fc.nat({ max: 11 }),
        fc.nat({ max: 20 }),
        (name, by, at, wait) => {
          const f: Flow = (bars$, c) => bars$.pipe(map(numberOf), operators[name]?.(c.scheduler) ?? ((x) => x), map(did));
          const play = (restartsAfter: number): unknown[] => {
            const r = start(listener(f));
            // the first life begins where the first bar is, as that of a ticker does
            let t = 0;
            by.forEach((gap, i) => {
              tell(r, t);
              r.run(i === restartsAfter ? Math.min(wait, gap - 1) : 0);
              if (i === restartsAfter) restart(r);
              t += gap;
            });
            r.kernel.advanceTo(ms(500));
            return r.performed.map((p) => [p.request, p.cause]);
          };
          expect(play(at % by.length)).toEqual(play(-1));
        },
      ),
      { numRuns: 300 },
    );
  });

  it("takes what is left of a gap at once where its timers would give it turns without number", () => {
    let ticks = 0;
    const fast: Flow = (bars$, c) =>
      merge(
        bars$,
        interval(1, c.scheduler).pipe(
          tap(() => {
            ticks += 1;
          }),
        ),
      ).pipe(mergeMap(() => EMPTY));
    const r = start(listener(fast));
    r.tape.push(barAt(1), barAt(86_400_000));
    r.kernel.control("root/f", "stop");
    r.kernel.advanceTo(ms(86_400_000));
    ticks = 0;
    restart(r);
    expect(ticks).toBe(MOST_TURNS_TOLD_AGAIN);
    expect(r.kernel.nextTimerAt()).toBeLessThanOrEqual(86_400_001);
    r.run(5);
    expect(ticks).toBeLessThan(MOST_TURNS_TOLD_AGAIN + 10);
    expect(r.stateOf("root/f")).toBe("running");
  });

  it("is not held down by what crashes it late: an event whose timer crashed it twice is told no more", () => {
    const late: Flow = (bars$, c) =>
      bars$.pipe(
        map(numberOf),
        bufferTime(10, c.scheduler),
        map((all) => {
          if (all.includes(13)) throw new Error("thirteen");
          return did(all);
        }),
      );
    const r = start(listener(late));
    tell(r, 1, 13, 25);
    r.run(100);
    // as it lived: at 20, and at 21 where the second life's buffer ends; then twice as it was told again
    expect(r.life.filter((e) => e.kind === "crashed").map((e) => e.error)).toEqual(Array(4).fill("thirteen"));
    expect(r.kernel.deadLetters().map((l) => (l.message as TapeEvent).seq)).toEqual([13]);
    expect(r.stateOf("root/f")).toBe("running");
    expect(done(r).flat()).toContain(25);
  });
});
