import { z } from "zod";
import { type TapeEvent, TapeEvent as TapeEventSchema } from "./event.ts";

/** Lifts an event written in an older shape by one version. Pure; never edits its input. */
export type Upcaster = (old: Readonly<Record<string, unknown>>) => Record<string, unknown>;

/** `type` → lifters by the version they lift from. Empty while every shape is at version 1. */
const UPCASTERS: Readonly<Record<string, Readonly<Record<number, Upcaster>>>> = {};

/** The event is of a kind or version this build does not know. */
export class UnknownEvent extends Error {
  constructor(type: unknown, version: unknown, newest: number) {
    super(`unknown event ${JSON.stringify(type)} version ${JSON.stringify(version)}; this build reads up to version ${newest}`);
    this.name = "UnknownEvent";
  }
}

/** Lifts step by step to today's version. @throws UnknownEvent when a step is missing. */
export const upcast = (
  raw: Readonly<Record<string, unknown>>,
  table = UPCASTERS,
  today = 1,
): Readonly<Record<string, unknown>> => {
  let event = raw;
  while (typeof event.v === "number" && event.v < today) {
    const lift = table[String(event.type)]?.[event.v];
    if (!lift) throw new UnknownEvent(event.type, event.v, today);
    event = { ...lift(event), v: event.v + 1 };
  }
  if (event.v !== today) throw new UnknownEvent(event.type, event.v, today);
  return event;
};

const Raw = z.record(z.string(), z.unknown());

/** Reads an event of any version from its wire form (amounts as decimal strings). @throws ZodError, UnknownEvent. */
export const parseEvent = (raw: unknown): TapeEvent => TapeEventSchema.parse(upcast(Raw.parse(raw))) as TapeEvent;

/** The wire form: amounts as decimal strings, keys in schema order. */
export const encodeEvent = (event: TapeEvent): Record<string, unknown> =>
  TapeEventSchema.encode(event) as Record<string, unknown>;
