import { describe, expect, it } from "vitest";
import { type LogOptions, openLog } from "../../../../../runtime/adapters/telemetry/log.ts";
import { passwordsIn } from "../../../../../runtime/adapters/telemetry/redact.ts";
import { loadConfig } from "../../../../../runtime/config.ts";
import { Secret } from "../../../../../runtime/secret.ts";
import { logOf } from "../../../../../runtime/telemetry/openTelemetry.ts";

const opened = (options: Partial<LogOptions> = {}) => {
  const written: string[] = [];
  const say = openLog({
    level: "info",
    format: "json",
    always: { node: "n1" },
    secrets: [],
    write: (text) => written.push(text),
    ...options,
  });
  const objects = () => written.map((line) => JSON.parse(line) as Record<string, unknown>);
  return { say, written, objects };
};

describe("secrets", () => {
  it.each(["line", "json", "pretty"] as const)("are in no line, wherever they turn up (%s)", (format) => {
    const { say, written } = opened({ format, secrets: ["hunter2!"], level: "trace" });
    say("cannot reach postgres://me:p%40ss@db:5432/x, nor redis://:let-me@in@cache, tried hunter2!", {
      event: "server.failed",
      password: "aaaa-1",
      url: "nats://user:bbbb-2@host",
      deep: { list: [{ apiKey: "cccc-3", note: "hunter2!" }] },
      key: new Secret("dddd-4"),
      error: new Error("refused by amqp://u:eeee-5@h"),
    });
    const text = written.join("");
    expect(text).not.toMatch(/p%40ss|let-me|hunter2|aaaa-1|bbbb-2|cccc-3|dddd-4|eeee-5|user:|me:/);
    expect(text).toContain("postgres://[secret]@db:5432/x");
  });

  it("leave what is none: addresses without a user, times, and mail", () => {
    const { say, objects } = opened();
    const line = "see http://localhost:8080/a?b=c@d at 10:30, ask me@here.org";
    say(line, { event: "a.b", retryInMs: null });
    expect(objects()[0]).toMatchObject({ text: line, retryInMs: null });
  });

  it("are those of the settings", () => {
    const config = loadConfig({ LOG_FORMAT: "json", DATABASE_URL: "postgres://me:s%C3%A9same-9@db/x" });
    const written: string[] = [];
    logOf(config, { write: (text) => written.push(text) })("the server says: s%C3%A9same-9 or sésame-9 is wrong");
    expect(JSON.parse(written[0] ?? "")).toMatchObject({ text: "the server says: [secret] or [secret] is wrong" });
    expect(passwordsIn("redis://:a%@h")).toEqual(["a%"]);
  });

  it("do not stand in the way of what JSON cannot hold", () => {
    const { say, objects } = opened();
    say("big", { event: "a.b", count: 5n, nothing: undefined });
    const round: Record<string, unknown> = {};
    round.self = round;
    say("round", { event: "a.b", round });
    expect(objects().map((o) => o.text)).toEqual(["big", "round"]);
  });
});
