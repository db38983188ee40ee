import { describe, expect, it } from "vitest";
import { SLAB_VERSIONS } from "../../../../runtime/adapters/tape/slab.ts";
import { fromWire } from "../../../../runtime/adapters/tape/wire.ts";
import { EVENT_TYPES, TapeEvent } from "../../../../streams/domain/event.ts";
import { bar } from "../../../../streams/domain/market.ts";
import { ms, ticker } from "../../../../streams/domain/units.ts";
import { encodeEvent, parseEvent, UnknownEvent, UPCASTERS, type Upcasters, upcast } from "../../../../streams/domain/upcast.ts";
import { VERSIONS } from "../../../../streams/domain/versions.ts";

const TABLE: Upcasters = {
  "x.happened": {
    1: (old) => ({ ...old, price: Number(old.px) }),
    2: (old) => ({ ...old, price: Number(old.price) * 2 }),
  },
  "y.happened": { 1: (old) => ({ ...old, isNew: false }) },
};
const TODAY = { "x.happened": 3, "y.happened": 2, "z.happened": 1 };
const lifted = (event: Readonly<Record<string, unknown>>) => upcast(event, TABLE, TODAY);

describe("the versions of events", () => {
  it("are said for every type there is, and for no other", () =>
    expect(Object.keys(VERSIONS).sort()).toEqual([...EVENT_TYPES].sort()));

  it("are what the schema of each type takes", () => {
    for (const { shape } of TapeEvent.options)
      expect([shape.type.value, shape.v.value]).toEqual([shape.type.value, VERSIONS[shape.type.value]]);
  });

  it("have an upcaster from every one before today's, and from no other", () => {
    for (const type of EVENT_TYPES) {
      const before = Array.from({ length: VERSIONS[type] - 1 }, (_, i) => String(i + 1));
      expect([type, Object.keys(UPCASTERS[type] ?? {})]).toEqual([type, before]);
    }
  });

  it("of what slabs hold are those that slabs were made for", () => expect(VERSIONS).toMatchObject(SLAB_VERSIONS));
});

describe("events that are not of today", () => {
  it("are lifted one version at a time, without a change to the original", () => {
    const old = Object.freeze({ type: "x.happened", v: 1, px: "1.5" });
    expect(lifted(old)).toEqual({ type: "x.happened", v: 3, px: "1.5", price: 3 });
  });

  it("are lifted to the version of their own type, whatever others have", () => {
    expect(lifted({ type: "y.happened", v: 1 })).toEqual({ type: "y.happened", v: 2, isNew: false });
    const today = { type: "z.happened", v: 1 };
    expect(lifted(today)).toBe(today);
  });

  it.each([
    [{ type: "z.happened", v: 2 }, 'event of type "z.happened", version 2: this build reads this type up to version 1'],
    [{ type: "x.happened", v: 4 }, 'event of type "x.happened", version 4: this build reads this type up to version 3'],
    [{ type: "x.happened", v: 0 }, 'event of type "x.happened", version 0: this build reads this type up to version 3'],
    [{ type: "toString", v: 1 }, 'event of type "toString", version 1: this build knows no such type'],
  ])("are refused by name and version where this build cannot lift them: %j", (event, says) => {
    expect(() => lifted(event)).toThrow(UnknownEvent);
    expect(() => lifted(event)).toThrow(says);
  });

  it.each([
    [{ type: "market.bar", v: 2 }, UnknownEvent],
    [{ type: "market.bar", v: 0 }, UnknownEvent],
    [{ type: "market.bar", v: 0.5 }, UnknownEvent],
    [{ type: "market.bar", v: "1" }, UnknownEvent],
    [{ type: "market.bar" }, UnknownEvent],
    [{ type: "market.rumour", v: 1 }, /"market\.rumour".* no such type/],
    [null, /object|record/],
    ["text", /object|record/],
  ])("are refused with a reason: %j", (wire, reason) => expect(() => parseEvent(wire)).toThrow(reason));

  it("are refused by the fast reader of tapes too", () => {
    const wire = encodeEvent(bar(ticker("AAPL"), ms(1), ms(2), 1, 1, 1, 1, 1, 1));
    expect(fromWire({ ...wire }).v).toBe(VERSIONS["market.bar"]);
    expect(() => fromWire({ ...wire, v: 2 })).toThrow('event of type "market.bar", version 2');
    expect(() => fromWire({ ...wire, type: "market.rumour" })).toThrow(UnknownEvent);
  });
});
