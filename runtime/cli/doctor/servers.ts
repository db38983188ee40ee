import { type NatsLink, natsConnection } from "../../adapters/nats/connection.ts";
import { NatsLeases } from "../../adapters/nats/leases.ts";
import { lookAtRedis } from "../../adapters/redis/look.ts";
import { machineTiming } from "../../adapters/system/timing.ts";
import type { Config } from "../../config.ts";
import { PRESENCE } from "../../live/wire/names.ts";
import type { Secret } from "../../secret.ts";
import { bad, type Finding, good, note } from "./finding.ts";

const WAIT_MS = 3_000;
const codeOf = (error: unknown): string => (error as { code?: string }).code ?? "no answer";

/** Whether streams can be kept there, and would outlive the server. Names no address: it may hold a password. */
export const redis = async (url: Secret | null): Promise<readonly Finding[]> => {
  if (url === null) return [];
  try {
    const { version, appendOnly } = await lookAtRedis(url.reveal(), WAIT_MS);
    const found = `Redis ${version} at REDIS_URL`;
    if (Number.parseInt(version, 10) < 7) return [bad("redis", `${found} is too old`, "use Redis 7 or later")];
    if (!appendOnly)
      return [note("redis", `${found} forgets what it holds when it stops`, "start it with: redis-server --appendonly yes")];
    return [good("redis", found)];
  } catch (error) {
    return [
      bad(
        "redis",
        `REDIS_URL cannot be reached (${codeOf(error)})`,
        "start that server or correct REDIS_URL; without it streams are kept in memory",
      ),
    ];
  }
};

/** The processes that are there now, with their roles. */
const present = async (link: NatsLink, { namespace, leaseMs }: Config): Promise<string> => {
  const leases = await NatsLeases.open({ link, timing: machineTiming, namespace, ttlMs: leaseMs });
  const nodes = await leases.list(PRESENCE);
  await leases.close();
  return nodes.map(({ holder, about }) => `${holder} (${about})`).join(", ");
};

/** Whether messages and leases can be kept there, and who meets there now. */
export const nats = async (config: Config): Promise<readonly Finding[]> => {
  if (config.natsUrl === null) return [];
  try {
    const link = await natsConnection({ url: config.natsUrl.reveal(), name: "tapedeck doctor", onTrouble: () => {} });
    try {
      const { version, jetstream } = link.nc.info ?? { version: "of an unknown version", jetstream: false };
      const found = `NATS ${version} at NATS_URL`;
      if (jetstream !== true) return [bad("nats", `${found} has no JetStream`, "start it with: nats-server -js")];
      const here = await present(link, config);
      return [good("nats", here === "" ? found : `${found}; here now: ${here}`)];
    } finally {
      await link.close();
    }
  } catch (error) {
    return [
      bad(
        "nats",
        `NATS_URL cannot be reached (${codeOf(error)})`,
        "start that server or correct NATS_URL; without it all is in one process",
      ),
    ];
  }
};
