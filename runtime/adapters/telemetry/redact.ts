/** What stands for a value that nobody may read. */
export const HIDDEN = "[secret]";

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

/** A value as JSON has it, without secrets at any depth. A field named like one is hidden whole; an error is its message. */
export const withoutSecrets = (value: unknown, redact: (text: string) => string): unknown => {
  const text = JSON.stringify(value, (_key, v: unknown) => (v instanceof Error ? v.message : v));
  return JSON.parse(text ?? "null", (key, v: unknown) => {
    if (SECRET_FIELD.test(key) && v !== null) return HIDDEN;
    return typeof v === "string" ? redact(v) : v;
  });
};
