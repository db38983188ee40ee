import { z } from "zod";
import { type TapeEvent, TapeEvent as TapeEventSchema } from "./event.ts";
import { VERSIONS } from "./versions.ts";

/** Lifts an event written in an older shape by one version. Pure; never edits its input. */
export type Upcaster = (old: Readonly<Record<string, unknown>>) => Record<string, unknown>;

/** `type` → lifters by the version they lift from, one for each version before the type's own in `VERSIONS`. */
export type Upcasters = Readonly<Record<string, Readonly<Record<number, Upcaster>>>>;
/** Empty while every shape is at version 1. */
export const UPCASTERS: Upcasters = {};

/** The event is of a type or version this build does not know. */
export class UnknownEvent extends Error {
  constructor(type: unknown, version: unknown, known: number | undefined) {
    const what = `event of type ${JSON.stringify(type)}, version ${JSON.stringify(version)}`;
    super(
      known === undefined
        ? `${what}: this build knows no such type`
        : `${what}: this build reads this type up to version ${known}`,
    );
    this.name = "UnknownEvent";
  }
}

type Versions = Readonly<Record<string, number>>;

/** Lifts step by step to today's version of its type. @throws UnknownEvent for an unknown type, a newer version, or when a step is missing. */
export const upcast = (
  raw: Readonly<Record<string, unknown>>,
  table: Upcasters = UPCASTERS,
  versions: Versions = VERSIONS,
): Readonly<Record<string, unknown>> => {
  const { type, v } = raw;
  const today = typeof type === "string" && Object.hasOwn(versions, type) ? versions[type] : undefined;
  if (today === undefined || typeof v !== "number" || !Number.isInteger(v) || v > today) throw new UnknownEvent(type, v, today);
  let event = raw;
  for (let version = v; version < today; version++) {
    const lift = table[String(type)]?.[version];
    if (!lift) throw new UnknownEvent(type, v, today);
    event = { ...lift(event), v: version + 1 };
  }
  return event;
};

const Raw = z.record(z.string(), z.unknown());

/** Reads an event of any version from its wire form (amounts as decimal strings). @throws ZodError, UnknownEvent. */
export const parseEvent = (raw: unknown): TapeEvent => TapeEventSchema.parse(upcast(Raw.parse(raw))) as TapeEvent;

/** The wire form: amounts as decimal strings, keys in schema order. */
export const encodeEvent = (event: TapeEvent): Record<string, unknown> =>
  TapeEventSchema.encode(event) as Record<string, unknown>;
