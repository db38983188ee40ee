import { createHash } from "node:crypto";

/** An incremental sha256 over text. */
export const sha256 = (): { update(text: string): void; hex(): string } => {
  const hash = createHash("sha256");
  return {
    update: (text) => {
      hash.update(text);
    },
    hex: () => hash.digest("hex"),
  };
};

/** Keys in order at every depth, so that equal values have equal texts. */
export const canonicalJson = (value: unknown): string =>
  JSON.stringify(value, (_key, v: unknown) =>
    v !== null && typeof v === "object" && !Array.isArray(v)
      ? Object.fromEntries(Object.entries(v).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : v,
  );

export const hashOf = (value: unknown): string => {
  const digest = sha256();
  digest.update(canonicalJson(value));
  return digest.hex();
};
