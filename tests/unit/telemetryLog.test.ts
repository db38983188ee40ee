import { describe, expect, it } from "vitest";
import { type LogOptions, openLog } from "../../runtime/adapters/telemetry/log.ts";
import { passwordsIn } from "../../runtime/adapters/telemetry/redact.ts";
import { loadConfig } from "../../runtime/config.ts";
import { Secret } from "../../runtime/secret.ts";
import { sayLifecycle } from "../../runtime/telemetry/lifecycleLog.ts";
import { logOf } from "../../runtime/telemetry/openTelemetry.ts";

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

describe("lines", () => {
  it("are what people have read so far, by default", () => {
    const { say, written } = opened({ format: loadConfig({}).logFormat });
    say("redis: lost: no connection", { event: "redis.lost", level: "warn" });
    expect(written).toEqual(["tapedeck: redis: lost: no connection\n"]);
  });

  it("are an object each as JSON, with what happened, how bad, when and where", () => {
    const { say, written, objects } = opened();
    say("shard 3 is lost: refused", { event: "shard.lost", level: "warn", shard: 3 });
    say("two\nlines");
    expect(written.every((line) => /^[^\n]*\n$/.test(line))).toBe(true);
    expect(objects()[0]).toEqual({
      level: "warn",
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      node: "n1",
      event: "shard.lost",
      shard: 3,
      text: "shard 3 is lost: refused",
    });
    expect(objects()[1]).toMatchObject({ level: "info", text: "two\nlines" });
  });

  it("are the same for people when pretty: text, level and fields", () => {
    const { say, written } = opened({ format: "pretty" });
    say("shard 3 is lost", { event: "shard.lost", level: "warn", shard: 3 });
    expect(written.join("")).toMatch(/WARN.*shard 3 is lost[\s\S]*event: "shard.lost"[\s\S]*shard: 3/);
  });

  it.each(["line", "json", "pretty"] as const)("below the level are not written (%s)", (format) => {
    const { say, written } = opened({ format, level: "warn" });
    say("quiet");
    say("quiet", { event: "a.b", level: "debug" });
    expect(written).toEqual([]);
    say("loud", { event: "a.b", level: "error" });
    expect(written).toHaveLength(1);
    const silent = opened({ format, level: "silent" });
    silent.say("louder", { event: "a.b", level: "fatal" });
    expect(silent.written).toEqual([]);
  });

  it("of the supervisor: crashes are seen by everybody, births by who debugs", () => {
    const { say, objects } = opened();
    sayLifecycle(say, { kind: "started", path: "deck/news", at: 1, life: 2 });
    sayLifecycle(say, { kind: "crashed", path: "deck/news", at: 5, error: "no", retryInMs: 20 });
    expect(objects()).toEqual([expect.objectContaining({ event: "actor.crashed", level: "warn", actor: "deck/news", at: 5 })]);
  });
});

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
