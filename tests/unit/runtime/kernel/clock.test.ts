import { describe, expect, it } from "vitest";
import { type Effect, machine, type ReplyTo, type Step } from "../../../../actors/actor.ts";
import { AskTimeout } from "../../../../runtime/kernel/kernel.ts";
import { ms } from "../../../../streams/domain/units.ts";
import { act, eager, group, puppet, rig, scribe } from "../../../support/kernelRig.ts";

/** Sets timers as told and writes down what comes, with the time. */
const clockwork = (log: string[]) =>
  machine<null, Effect | string>({
    initial: () => null,
    receive: (s, m, c): Step<null> => {
      if (typeof m !== "string") return [s, m];
      log.push(`${m}@${c.now()}`);
      return [s];
    },
  });
const wait = (key: string, delayMs: number, msg: unknown = key): Effect => ({ fx: "after", key, delayMs, msg });

describe("timers", () => {
  it("fire in order of due time, then of creation, each at its own time", () => {
    const log: string[] = [];
    const r = rig({ name: "c", behaviour: clockwork(log) });
    r.tell("c", wait("late", 30), wait("a", 10), wait("b", 10), wait("soon", 5));
    r.run();
    expect(r.kernel.nextTimerAt()).toBe(5);
    r.kernel.advanceTo(ms(20));
    expect(log).toEqual(["soon@5", "a@10", "b@10"]);
    expect(r.kernel.now()).toBe(20);
    r.kernel.advanceTo(ms(100));
    expect(log.at(-1)).toBe("late@30");
    expect(r.kernel.nextTimerAt()).toBeNull();
  });

  it("the same key replaces, cancel takes away, and a fired key can be set again", () => {
    const log: string[] = [];
    const r = rig({ name: "c", behaviour: clockwork(log) });
    r.tell("c", wait("k", 10, "old"), wait("k", 20, "new"), wait("gone", 15), { fx: "cancel", key: "gone" });
    r.run(50);
    r.tell("c", wait("k", 1, "third"), { fx: "cancel", key: "never set" });
    r.run(1);
    expect(log).toEqual(["new@20", "third@51"]);
  });

  it("a timer set by a timer within the same leap fires within it", () => {
    const log: string[] = [];
    const chain = machine<number, string>({
      initial: () => 3,
      receive: (n, _m, c): Step<number> => {
        log.push(`${n}@${c.now()}`);
        return n === 0 ? [n] : [n - 1, wait("next", 10, "go")];
      },
    });
    const r = rig({ name: "c", behaviour: chain });
    r.tell("c", "go");
    r.run(100);
    expect(log).toEqual(["3@0", "2@10", "1@20", "0@30"]);
  });

  it("time never goes back", () => {
    const r = rig(group("root", []));
    r.kernel.advanceTo(ms(100));
    r.kernel.advanceTo(ms(50));
    expect(r.kernel.now()).toBe(100);
  });

  it("time stands still while a message is handled", () => {
    const r = rig(puppet("p"));
    let seen: unknown;
    r.tell(
      "p",
      act(() => {
        try {
          r.kernel.advanceTo(ms(5));
        } catch (e) {
          seen = e;
        }
        return [];
      }),
    );
    r.run();
    expect(String(seen)).toContain("time cannot move");
    expect(r.kernel.now()).toBe(0);
  });

  it("what was told before time moves is handled at the time it was told", () => {
    const log: string[] = [];
    const r = rig({ name: "c", behaviour: clockwork(log) });
    r.tell("c", "early");
    r.kernel.advanceTo(ms(10));
    expect(log).toEqual(["early@0"]);
  });
});

describe("asks", () => {
  type Asked = ReplyTo | "ask";
  const asker = (log: string[], timeoutMs = 100) =>
    machine<number, unknown>({
      initial: () => 0,
      receive: (n, m, c): Step<number> => {
        if (m !== "ask") {
          log.push(`${m}@${c.now()}`);
          return [n];
        }
        return [
          n + 1,
          {
            fx: "ask",
            to: c.ref("root/server"),
            msg: (replyTo) => replyTo,
            timeoutMs,
            onReply: (answer) => `answer ${answer}`,
            onTimeout: "timeout",
          },
        ];
      },
    });
  /** Answers `times` times after `delayMs`. */
  const server = (delayMs: number, times = 1) =>
    machine<ReplyTo[], Asked>({
      initial: () => [],
      receive: (s, m): Step<ReplyTo[]> => {
        if (m !== "ask") return [[...s, m], wait(`k${m.askId}`, delayMs, "ask")];
        const [to, ...rest] = s as [ReplyTo, ...ReplyTo[]];
        return [rest, ...Array.from({ length: times }, (_, i): Effect => ({ fx: "reply", to, answer: i }))];
      },
    });
  const pair = (log: string[], delayMs: number, times = 1) =>
    rig(
      group("root", [
        { name: "server", behaviour: server(delayMs, times) },
        { name: "client", behaviour: asker(log), ...eager },
      ]),
    );

  it("bring back the answer and no time-out", () => {
    const log: string[] = [];
    const r = pair(log, 40);
    r.tell("root/client", "ask");
    r.run(1000);
    expect(log).toEqual(["answer 0@40"]);
    expect(r.kernel.nextTimerAt()).toBeNull();
  });

  it("bring back a time-out and no late answer, which is counted", () => {
    const log: string[] = [];
    const r = pair(log, 140);
    r.tell("root/client", "ask");
    r.run(1000);
    expect(log).toEqual(["timeout@100"]);
    expect(r.kernel.lateReplies).toBe(1);
  });

  it("drop and count a second answer", () => {
    const log: string[] = [];
    const r = pair(log, 10, 3);
    r.tell("root/client", "ask");
    r.run(1000);
    expect(log).toEqual(["answer 0@10"]);
    expect(r.kernel.lateReplies).toBe(2);
  });

  it("end with the life that asked", () => {
    const log: string[] = [];
    const r = pair(log, 40);
    r.tell("root/client", "ask");
    r.run(10);
    r.kernel.control("root/client", "restart");
    r.run(1000);
    expect(log).toEqual([]);
    expect(r.kernel.lateReplies).toBe(1);
  });

  it("from outside resolve with the answer", async () => {
    const r = pair([], 40);
    const answer = r.kernel.ask<number>(r.kernel.ref("root/server"), (to) => to, 100);
    r.run(1000);
    await expect(answer).resolves.toBe(0);
  });

  it("from outside reject in the core's time, or when the kernel stops", async () => {
    const r = rig(scribe("mute", []));
    const late = r.kernel.ask(r.kernel.ref("mute"), () => "?", 100);
    const caught = expect(late).rejects.toThrow(AskTimeout);
    r.run(100);
    await caught;
    const cut = expect(r.kernel.ask(r.kernel.ref("mute"), () => "?", 100)).rejects.toThrow("mute did not answer");
    r.kernel.stop();
    await cut;
  });
});
