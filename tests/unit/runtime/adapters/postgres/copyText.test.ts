import { describe, expect, it } from "vitest";
import { copyLine, PLAIN_TYPES } from "../../../../../runtime/adapters/postgres/copyText.ts";
import { EVENT_TYPES } from "../../../../../streams/domain/event.ts";
import { encodeEvent } from "../../../../../streams/domain/upcast.ts";
import { dayOfTrading } from "../../../../contract/storeEvents.ts";

/** As PostgreSQL reads it. */
const readLine = (line: string) => {
  const [run, seq, type, v, ticker, tEvent, tSeen, cause, body] = line.replace(/\n$/, "").split("\t");
  return {
    run: Number(run),
    type,
    seq: Number(seq),
    v: Number(v),
    tEvent: Date.parse(tEvent ?? ""),
    tSeen: Date.parse(tSeen ?? ""),
    cause: Number(cause),
    ...(ticker === "\\N" ? {} : { ticker }),
    ...JSON.parse((body ?? "").replaceAll("\\\\", "\\")),
  };
};

describe("the text of a copy", () => {
  it("holds each event's whole wire form", () => {
    for (const event of dayOfTrading) expect(readLine(copyLine(3, event))).toEqual({ run: 3, ...encodeEvent(event) });
  });

  it("is tried on every type of event there is", () => {
    expect(new Set(dayOfTrading.map((event) => event.type))).toEqual(new Set(EVENT_TYPES));
  });

  it("leaves the codec out only where it changes nothing", () => {
    for (const event of dayOfTrading) if (PLAIN_TYPES.has(event.type)) expect(encodeEvent(event), event.type).toEqual(event);
  });
});
