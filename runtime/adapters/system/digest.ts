import { createHash } from "node:crypto";

/** UTF-16 units: enough to make the way out of JavaScript cheap, few enough to die young. */
const GATHERED = 1 << 12;

/** An incremental sha256 over text, as UTF-8. Small texts are gathered, so that many of them cost little. The result may be asked for at any time. */
export const sha256 = (): { update(text: string): void; hex(): string } => {
  const hash = createHash("sha256");
  let gathered = "";
  const flush = (): void => {
    if (gathered !== "") hash.update(gathered);
    gathered = "";
  };
  return {
    update: (text) => {
      gathered += text;
      if (gathered.length >= GATHERED) flush();
    },
    hex: () => {
      flush();
      return hash.copy().digest("hex");
    },
  };
};

/** Keys in order at every depth, so that equal values have equal texts. */
const canonicalJson = (value: unknown): string =>
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
