import fc from "fast-check";
import { z } from "zod";
import { TapeEvent } from "../../streams/domain/event.ts";
import { Money, type Ms, ms, Px, Qty, type Seq, Shares, seq, Ticker, ticker } from "../../streams/domain/units.ts";

const amounts = new Map<unknown, fc.Arbitrary<unknown>>([
  [Px, fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER })],
  [Qty, fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER })],
  [Money, fc.maxSafeInteger()],
  [Shares, fc.maxSafeInteger()],
]);
const tickers = fc.constantFrom(...["AAPL", "A", "BRK.B", "MSFT", "GOOGL"].map((t) => ticker(t)));
const unwrapped = (schema: unknown): unknown => (schema as { unwrap(): unknown }).unwrap();

const numbers = (schema: z.ZodNumber): fc.Arbitrary<unknown> => {
  const low = schema.minValue ?? Number.NEGATIVE_INFINITY;
  const high = schema.maxValue ?? Number.POSITIVE_INFINITY;
  if (schema.isInt)
    return fc.integer({ min: Math.max(low, 0) || (low < 0 ? -5 : 1), max: Math.min(high, Number.MAX_SAFE_INTEGER) });
  const min = Math.max(low, -1e300);
  const positive = !schema.safeParse(min).success;
  return fc
    .double({ min: positive ? Number.MIN_VALUE : min, max: Math.min(high, 1e300), noNaN: true })
    .map((n) => (n === 0 ? 0 : n)); // JSON has no negative zero
};

/** Values that a schema accepts, derived from the schema, so that a new kind of event is tested from its first day. */
const valuesOf = (schema: unknown): fc.Arbitrary<unknown> => {
  const amount = amounts.get(schema);
  if (amount) return amount;
  if (schema === Ticker) return tickers;
  if (schema instanceof z.ZodReadonly || schema instanceof z.ZodDefault || schema instanceof z.ZodOptional)
    return valuesOf(unwrapped(schema));
  if (schema instanceof z.ZodNullable) return fc.option(valuesOf(unwrapped(schema)), { nil: null });
  if (schema instanceof z.ZodArray) return fc.array(valuesOf(schema.element), { maxLength: 3 });
  if (schema instanceof z.ZodDiscriminatedUnion) return fc.oneof(...schema.options.map(valuesOf));
  if (schema instanceof z.ZodLiteral) return fc.constantFrom(...schema.values);
  if (schema instanceof z.ZodEnum) return fc.constantFrom(...schema.options);
  if (schema instanceof z.ZodBoolean) return fc.boolean();
  if (schema instanceof z.ZodString) return fc.string({ minLength: 1, maxLength: 12, unit: "binary" });
  if (schema instanceof z.ZodNumber) return numbers(schema);
  if (schema instanceof z.ZodObject) {
    const fields = Object.entries(schema.shape);
    const requiredKeys = fields.flatMap(([key, field]) => (field instanceof z.ZodOptional ? [] : [key]));
    return fc.record(Object.fromEntries(fields.map(([key, field]) => [key, valuesOf(field)])), { requiredKeys });
  }
  throw new Error(`no values for ${(schema as { type?: string }).type}`);
};

/** Plain objects, keys in the order of the schema, as the constructors of the domain make them. */
const plain = (event: unknown): TapeEvent => structuredClone(event) as TapeEvent;

/** One event of any kind, of any content that its schema accepts. */
export const anyEvent: fc.Arbitrary<TapeEvent> = fc
  .oneof(
    { weight: 8, arbitrary: valuesOf(TapeEvent.options[0]) },
    { weight: 4, arbitrary: valuesOf(TapeEvent.options[1]) },
    { weight: 12, arbitrary: valuesOf(TapeEvent) },
  )
  .map(plain);

/** Events as a tape holds them: seq 1, 2, 3 …, tSeen never going back. */
export const anyTape = (maxLength = 40): fc.Arbitrary<readonly TapeEvent[]> =>
  fc.array(fc.tuple(anyEvent, fc.nat(1000)), { maxLength, size: "max" }).map((drawn) => {
    let at = 1_577_975_400_000;
    return drawn.map(([event, gap], i) => {
      at += gap;
      return { ...event, seq: seq(i + 1) as Seq, tSeen: ms(at) as Ms } as TapeEvent;
    });
  });
