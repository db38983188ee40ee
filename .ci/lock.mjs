// Completes package-lock.json after `npm install`: npm leaves out the optional packages of other platforms that its registry does
// not have, and `npm ci` then refuses the lock. Each gets its version and the platform in its name, so that it is skipped here and
// fetched there. Run: node .ci/lock.mjs
import { readFileSync, writeFileSync } from "node:fs";

const path = new URL("../package-lock.json", import.meta.url);
const lock = JSON.parse(readFileSync(path, "utf8"));

const SYSTEMS = {
  win32: "win32",
  windows: "win32",
  darwin: "darwin",
  linux: "linux",
  android: "android",
  freebsd: "freebsd",
  netbsd: "netbsd",
  openbsd: "openbsd",
  openharmony: "openharmony",
  sunos: "sunos",
  aix: "aix",
};
const CHIPS = ["arm64", "armv7", "arm", "x64", "ia32", "ppc64", "ppc64le", "riscv64", "s390x", "loong64", "mips64el", "wasm32"];

const platformOf = (name) => {
  const words = name.split(/[/@-]/);
  const os = words.map((word) => SYSTEMS[word]).find(Boolean);
  const word = words.find((w) => CHIPS.includes(w)) ?? (words.includes("universal") ? undefined : null);
  const cpu = word === "armv7" ? "arm" : word;
  const libc = words.some((w) => /^musl/.test(w)) ? "musl" : words.some((w) => /^(gnu|glibc)/.test(w)) ? "glibc" : undefined;
  if (name === "fsevents") return { os: ["darwin"] };
  if (cpu === null || (os === undefined && cpu !== "wasm32")) throw new Error(`no platform in the name of ${name}`);
  return { ...(cpu && { cpu: [cpu] }), ...(libc && os === "linux" && { libc: [libc] }), ...(os && { os: [os] }) };
};

/** What a package gets when it asks for `name`: from its own node_modules, or the nearest above. */
const got = (from, name) => {
  for (let place = from; ; place = place.slice(0, Math.max(0, place.lastIndexOf("node_modules") - 1))) {
    const entry = lock.packages[`${place === "" ? "" : `${place}/`}node_modules/${name}`];
    if (entry || place === "") return entry;
  }
};

let added = 0;
for (const [from, entry] of Object.entries(lock.packages))
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const above = got(from, name);
    const exact = /^(?:npm:.*@)?[~^]?(\d+\.\d+\.\d+[\w.-]*)$/.exec(version)?.[1];
    if (above && (from === "" || !exact || above.version === exact)) continue;
    if (!exact) throw new Error(`${name}@${version} of ${from} is not one version`);
    const place = above ? `${from}/node_modules/${name}` : `node_modules/${name}`;
    lock.packages[place] = { version: exact, ...platformOf(name), ...(entry.dev && { dev: true }), optional: true };
    added++;
  }

const { "": root, ...rest } = lock.packages;
lock.packages = { "": root, ...Object.fromEntries(Object.entries(rest).sort(([a], [b]) => a.localeCompare(b, "en"))) };
writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`);
process.stdout.write(`${added} packages of other platforms added\n`);
