/** What stands for a value that nobody may read. */
const HIDDEN = "[secret]";

/** Fields that hold secrets, whatever is in them. */
const SECRET_FIELD = /^(password|secret|token|authorization|cookie|set-cookie|api_?key|secret_?key|key_?id)$/i;

/** User and password of an address: what stands between `://` and the last `@` before the path. */
const USER_INFO = /([a-z][a-z\d+.-]*:\/\/)[^\s/?#]*@/gi;

/** A text without the user and password of addresses, and without the given secrets wherever they stand. Secrets shorter than 4 are left: they would hide ordinary words. */
export const redactor = (secrets: readonly string[]): ((text: string) => string) => {
  const known = [...new Set(secrets)].filter((s) => s.length >= 4).sort((a, b) => b.length - a.length);
  return (text) => known.reduce((shown, secret) => shown.replaceAll(secret, HIDDEN), text).replace(USER_INFO, `$1${HIDDEN}@`);
};

/** Of an address, what must not be shown: its password, as it is written and as it is meant. */
export const passwordsIn = (address: string): readonly string[] => {
  if (!URL.canParse(address)) return [];
  const { password } = new URL(address);
  if (password === "") return [];
  try {
    return [password, decodeURIComponent(password)];
  } catch {
    return [password]; // a % that is no escape
  }
};

const plain = (_key: string, v: unknown): unknown => (v instanceof Error ? v.message : typeof v === "bigint" ? String(v) : v);

/**
 * Fields as JSON has them, without secrets at any depth. A field named like a secret is hidden whole; an error is its message. A line must not
 * fail for what is told beside it: fields that JSON cannot hold are left out.
 */
export const withoutSecrets = (fields: object, redact: (text: string) => string): object => {
  let text: string;
  try {
    text = JSON.stringify(fields, plain);
  } catch {
    return { fields: "not printable" };
  }
  return JSON.parse(text, (key, v: unknown) => {
    if (SECRET_FIELD.test(key) && v !== null) return HIDDEN;
    return typeof v === "string" ? redact(v) : v;
  }) as object;
};
