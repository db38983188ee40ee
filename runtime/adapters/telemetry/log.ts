import { type LoggerOptions, pino } from "pino";
import { prettyFactory } from "pino-pretty";
import { LEVELS, type Level, type Say } from "../../../actors/ports/telemetry.ts";
import { redactor, withoutSecrets } from "./redact.ts";

export interface LogOptions {
  /** Lines below it are not written. */
  readonly level: Level | "silent";
  /** `line`: `tapedeck: text`, for people. `json`: an object a line. `pretty`: the same objects for people, with all their fields. */
  readonly format: "line" | "json" | "pretty";
  /** Said with every line of `json` and `pretty`. */
  readonly always: Readonly<Record<string, unknown>>;
  /** Values that must not be seen, wherever they turn up. */
  readonly secrets: readonly string[];
  /** Takes a line with its end, and has it when it returns: nothing is lost when the process ends. */
  readonly write: (text: string) => void;
  /** Whether `pretty` may use colours. */
  readonly colours?: boolean;
}

const byPino = (o: LogOptions, redact: (text: string) => string): Say => {
  const settings: LoggerOptions = {
    level: o.level,
    base: { ...o.always },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label) => ({ level: label }) },
    messageKey: "text",
  };
  const show = o.format === "pretty" ? prettyFactory({ colorize: o.colours ?? false, messageKey: "text" }) : null;
  const logger = pino(settings, { write: (line: string) => o.write(show === null ? line : show(line)) });
  return (line, about) => {
    const { level = "info", ...fields } = about ?? {};
    if (!logger.isLevelEnabled(level)) return;
    logger[level](withoutSecrets(fields, redact), redact(line));
  };
};

/** Where the lines of a process go. */
export const openLog = (o: LogOptions): Say => {
  const redact = redactor(o.secrets);
  if (o.format !== "line") return byPino(o, redact);
  const from = o.level === "silent" ? LEVELS.length : LEVELS.indexOf(o.level);
  return (line, about) => {
    if (LEVELS.indexOf(about?.level ?? "info") >= from) o.write(`tapedeck: ${redact(line)}\n`);
  };
};
