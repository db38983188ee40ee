import { spawnSync } from "node:child_process";
import { join } from "node:path";

/** Before the tests that start the built command: builds it if it is older than its sources. */
export default (): void => {
  const root = join(import.meta.dirname, "../..");
  const built = spawnSync(process.execPath, ["build.config.mjs", "--if-stale"], { cwd: root, encoding: "utf8" });
  if (built.status !== 0) throw new Error(`the build failed: ${built.stderr}`);
};
