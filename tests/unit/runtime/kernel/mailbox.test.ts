import { describe, expect, it } from "vitest";
import { act, barAt, eager, group, puppet, rig, scribe } from "../../../support/kernelRig.ts";

describe("a conflating mailbox", () => {
  const quotes = (log: string[], more = {}) =>
    scribe("q", log, {
      mailbox: { conflate: (m) => (typeof m === "string" && m.includes("=") ? (m.split("=")[0] as string) : null) },
      ...more,
    });

  it("keeps the newest of a key at the place of the oldest, and counts the others", () => {
    const log: string[] = [];
    const r = rig(quotes(log));
    r.tell("q", "A=1", "B=1", "order", "A=2", "A=3", "order", "B=2");
    expect(r.kernel.inspect()[0]).toMatchObject({ mailboxDepth: 4, conflated: 3 });
    r.run();
    expect(log).toEqual(["q:A=3", "q:B=2", "q:order", "q:order"]);
    r.tell("q", "A=4");
    r.run();
    expect(log.at(-1)).toBe("q:A=4");
    expect(r.kernel.inspect()[0]).toMatchObject({ mailboxDepth: 0, conflated: 3 });
  });

  it("conflates while its actor is paused too", () => {
    const log: string[] = [];
    const r = rig(quotes(log));
    r.kernel.control("q", "pause");
    r.tell("q", "A=1");
    r.run(10);
    r.tell("q", "A=2", "x");
    r.run(10);
    expect(r.kernel.inspect()[0]).toMatchObject({ mailboxDepth: 2, mailboxAgeMs: 20 });
    r.kernel.control("q", "resume");
    r.run();
    expect(log).toEqual(["q:A=2", "q:x"]);
  });

  it("keeps a message whose key cannot be told", () => {
    const log: string[] = [];
    const r = rig(
      scribe("q", log, {
        mailbox: {
          conflate: () => {
            throw new Error("no key");
          },
        },
      }),
    );
    r.tell("q", 1, 2);
    r.run();
    expect(log).toEqual(["q:1", "q:2"]);
    expect(r.kernel.inspect()[0]).toMatchObject({ lastError: "no key", state: "running" });
  });
});

describe("what waits", () => {
  it("is counted while its actor is paused, and dropped and counted when it stops", () => {
    const r = rig(group("root", [scribe("a", [])]));
    r.kernel.control("root/a", "pause");
    r.tell("root/a", 1, 2, 3);
    r.run();
    expect(r.kernel.inspect()[1]).toMatchObject({ state: "paused", mailboxDepth: 3 });
    r.kernel.control("root/a", "stop");
    expect(r.kernel.undelivered).toBe(3);
    r.tell("root/a", 4);
    r.run();
    expect(r.kernel.undelivered).toBe(4);
    expect(r.kernel.inspect()[1]).toMatchObject({ state: "stopped", mailboxDepth: 0 });
  });

  it("has the message that crashed its actor among it", () => {
    const r = rig(group("root", [scribe("a", [])]));
    r.tell("root/a", "boom", "x");
    r.run();
    expect(r.kernel.inspect()[1]).toMatchObject({ state: "backing_off", mailboxDepth: 2 });
    r.run(60_000);
    expect(r.kernel.inspect()[1]).toMatchObject({ state: "running", mailboxDepth: 0 });
  });
});

describe("people's controls", () => {
  it("pause holds messages back in order, resume lets them go", () => {
    const log: string[] = [];
    const r = rig(scribe("a", log));
    r.tell("a", 1);
    r.kernel.control("a", "pause");
    r.tell("a", 2);
    r.run();
    r.tell("a", 3);
    r.run();
    expect(log).toEqual([]);
    expect(r.stateOf("a")).toBe("paused");
    r.tell("a", 4);
    r.kernel.control("a", "resume");
    r.kernel.control("a", "resume");
    r.run();
    expect(log).toEqual(["a:1", "a:2", "a:3", "a:4"]);
    expect(r.life.map((e) => e.kind)).toEqual(["started", "paused", "resumed"]);
  });

  it("a group hands pause and resume down", () => {
    const log: string[] = [];
    const r = rig(group("root", [group("g", [scribe("a", log)]), scribe("b", log)]));
    r.kernel.control("root/g", "pause");
    r.tell("root/g/a", 1);
    r.tell("root/b", 1);
    r.run();
    expect(log).toEqual(["b:1"]);
    r.kernel.control("root/g", "resume");
    r.run();
    expect(log).toEqual(["b:1", "a:1"]);
  });

  it("restart begins a fresh life at once, keeps what waits, and is no crash", () => {
    const log: string[] = [];
    const r = rig(group("root", [scribe("a", log)], { supervision: { maxRestarts: 0 } }));
    r.tell("root/a", 1, 2);
    r.kernel.drain(1);
    expect(r.kernel.control("root/a", "restart")).toBe(true);
    r.run();
    expect(log).toEqual(["a:1", "a:2"]);
    expect(r.lives("crashed")).toEqual([]);
    expect(r.kernel.inspect()[1]).toMatchObject({ restarts: 1, state: "running", messages: 2 });
  });

  it("restart does not wait for the backoff, and there is one life afterwards", () => {
    const log: string[] = [];
    const r = rig(group("root", [scribe("a", log)]));
    r.tell("root/a", "boom", 1);
    r.run();
    r.kernel.control("root/a", "restart");
    expect(r.stateOf("root/a")).toBe("running");
    r.run(60_000);
    expect(log).toEqual(["a:1"]);
    expect(r.lives("started")).toEqual(["root", "root/a", "root/a", "root/a"]); // born, asked for, after the second crash
  });

  it("stop lasts until restart; nobody else is touched", () => {
    const log: string[] = [];
    const r = rig(group("root", [scribe("a", log), scribe("b", log, eager)]));
    r.kernel.control("root/a", "stop");
    r.tell("root/b", "boom", 1);
    r.tell("root/a", 1);
    r.run(60_000);
    expect(log).toEqual(["b:1"]);
    expect(r.stateOf("root/a")).toBe("stopped");
    r.kernel.control("root/a", "restart");
    r.tell("root/a", 2);
    r.run();
    expect(log).toEqual(["b:1", "a:2"]);
  });

  it("asked for while a message is handled, they wait for its end", () => {
    const r = rig(group("root", [puppet("p")]));
    r.tell(
      "root/p",
      act(() => {
        r.kernel.control("root/p", "stop");
        return [{ fx: "perform", port: "x", request: 1 }];
      }),
    );
    r.run();
    expect(r.performed).toHaveLength(1);
    expect(r.stateOf("root/p")).toBe("stopped");
  });

  it("say when there is no such actor", () => {
    const r = rig(scribe("a", []));
    expect(r.kernel.control("b", "pause")).toBe(false);
  });
});

describe("figures", () => {
  it("come in tree order, groups marked, with the last error and its time", () => {
    const r = rig(group("root", [scribe("a", [], { children: [scribe("c", [])] }), group("g", [])]));
    r.run(5);
    r.tell("root/a", "boom");
    r.run();
    expect(r.kernel.inspect().map((f) => [f.path, f.group])).toEqual([
      ["root", true],
      ["root/a", false],
      ["root/a/c", false],
      ["root/g", true],
    ]);
    expect(r.kernel.inspect()[1]).toMatchObject({ lastError: "boom", lastErrorAt: 5, p50Us: null, p99Us: null });
  });

  it("time one message in thirty-two, when there is a stopwatch, and change nothing else", () => {
    const log: string[] = [];
    const r = rig(scribe("a", log, { listens: [{ type: "market.bar" }] }), { stopwatch: true });
    for (let i = 1; i <= 31; i++) r.kernel.deliver(barAt(i));
    r.run();
    expect(r.kernel.inspect()[0]?.p50Us).toBeNull();
    r.kernel.deliver(barAt(32));
    r.run();
    const { p50Us, p99Us } = r.kernel.inspect()[0] ?? {};
    expect(p50Us).toBeGreaterThan(9); // the rig's stopwatch says 10 µs
    expect(p99Us).toBeLessThan(12);
    expect(log).toHaveLength(32);
  });
});
