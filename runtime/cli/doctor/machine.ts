import { accessSync, constants, existsSync, statfsSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { holderOf } from "../../adapters/system/lock.ts";
import { bad, type Finding, good, note } from "./finding.ts";

/** What package.json asks for: 20.19 or later. */
export const node = (version: string): Finding => {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > 20 || (major === 20 && minor >= 19)
    ? good("node", `Node.js ${version}`)
    : bad("node", `Node.js ${version} is too old`, "install Node.js 20.19 or later, 22 or 24");
};

/** The folder, or the nearest one above it that exists and in which it would be made. */
const existing = (dir: string): string => (existsSync(dir) ? dir : existing(dirname(dir)));

const MB = 1024 * 1024;
/** The embedded database takes 60 MB when new; a day of a few tickers some ten more. */
const NEEDED_MB = 200;
const COMFORTABLE_MB = 2_000;

/** Whether the folder can be made, written and filled. Leaves no trace. */
export const dataDir = (dir: string): Finding => {
  const remedy = "choose another with TAPEDECK_DATA_DIR";
  try {
    const place = existing(dir);
    accessSync(place, constants.W_OK | constants.X_OK);
    const { bavail, bsize } = statfsSync(place);
    const freeMb = Math.floor((bavail * bsize) / MB);
    const found = `${dir}, ${freeMb.toLocaleString("en-US")} MB free`;
    if (freeMb < NEEDED_MB) return bad("data", found, `make room for at least ${NEEDED_MB} MB, or ${remedy}`);
    return freeMb < COMFORTABLE_MB ? note("data", found, "make room before a long run") : good("data", found);
  } catch (error) {
    return bad("data", `${dir} cannot be written (${(error as NodeJS.ErrnoException).code})`, remedy);
  }
};

export const lock = (dir: string): Finding => {
  const holder = holderOf(dir);
  return holder === null
    ? good("lock", "the data directory is free")
    : bad("lock", `the data directory is in use by process ${holder}`, "stop it first, or choose another with TAPEDECK_DATA_DIR");
};

/** Opens the port for a moment. 0 is any free one. */
export const port = (number: number, host: string): Promise<Finding> =>
  new Promise((done) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => {
      const why =
        error.code === "EADDRINUSE" ? "is taken" : error.code === "EACCES" ? "is not for plain users" : `fails (${error.code})`;
      done(bad("port", `port ${number} ${why}`, "choose another with --port or TAPEDECK_PORT; 0 takes any free one"));
    });
    server.listen({ port: number, host }, () =>
      server.close(() => done(good("port", number === 0 ? "any free port" : `port ${number} is free`))),
    );
  });

/** @param dist where the running program lies. */
export const dashboard = (dist: string): Finding =>
  existsSync(join(dist, "ui", "index.html")) ? good("dashboard", "built") : bad("dashboard", "not built", "npm run build");

/** For the tests in a browser only. */
export const browser = (path: string): Finding => {
  const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
  const found = path
    .split(":")
    .flatMap((dir) => names.map((name) => join(dir, name)))
    .find((file) => existsSync(file));
  return found
    ? good("browser", `${found}, for npm run test:e2e`)
    : note(
        "browser",
        "no Chromium; only npm run test:e2e needs one",
        "install your system's chromium package to run those tests",
      );
};
