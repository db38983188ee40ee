import type { Managed } from "./managed.ts";

/** Why a process may end by itself while its servers fail: it gave up what it held, or waited too long for one of them. */
const REASONS = [
  /^tapedeck: the lease of .+ is lost: /,
  /^tapedeck: \S+ is held under epoch \d+; a writer of epoch \d+ may not go on$/,
  /^tapedeck: \S+ ends at seq \d+; a writer that goes on after \d+ has not seen its end$/,
  /^tapedeck: (DATABASE_URL|REDIS_URL|NATS_URL): .*does not answer/,
  /^tapedeck: the database at \S+ did not answer within /,
];

/** A line of a stack, or of an error that nobody put into words. */
const RAW = /^\s+at .*[:(]\d+|^(\w*Error|\[?UnhandledPromise\w*)\b|node:internal|^Node\.js v/;

/** What the lives of a process have said that they must not, and ends that none may have. */
export const complaintsOf = (role: Managed): readonly string[] => {
  const raw = [...role.deaths.map((d) => d.stderr), role.said]
    .flatMap((text) => text.split("\n"))
    .filter((line) => RAW.test(line))
    .map((line) => `${role.name} said: ${line}`);
  const ends = role.deaths.flatMap(({ code, signal, stderr }) => {
    if (signal === "SIGKILL" || code === 0) return [];
    const words = stderr.trim().split("\n").at(-1) ?? "";
    return code === 1 && REASONS.some((reason) => reason.test(words))
      ? []
      : [`${role.name} ended with ${code ?? signal}: ${words}`];
  });
  return [...raw, ...ends];
};
