import type { Lifecycle } from "../../actors/ports/supervisor.ts";
import type { About, Say } from "../../actors/ports/telemetry.ts";

interface LogLine {
  readonly text: string;
  readonly about: About;
}

/** What the supervisor did, in a line: `noun.verb` first. Starts and stops are for who debugs, crashes for everybody. */
const lineOf = (e: Lifecycle): LogLine => {
  const actor = e.path;
  switch (e.kind) {
    case "crashed":
      return {
        text: `actor.crashed ${actor}: ${e.error}${e.retryInMs === null ? "" : `, again in ${e.retryInMs} ms`}`,
        about: { event: "actor.crashed", level: "warn", actor, error: e.error, retryInMs: e.retryInMs },
      };
    case "dead_letter":
      return {
        text: `message.set_aside ${actor}: ${e.letter.error}`,
        about: { event: "message.set_aside", level: "warn", actor, letter: e.letter.id, error: e.letter.error },
      };
    case "gave_up":
      return {
        text: `supervisor.gave_up ${actor} after ${e.restarts} restarts`,
        about: { event: "supervisor.gave_up", level: "error", actor, restarts: e.restarts },
      };
    case "started":
      return {
        text: `actor.started ${actor}, life ${e.life}`,
        about: { event: "actor.started", level: "debug", actor, life: e.life },
      };
    case "stopped":
      return {
        text: `actor.stopped ${actor}: ${e.reason}`,
        about: { event: "actor.stopped", level: "debug", actor, reason: e.reason },
      };
    case "paused":
    case "resumed":
      return { text: `actor.${e.kind} ${actor}`, about: { event: `actor.${e.kind}`, level: "info", actor } };
  }
};

/** Tells of births and deaths of actors. `at` is the core's time. */
export const sayLifecycle = (say: Say, e: Lifecycle): void => {
  const { text, about } = lineOf(e);
  say(text, { ...about, at: e.at });
};
