import type { Lifecycle } from "../../actors/ports/supervisor.ts";
import type { LogItem } from "../contract/systemItems.ts";
import { type Recent, recent } from "./recent.ts";

export interface Log {
  readonly view: Recent<LogItem>;
  say(level: LogItem["level"], kind: string, text: string, at: number, about?: { path?: string; seq?: number }): void;
  lifecycle(e: Lifecycle): void;
}

const told = (e: Lifecycle): readonly [LogItem["level"], string] => {
  switch (e.kind) {
    case "started":
      return ["info", e.life > 1 ? `${e.path} started again (life ${e.life})` : `${e.path} started`];
    case "crashed":
      return ["error", `${e.path} crashed: ${e.error}${e.retryInMs === null ? "" : `; next try in ${e.retryInMs} ms`}`];
    case "stopped":
      return ["info", `${e.path} stopped: ${e.reason}`];
    case "paused":
    case "resumed":
      return ["info", `${e.path} ${e.kind}`];
    case "gave_up":
      return ["error", `${e.path} gave up after ${e.restarts} restarts`];
    case "dead_letter":
      return ["warn", `a message crashed ${e.path} twice and was set aside: ${e.letter.error}`];
  }
};

/** The last 500 lines worth reading. First births are too many to be worth it. */
export const log = (): Log => {
  const view = recent<LogItem>(
    500,
    (l) => String(l.id),
    (l) => l,
  );
  let id = 0;
  const say: Log["say"] = (level, kind, text, at, about = {}) => {
    id += 1;
    view.push({ id, at, level, kind, text, path: about.path ?? null, seq: about.seq ?? null });
  };
  return {
    view,
    say,
    lifecycle: (e) => {
      if (e.kind === "started" && e.life <= 1) return;
      const [level, text] = told(e);
      say(level, `actor.${e.kind}`, text, e.at, { path: e.path });
    },
  };
};
