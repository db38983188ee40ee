import { z } from "zod";
import { TapeEvent } from "../../../streams/domain/event.ts";
import type { Bar } from "../../../streams/domain/market.ts";
import { toDecimal, toMicros } from "../../../streams/domain/units.ts";
import { parseEvent } from "../../../streams/domain/upcast.ts";

/**
 * The wire form of an event (as `encodeEvent` and `parseEvent` make and read it), several times faster: amounts are turned by
 * converters derived once from the schemas, nothing is validated. For bytes that a checksum has proved to be ours.
 */
type Convert = (value: unknown) => unknown;
type Fields = Record<string, unknown>;
const same: Convert = (value) => value;
const nullable = (inner: Convert): Convert => (inner === same ? same : (value) => (value === null ? null : inner(value)));

const inner = (schema: unknown): unknown => (schema as { unwrap(): unknown }).unwrap();

/** Into the wire form: objects are rebuilt with their keys in the order of the schema, so equal events make equal text. */
const encoder = (schema: unknown): Convert => {
  if (schema instanceof z.ZodCodec) return (value) => toDecimal(value as number);
  if (schema instanceof z.ZodReadonly || schema instanceof z.ZodDefault) return encoder(inner(schema));
  if (schema instanceof z.ZodNullable) return nullable(encoder(inner(schema)));
  if (schema instanceof z.ZodArray) {
    const each = encoder(schema.element);
    return each === same ? same : (value) => (value as readonly unknown[]).map(each);
  }
  if (schema instanceof z.ZodDiscriminatedUnion) return byTag(schema, encoder);
  if (!(schema instanceof z.ZodObject)) return same;
  const keys = Object.keys(schema.shape);
  const converts = keys.map((key) => encoder(schema.shape[key]));
  return (value) => {
    const out: Fields = {};
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i] as string;
      const convert = converts[i] as Convert;
      const field = (value as Fields)[key];
      out[key] = convert === same ? field : convert(field);
    }
    return out;
  };
};

/** Out of the wire form: amounts are written in place into what JSON.parse just made. */
const decoder = (schema: unknown): Convert => {
  if (schema instanceof z.ZodCodec) return (value) => toMicros(value as string);
  if (schema instanceof z.ZodReadonly) return decoder(inner(schema));
  if (schema instanceof z.ZodDefault) {
    const within = decoder(inner(schema));
    return (value) => (value === undefined ? schema.def.defaultValue : within(value));
  }
  if (schema instanceof z.ZodNullable) return nullable(decoder(inner(schema)));
  if (schema instanceof z.ZodArray) {
    const each = decoder(schema.element);
    return each === same ? same : (value) => (value as readonly unknown[]).map(each);
  }
  if (schema instanceof z.ZodDiscriminatedUnion) return byTag(schema, decoder);
  if (!(schema instanceof z.ZodObject)) return same;
  const turned = Object.keys(schema.shape)
    .map((key) => [key, decoder(schema.shape[key])] as const)
    .filter(([, convert]) => convert !== same);
  if (turned.length === 0) return same;
  return (value) => {
    for (const [key, convert] of turned) (value as Fields)[key] = convert((value as Fields)[key]);
    return value;
  };
};

const byTag = (union: z.ZodDiscriminatedUnion, make: (schema: unknown) => Convert): Convert => {
  const tag = union.def.discriminator;
  const table = new Map<unknown, Convert>();
  for (const option of union.options) {
    const literal = (option as z.ZodObject).shape[tag] as z.ZodLiteral;
    for (const value of literal.values) table.set(value, make(option));
  }
  if ([...table.values()].every((convert) => convert === same)) return same;
  return (value) => (table.get((value as Fields)[tag]) ?? same)(value);
};

const toWire = encoder(TapeEvent);
/** How an event of today's version of its type is read. */
interface Reading {
  readonly v: number;
  readonly decode: Convert;
}
const readings = new Map<unknown, Reading>(
  TapeEvent.options.map(
    ({ shape }, i) => [shape.type.value, { v: shape.v.value, decode: decoder(TapeEvent.options[i]) }] as const,
  ),
);

/** As JSON.stringify would write a bar: bars are most of what there is, have no text in them but a ticker, and their numbers are finite. */
const barText = (b: Bar): string =>
  `{"type":"market.bar","seq":${b.seq},"v":${b.v},"tEvent":${b.tEvent},"tSeen":${b.tSeen},"cause":${b.cause},"ticker":"${b.ticker}","open":${b.open},"high":${b.high},"low":${b.low},"close":${b.close},"volume":${b.volume},"barMs":${b.barMs}}`;

/** One line of JSON, no line break in it. Equal events give equal text. */
export const wireText = (event: TapeEvent): string =>
  event.type === "market.bar" ? barText(event) : JSON.stringify(toWire(event));

/** An event from its parsed JSON, which is taken over. Older versions go through the upcasters. @throws UnknownEvent, ZodError. */
export const fromWire = (raw: unknown): TapeEvent => {
  const { type, v } = raw as Fields;
  const today = readings.get(type);
  return today !== undefined && today.v === v ? (today.decode(raw) as TapeEvent) : parseEvent(raw);
};
