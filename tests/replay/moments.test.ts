import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ActorSpec, atMomentEnd, emit, machine, type Step } from "../../actors/actor.ts";
import type { EventType, InputEvent, TapeEvent } from "../../streams/domain/event.ts";
import { bar, quote } from "../../streams/domain/market.ts";
import { signal } from "../../streams/domain/signal.ts";
import { ms, type Seq, type Ticker, ticker } from "../../streams/domain/units.ts";
import { AAPL, LiveRig, TEN } from "../support/liveRig.ts";

const MSFT = ticker("MSFT");
const HEARD: readonly EventType[] = [
  ...(["account.opened", "market.bar", "market.quote", "market.barRefused", "order.submitted", "order.accepted"] as const),
  ...(["order.filled", "control.command", "clock.mark"] as const),
];

/** Says at the end of each moment what it heard in it, as the causes of a signal, and again a while later. */
const chronicler = (deck: ActorSpec): ActorSpec => ({
  ...deck,
  children: [
    ...(deck.children ?? []),
    {
      name: "chronicler",
      listens: HEARD.map((type) => ({ type })),
      behaviour: machine<readonly Seq[], TapeEvent | "later" | "end">({
        initial: () => [],
        receive: (heard, m): Step<readonly Seq[]> => {
          if (m === "later") return [heard, atMomentEnd(2, "", "end")];
          if (m !== "end")
            return [[...heard, m.seq], atMomentEnd(2, "", "end"), { fx: "after", key: "", delayMs: 1_500, msg: "later" }];
          const said = { strategy: "chronicler", ticker: AAPL, score: 0, confidence: 0, reason: "" };
          return [[], emit(signal({ ...said, causes: heard }))];
        },
      }),
    },
  ],
});

/** What was heard in each moment, by `seq`, and when. */
const moments = (rig: LiveRig): string[] =>
  rig.tape.entries.flatMap((e) =>
    e.type === "signal.generated" && e.strategy === "chronicler" ? [`${e.causes.join(" ")}@${e.tSeen - TEN}`] : [],
  );
const agrees = async (rig: LiveRig): Promise<void> => {
  rig.live.seal();
  const { length } = rig.tape.entries;
  expect(rig.verify().entries).toBe(length);
  await rig.kill(); // it rehearses its tape
  expect(rig.tape.entries).toHaveLength(length);
  expect(rig.failures).toEqual([]);
};
const quoted = (of = AAPL): InputEvent => quote(of, { tEvent: ms(TEN), tSeen: ms(TEN) }, 99, 101, 1, 1);
const priced = (at: number, close: number, of = AAPL, low = close): InputEvent =>
  bar(of, ms(at - 60_000), ms(at), close, close, low, close, 100_000, 60_000);

type Happening =
  | { readonly do: "quote"; readonly of: Ticker }
  | { readonly do: "bar"; readonly of: Ticker; readonly close: number; readonly low: number }
  | { readonly do: "take in" | "pass" | "pause" | "kill" }
  | { readonly do: "wait"; readonly forMs: number }
  | { readonly do: "feed"; readonly bars: readonly (readonly [by: number, of: Ticker])[] };

const some = fc.constantFrom(AAPL, MSFT);
const step: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant("quote" as const), of: some }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant("bar" as const),
      of: some,
      close: fc.constantFrom(99, 101),
      low: fc.constantFrom(98, 98, 200),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom("take in" as const, "take in" as const, "pass" as const, "pause" as const, "kill" as const),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("wait" as const), forMs: fc.constantFrom(1, 500, 2_000, 60_000) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("feed" as const),
      bars: fc.array(fc.tuple(fc.constantFrom(0, 0, 1, 60_000, -1), some), { minLength: 1, maxLength: 5 }),
    }),
  },
);

const take = (rig: LiveRig, s: Happening): void => {
  const { live } = rig;
  switch (s.do) {
    case "quote":
      rig.push(quoted(s.of));
      return;
    case "bar":
      rig.push(priced(rig.now, s.close, s.of, s.low));
      return;
    case "take in":
      live.takeIn();
      return;
    case "pass":
      live.pass(ms(rig.now));
      return;
    case "pause":
    case "kill":
      live.command("me", { do: s.do, reason: "" });
      return;
    case "wait":
      rig.now += s.forMs;
      return;
    case "feed": {
      let at = Math.max(rig.now, live.now);
      const batch = s.bars.map(([by, of], i) => {
        at += by;
        return priced(at, i % 2 === 0 ? 99 : 101, of);
      });
      live.feed(batch);
      rig.now = Math.max(rig.now, at);
      return;
    }
  }
};

describe("a live run and a replay of its tape end moments at the same places", () => {
  it("also when several moments were seen at the same time, and with the opening of the account", async () => {
    const rig = new LiveRig({ broker: null, tree: chronicler });
    await rig.open();
    rig.push(quoted());
    rig.push(quoted(MSFT));
    rig.live.takeIn();
    rig.push(quoted());
    rig.live.takeIn();
    rig.push(quoted());
    rig.now += 5;
    rig.push(quoted(MSFT));
    rig.live.takeIn();
    rig.live.command("me", { do: "pause", reason: "" });
    rig.live.command("me", { do: "resume" }, ms(TEN + 5));
    expect(moments(rig)).toEqual([]);
    rig.live.seal();
    expect(moments(rig)).toEqual(["1 2 3@0", "5@0", "7 8@5", "10@5", "12@5"]);
    await agrees(rig);
  });

  it("also when what is fed holds moments of its own, and timers are due between them", async () => {
    const rig = new LiveRig({ broker: null, tree: chronicler });
    await rig.open();
    rig.live.feed([priced(TEN, 101), priced(TEN, 101, MSFT), priced(TEN + 60_000, 99), priced(TEN + 60_000, 99, MSFT, 100)]);
    rig.live.feed([priced(TEN + 60_000, 98), priced(TEN + 120_000, 99, MSFT)]);
    rig.live.pass(ms(TEN + 180_000));
    await agrees(rig);
    expect(rig.entries("order.filled").length).toBeGreaterThan(0);
    expect(rig.entries("market.barRefused")).toHaveLength(1);
  });

  it("whatever comes when", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 25 }), async (steps) => {
        const rig = new LiveRig({ broker: null, tree: chronicler });
        await rig.open();
        for (const s of steps) take(rig, s);
        await agrees(rig);
      }),
      { numRuns: 150 },
    );
  });
});
