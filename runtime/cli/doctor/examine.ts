import { BadSettings, type Config, type Environment, loadConfig } from "../../config.ts";
import { bad, type Finding, good } from "./finding.ts";
import { browser, dashboard, dataDir, lock, node, port } from "./machine.ts";
import { database, server } from "./parts.ts";
import { nats, redis } from "./servers.ts";

export type { Finding };

/** The settings if they are good, else the defaults, so that the rest can still be looked at. */
const settings = (env: Environment): { config: Config; finding: Finding } => {
  try {
    return { config: loadConfig(env), finding: good("settings", "all good") };
  } catch (error) {
    if (!(error instanceof BadSettings)) throw error;
    const finding = bad(
      "settings",
      error.faults.join("; "),
      "correct the environment or .env; the checks below use the defaults",
    );
    return { config: loadConfig({}), finding };
  }
};

/** Every check, in the order in which a start would come upon them. Changes nothing on the machine. */
export const examine = async (env: Environment): Promise<readonly Finding[]> => {
  const { config, finding } = settings(env);
  return [
    node(process.versions.node),
    finding,
    dataDir(config.dataDir),
    lock(config.dataDir),
    await database(config.databaseUrl),
    ...(await redis(config.redisUrl)),
    ...(await nats(config)),
    await port(config.port, config.host),
    await server(),
    dashboard(import.meta.dirname),
    browser(env.PATH ?? ""),
  ];
};
