import { spawnSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, realpathSync, statSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join, resolve } from "node:path";
import { canEnter, type RunAs } from "./embeddedBinaries.ts";

/** Where the cluster of a data directory lives and who runs it. */
export interface Place {
  /** Holds `cluster`, `log` and `lib`. */
  readonly home: string;
  readonly cluster: string;
  readonly log: string;
  readonly as: RunAs;
  readonly password: string;
}

const plainUser = (): RunAs => {
  const known = (name: string): RunAs => {
    const line = readFileSync("/etc/passwd", "utf8")
      .split("\n")
      .find((entry) => entry.startsWith(`${name}:`));
    const [, , uid, gid] = line?.split(":") ?? [];
    return uid && gid ? { uid: Number(uid), gid: Number(gid) } : null;
  };
  const add = (command: string, ...args: string[]) => spawnSync(command, args, { stdio: "ignore" }).status === 0;
  const found = known("tapedeck") ?? known("postgres");
  if (found) return found;
  add("useradd", "--system", "--no-create-home", "--user-group", "--shell", "/bin/false", "tapedeck") ||
    add("adduser", "-S", "-D", "-H", "-s", "/bin/false", "tapedeck");
  const user = known("tapedeck") ?? known("nobody");
  if (!user)
    throw new Error("PostgreSQL does not run as root and no plain user could be made: run as another user, or give DATABASE_URL");
  return user;
};

const passwordOf = (folder: string): string => {
  const file = join(folder, "password");
  if (!existsSync(file)) writeFileSync(file, randomBytes(24).toString("hex"), { mode: 0o600, flag: "wx" });
  chmodSync(file, 0o600);
  return readFileSync(file, "utf8").trim();
};

const ownerOf = (dir: string): RunAs => {
  const { uid, gid } = statSync(dir);
  return uid === 0 ? null : { uid, gid };
};

/**
 * `<dataDir>/postgres`. As root the server runs as a plain user (the owner of an existing cluster, else `tapedeck` or `postgres`, else
 * one that is made); where that user cannot enter, such as below /root, the cluster lives in `<shared>/<name of the data directory's
 * path>` and `<dataDir>/postgres/location` says so. The password stays in `<dataDir>/postgres/password`, mode 600.
 */
export const placeOf = (dataDir: string, shared: string): Place => {
  const folder = join(resolve(dataDir), "postgres");
  const root = process.platform !== "win32" && userInfo().uid === 0;
  mkdirSync(resolve(dataDir), { recursive: true });
  mkdirSync(folder, { recursive: true, mode: root ? 0o711 : 0o700 });
  const password = passwordOf(folder);
  const at = (home: string, as: RunAs): Place => ({ home, cluster: join(home, "cluster"), log: join(home, "log"), as, password });
  if (!root) return at(folder, null);

  const pointer = join(folder, "location");
  const name = createHash("sha256").update(realpathSync(folder)).digest("hex").slice(0, 16);
  const home = existsSync(pointer) ? readFileSync(pointer, "utf8").trim() : folder;
  const as = (existsSync(join(home, "cluster")) ? ownerOf(join(home, "cluster")) : null) ?? plainUser();
  if (canEnter(home, as)) return at(home, as);
  if (existsSync(join(home, "cluster")))
    throw new Error(
      `the user with id ${as?.uid}, who runs PostgreSQL for root, can no longer enter ${home}: let it pass (chmod o+x)`,
    );
  const elsewhere = join(shared, name);
  mkdirSync(shared, { recursive: true, mode: 0o755 });
  mkdirSync(elsewhere, { recursive: true, mode: 0o711 });
  if (!canEnter(elsewhere, as))
    throw new Error(
      `PostgreSQL does not run as root, and its user can enter neither ${folder} nor ${elsewhere}: choose another --data-dir, or give DATABASE_URL`,
    );
  writeFileSync(pointer, `${elsewhere}\n`);
  return at(elsewhere, as);
};
