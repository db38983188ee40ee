import type { Lifecycle } from "../../actors/ports/supervisor.ts";
import type { Config } from "../config.ts";

const LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;
type Level = Exclude<(typeof LEVELS)[number], "silent">;

export interface LogLine {
  readonly level: Level;
  readonly text: string;
}

export const isShown = (level: Level, from: Config["logLevel"]): boolean => LEVELS.indexOf(level) >= LEVELS.indexOf(from);

/** What the supervisor did, in a line: `noun.verb` first. Starts and stops are for who debugs, crashes for everybody. */
export const logLine = (e: Lifecycle): LogLine => {
  switch (e.kind) {
    case "crashed":
      return {
        level: "warn",
        text: `actor.crashed ${e.path}: ${e.error}${e.retryInMs === null ? "" : `, again in ${e.retryInMs} ms`}`,
      };
    case "dead_letter":
      return { level: "warn", text: `message.set_aside ${e.path}: ${e.letter.error}` };
    case "gave_up":
      return { level: "error", text: `supervisor.gave_up ${e.path} after ${e.restarts} restarts` };
    case "started":
      return { level: "debug", text: `actor.started ${e.path}, life ${e.life}` };
    case "stopped":
      return { level: "debug", text: `actor.stopped ${e.path}: ${e.reason}` };
    case "paused":
    case "resumed":
      return { level: "info", text: `actor.${e.kind} ${e.path}` };
  }
};
