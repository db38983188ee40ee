import type { Metrics, Say } from "../../actors/ports/telemetry.ts";
import { type LogOptions, openLog } from "../adapters/telemetry/log.ts";
import { processMetrics } from "../adapters/telemetry/metrics.ts";
import { openProbe } from "../adapters/telemetry/probe.ts";
import { passwordsIn } from "../adapters/telemetry/redact.ts";
import type { CloseStack } from "../closeStack.ts";
import type { Config } from "../config.ts";
import { RunFailed } from "../failures.ts";
import type { Secret } from "../secret.ts";
import { VERSION } from "../version.ts";
import { Checks } from "./checks.ts";

/** How a process is seen from outside. */
export interface Telemetry {
  readonly metrics: Metrics;
  readonly checks: Checks;
}

const secretsOf = ({ databaseUrl, redisUrl, natsUrl, alpaca }: Config): readonly string[] => {
  const given = (...secrets: readonly (Secret | null)[]): string[] => secrets.flatMap((s) => (s === null ? [] : [s.reveal()]));
  return [...given(databaseUrl, redisUrl, natsUrl).flatMap(passwordsIn), ...given(alpaca.keyId, alpaca.secretKey)];
};

/** The lines of a process, as its settings want them. */
export const logOf = (config: Config, to: Pick<LogOptions, "write" | "colours">): Say =>
  openLog({
    level: config.logLevel,
    format: config.logFormat,
    always: { node: config.node, roles: config.roles },
    secrets: secretsOf(config),
    ...to,
  });

/** Figures and checks, on a port of their own where one is set: before anything else, so that waiting is seen. @throws RunFailed when that port is taken. */
export const openTelemetry = async (config: Config, headless: boolean, opened: CloseStack): Promise<Telemetry> => {
  const isServed = config.metricsPort > 0 || (!headless && config.roles.includes("gateway"));
  const metrics = processMetrics({ process: isServed });
  metrics.gauge({ name: "tapedeck_build", help: "1, under its version", labels: ["version"] }, () => [
    { labels: { version: VERSION }, value: 1 },
  ]);
  const checks = new Checks();
  if (config.metricsPort > 0) {
    const probe = await openProbe({
      port: config.metricsPort,
      version: VERSION,
      checks: () => checks.checks(),
      metrics: metrics.text,
    }).catch((error: unknown) => {
      throw new RunFailed(error instanceof Error ? error.message : String(error));
    });
    opened.add(() => probe.close());
  }
  return { metrics, checks };
};
