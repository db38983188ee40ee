import fc from "fast-check";

/** Something that happens to bytes on their way; never leaves them as they were. */
export type Damage =
  | { readonly kind: "flip"; readonly at: number; readonly bits: number }
  | { readonly kind: "cut"; readonly at: number }
  | { readonly kind: "longer"; readonly by: number };

export const anyDamage: fc.Arbitrary<Damage> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant("flip" as const), at: fc.nat(), bits: fc.integer({ min: 1, max: 255 }) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("cut" as const), at: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("longer" as const), by: fc.integer({ min: 1, max: 64 }) }) },
);

/** A damaged copy. `least`: a cut leaves so many bytes. */
export const damaged = (bytes: Uint8Array, damage: Damage, least = 1): Uint8Array => {
  if (damage.kind === "longer") {
    const longer = new Uint8Array(bytes.length + damage.by);
    longer.set(bytes);
    return longer;
  }
  if (damage.kind === "cut") return bytes.slice(0, least + (damage.at % Math.max(1, bytes.length - least)));
  const copy = bytes.slice();
  const at = damage.at % copy.length;
  copy[at] = (copy[at] as number) ^ damage.bits;
  return copy;
};

/** The same bytes, beginning anywhere in memory, as they come from a socket. */
export const elsewhere = (bytes: Uint8Array, offset: number): Uint8Array => {
  const all = new Uint8Array(bytes.length + offset);
  all.set(bytes, offset);
  return all.subarray(offset);
};
