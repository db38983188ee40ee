import { createHash } from "node:crypto";

const GATHERED = 1 << 16;

/** An incremental sha256 over text, as UTF-8. Small texts are gathered, so that many of them cost little. The result may be asked for at any time. */
export const sha256 = (): { update(text: string): void; hex(): string } => {
  const hash = createHash("sha256");
  const gathered = Buffer.allocUnsafe(GATHERED);
  let used = 0;
  const flush = (): void => {
    if (used > 0) hash.update(gathered.subarray(0, used));
    used = 0;
  };
  return {
    update: (text) => {
      const most = text.length * 3; // bytes of a UTF-16 unit in UTF-8
      if (used + most > GATHERED) flush();
      if (most > GATHERED) hash.update(text);
      else used += gathered.write(text, used);
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
