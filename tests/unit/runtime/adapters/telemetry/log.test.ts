import { describe, expect, it } from "vitest";
import { type LogOptions, openLog } from "../../../../../runtime/adapters/telemetry/log.ts";
import { loadConfig } from "../../../../../runtime/config.ts";
import { sayLifecycle } from "../../../../../runtime/telemetry/lifecycleLog.ts";

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
    say("job 3 is lost: refused", { event: "job.lost", level: "warn", job: 3 });
    say("two\nlines");
    expect(written.every((line) => /^[^\n]*\n$/.test(line))).toBe(true);
    expect(objects()[0]).toEqual({
      level: "warn",
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      node: "n1",
      event: "job.lost",
      job: 3,
      text: "job 3 is lost: refused",
    });
    expect(objects()[1]).toMatchObject({ level: "info", text: "two\nlines" });
  });

  it("are the same for people when pretty: text, level and fields", () => {
    const { say, written } = opened({ format: "pretty" });
    say("job 3 is lost", { event: "job.lost", level: "warn", job: 3 });
    expect(written.join("")).toMatch(/WARN.*job 3 is lost[\s\S]*event: "job.lost"[\s\S]*job: 3/);
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
