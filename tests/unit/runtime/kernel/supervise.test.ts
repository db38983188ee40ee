import { describe, expect, it } from "vitest";
import { machine, type Step, tell } from "../../../../actors/actor.ts";
import { act, eager, group, patient, puppet, rig, scribe } from "../../../support/kernelRig.ts";

const doomed = act(() => {
  throw new Error("doomed");
});
const doomedLife = (): null => {
  throw new Error("stillborn");
};
/** Crashes the first life that handles it, not the second. */
const stumble = () => {
  let left = 1;
  return act(() => {
    if (left-- > 0) throw new Error("stumbled");
    return [];
  });
};

describe("starting and stopping", () => {
  it("starts depth first, left to right, and stops in reverse", () => {
    const r = rig(group("root", [group("a", [puppet("x"), puppet("y")]), puppet("b")]));
    expect(r.lives("started")).toEqual(["root", "root/a", "root/a/x", "root/a/y", "root/b"]);
    r.kernel.stop();
    expect(r.lives("stopped")).toEqual(["root/b", "root/a/y", "root/a/x", "root/a", "root"]);
  });

  it("lets each actor handle what it was told before it stops", () => {
    const log: string[] = [];
    const r = rig(group("root", [scribe("left", log), puppet("right")]));
    r.tell(
      "root/right",
      act((c) => [tell(c.ref("root/left"), "last words")]),
    );
    r.tell("root/left", "first");
    r.kernel.stop();
    expect(log).toEqual(["left:first", "left:last words"]);
    expect(r.kernel.undelivered).toBe(0);
  });

  it("does not start again what crashes while stopping", () => {
    const r = rig(group("root", [puppet("p", eager)]));
    r.tell("root/p", doomed);
    r.kernel.stop();
    expect(r.stateOf("root/p")).toBe("stopped");
  });
});

describe("strategies", () => {
  const three = (strategy: "one_for_one" | "one_for_all" | "rest_for_one") => {
    const r = rig(group("root", [puppet("a"), puppet("b"), puppet("c")], { supervision: { strategy } }));
    r.life.length = 0;
    r.tell("root/b", stumble());
    r.run();
    const ended = r.life.filter((e) => e.kind === "stopped" || e.kind === "crashed").map((e) => e.path);
    r.life.length = 0;
    r.run(1000);
    return { ended, started: r.lives("started") };
  };

  it("one_for_one: only the crashed child starts again", () => {
    expect(three("one_for_one")).toEqual({ ended: ["root/b"], started: ["root/b"] });
  });
  it("one_for_all: all stop right to left, and start left to right", () => {
    expect(three("one_for_all")).toEqual({ ended: ["root/b", "root/c", "root/a"], started: ["root/a", "root/b", "root/c"] });
  });
  it("rest_for_one: the crashed child and those started after it", () => {
    expect(three("rest_for_one")).toEqual({ ended: ["root/b", "root/c"], started: ["root/b", "root/c"] });
  });

  it("one_for_all leaves stopped what a person stopped, and drops temporary siblings", () => {
    const r = rig(
      group("root", [puppet("a"), puppet("b"), puppet("t", { restart: "temporary" })], {
        supervision: { strategy: "one_for_all" },
      }),
    );
    r.kernel.control("root/a", "stop");
    r.tell("root/b", stumble());
    r.run(1000);
    expect(r.kernel.inspect().map((f) => [f.path, f.state])).toEqual([
      ["root", "running"],
      ["root/a", "stopped"],
      ["root/b", "running"],
    ]);
  });

  const withEnded = (strategy: "one_for_one" | "one_for_all" | "rest_for_one", then?: (r: ReturnType<typeof rig>) => void) => {
    const log: string[] = [];
    const transient = { restart: "transient" } as const;
    const kids = [puppet("t", transient), puppet("b"), puppet("u", { ...transient, children: [scribe("v", log)] })];
    const r = rig(group("root", [...kids, puppet("w", { restart: "temporary" })], { supervision: { strategy } }));
    const ends = act(() => [{ fx: "stop" }]);
    for (const name of ["t", "u", "w"]) r.tell(`root/${name}`, ends);
    r.run(1000);
    expect(["t", "u", "u/v", "w"].map((n) => r.stateOf(`root/${n}`))).toEqual(["stopped", "stopped", "stopped", undefined]);
    then?.(r);
    r.life.length = 0;
    r.tell("root/b", stumble());
    r.run(1000);
    r.tell("root/u/v", 1);
    r.run();
    return { started: r.lives("started"), log };
  };

  it("one_for_all starts a transient child that had ended, with what is below it, but no temporary one", () =>
    expect(withEnded("one_for_all")).toEqual({ started: ["root/t", "root/b", "root/u", "root/u/v"], log: ["v:1"] }));
  it("rest_for_one starts a transient child that had ended after the one that crashed, and none before it", () =>
    expect(withEnded("rest_for_one")).toEqual({ started: ["root/b", "root/u", "root/u/v"], log: ["v:1"] }));
  it("one_for_one starts no child that had ended", () =>
    expect(withEnded("one_for_one")).toEqual({ started: ["root/b"], log: [] }));
  it("one_for_all leaves stopped what had ended and was stopped by a person since", () =>
    expect(withEnded("one_for_all", (r) => void r.kernel.control("root/u", "stop"))).toEqual({
      started: ["root/t", "root/b"],
      log: [],
    }));

  it("a sibling that backs off already is taken along by a later crash", () => {
    const r = rig(
      group("root", [puppet("a"), puppet("b", { backoff: { minMs: 5000, jitter: 0 } })], {
        supervision: { strategy: "rest_for_one" },
      }),
    );
    r.tell("root/b", stumble());
    r.run(10);
    r.tell("root/a", stumble());
    r.run(300);
    expect(r.stateOf("root/b")).toBe("running");
    r.run(10_000); // the timer that b had of its own begins no other life
    expect(r.lives("started")).toEqual(["root", "root/a", "root/b", "root/a", "root/b"]);
  });
});

describe("restart types", () => {
  const selfStop = act(() => [{ fx: "stop" }]);
  const endOf = (restart: "permanent" | "transient" | "temporary", message: unknown) => {
    const r = rig(group("root", [puppet("p", { restart })]));
    r.tell("root/p", message);
    r.run(1000);
    return r.stateOf("root/p");
  };
  it("permanent: after a crash and after a normal end", () => {
    expect(endOf("permanent", doomed)).toBe("running");
    expect(endOf("permanent", selfStop)).toBe("running");
  });
  it("transient: after a crash only", () => {
    expect(endOf("transient", doomed)).toBe("running");
    expect(endOf("transient", selfStop)).toBe("stopped");
  });
  it("temporary: never, and it leaves the tree", () => {
    expect(endOf("temporary", doomed)).toBeUndefined();
    expect(endOf("temporary", selfStop)).toBeUndefined();
  });
  it("a temporary child's last message becomes a dead letter", () => {
    const log: string[] = [];
    const r = rig(group("root", [scribe("t", log, { restart: "temporary" })]));
    r.tell("root/t", "boom", "lost");
    r.run();
    expect(r.kernel.deadLetters().map((l) => [l.path, l.message])).toEqual([["root/t", "boom"]]);
    expect(r.kernel.undelivered).toBe(1);
  });
});

describe("intensity and escalation", () => {
  it("gives up at one restart more than allowed within the window, and crashes to its own supervisor", () => {
    const r = rig(
      group("root", [
        group("sub", [puppet("p", eager), puppet("q")], {
          supervision: { maxRestarts: 2, withinMs: 1000 },
          backoff: { minMs: 500, jitter: 0 },
        }),
      ]),
    );
    r.tell("root/sub/p", doomed, doomed);
    r.run();
    expect(r.lives("gave_up")).toEqual(["root/sub"]);
    expect(r.stateOf("root/sub")).toBe("backing_off");
    expect(r.stateOf("root/sub/q")).toBe("backing_off");
    r.run(500);
    expect(r.kernel.inspect().map((f) => f.state)).toEqual(["running", "running", "running", "running"]);
    expect(r.escalated).toEqual([]);
  });

  it("forgets restarts that are older than the window", () => {
    const r = rig(group("root", [puppet("p", eager)], { supervision: { maxRestarts: 2, withinMs: 1000 } }));
    for (let i = 0; i < 5; i++) {
      r.tell("root/p", doomed); // twice a crash: the second makes it a dead letter
      r.run(1001);
    }
    expect(r.escalated).toEqual([]);
    expect(r.kernel.deadLetters()).toHaveLength(5);
  });

  it("escalates up to the root, and then the process must end", () => {
    const r = rig(
      group("root", [group("sub", [puppet("p", eager)], { supervision: { maxRestarts: 0 }, ...eager })], {
        supervision: { maxRestarts: 0 },
      }),
    );
    r.tell("root/sub/p", doomed);
    r.run();
    expect(r.lives("gave_up")).toEqual(["root/sub", "root"]);
    expect(r.escalated).toHaveLength(1);
    expect(r.escalated[0]).toContain("doomed");
    expect(r.kernel.inspect().every((f) => f.state === "stopped")).toBe(true);
    r.tell("root/sub/p", 1);
    expect(r.kernel.drain()).toBe(true);
    expect(r.kernel.control("root", "restart")).toBe(true);
    expect(r.stateOf("root")).toBe("stopped");
  });

  it("an actor that crashes whenever it starts is stopped by the intensity, not by luck", () => {
    const broken = machine<null, unknown>({
      initial: () => {
        throw new Error("cannot begin");
      },
      receive: (s) => [s],
    });
    const r = rig(group("root", [{ name: "p", behaviour: broken, ...eager }], { supervision: { maxRestarts: 4 } }));
    expect(r.lives("started").filter((p) => p === "root/p")).toHaveLength(5);
    expect(r.escalated).toHaveLength(1);
  });
});

describe("backoff", () => {
  it("waits twice as long after each crash, and from the start again after a quiet time", () => {
    const r = rig(
      group("root", [puppet("p", { backoff: { minMs: 100, maxMs: 350, jitter: 0, resetAfterMs: 10_000 } })], patient),
    );
    const delays = () => r.life.flatMap((e) => (e.kind === "crashed" ? [e.retryInMs] : []));
    r.tell("root/p", doomed, doomed);
    r.run(5000);
    expect(delays()).toEqual([100, 200, 350, 350]);
    r.run(10_000);
    r.tell("root/p", doomed);
    r.run();
    expect(delays().at(-1)).toBe(100);
  });

  it("keeps waiting messages in order, none lost", () => {
    const log: string[] = [];
    const r = rig(group("root", [scribe("a", log)]));
    r.tell("root/a", 1, "boom", 2, 3);
    r.run();
    r.tell("root/a", 4);
    r.run();
    expect(log).toEqual(["a:1"]);
    expect(r.stateOf("root/a")).toBe("backing_off");
    r.run(60);
    expect(r.kernel.inspect()[1]).toMatchObject({ mailboxDepth: 4, mailboxAgeMs: 60 });
    r.tell("root/a", 5);
    r.run(10_000);
    expect(log).toEqual(["a:1", "a:2", "a:3", "a:4", "a:5"]);
  });

  it("the same seed waits the same times, another seed others", () => {
    const waits = (seed: number) => {
      const r = rig(group("root", [puppet("p")], patient), { seed });
      r.tell("root/p", doomed, doomed, doomed);
      r.run(60_000);
      return r.life.flatMap((e) => (e.kind === "crashed" ? [e.retryInMs] : []));
    };
    expect(waits(5)).toEqual(waits(5));
    expect(waits(5)).not.toEqual(waits(6));
  });
});

describe("a crash", () => {
  it("takes its timers along", () => {
    const log: string[] = [];
    const r = rig(
      group("root", [
        {
          name: "a",
          ...eager,
          behaviour: machine<number, string>({
            initial: () => 0,
            receive: (n, m): Step<number> => {
              if (m === "boom") throw new Error("boom");
              log.push(m);
              return m === "set" ? [n, { fx: "after", key: "k", delayMs: 10, msg: "tick" }] : [n];
            },
          }),
        },
      ]),
    );
    r.tell("root/a", "set", "boom");
    r.run(100);
    expect(log).toEqual(["set"]);
    expect(r.kernel.nextTimerAt()).toBeNull();
  });

  it("stops its children first, right to left, and starts those of the spec afresh, not the spawned", () => {
    const r = rig(group("root", [puppet("p", { ...eager, children: [puppet("x"), puppet("y")] })]));
    r.tell(
      "root/p",
      act(() => [{ fx: "spawn", child: puppet("dyn") }]),
    );
    r.run();
    r.life.length = 0;
    r.tell("root/p", doomed);
    r.kernel.drain(1);
    r.kernel.drain(0);
    expect(r.life.map((e) => `${e.kind} ${e.path}`)).toEqual([
      "stopped root/p/dyn",
      "stopped root/p/y",
      "stopped root/p/x",
      "crashed root/p",
      "started root/p",
      "started root/p/x",
      "started root/p/y",
    ]);
    expect(r.stateOf("root/p/dyn")).toBeUndefined();
  });

  it("of a first child holds back its siblings where they stand and fall together", () => {
    let broken = true;
    const shaky = machine<null, unknown>({
      initial: () => {
        if (broken) throw new Error("not yet");
        return null;
      },
      receive: (s) => [s],
    });
    const r = rig(
      group("root", [{ name: "a", behaviour: shaky, backoff: { jitter: 0 } }, puppet("b")], {
        supervision: { strategy: "one_for_all" },
      }),
    );
    expect(r.lives("started")).toEqual(["root", "root/a"]);
    broken = false;
    r.run(100);
    expect(r.lives("started")).toEqual(["root", "root/a", "root/a", "root/b"]);
  });
});

describe("asked for from outside", () => {
  const states = (r: ReturnType<typeof rig>): string[] => r.kernel.inspect().map((f) => `${f.path} ${f.state}`);

  it("a restart of an actor below a stopped group starts the group, and all that is below it once", () => {
    const r = rig(group("root", [group("g", [puppet("a"), group("h", [puppet("b")])])]));
    r.kernel.control("root/g", "stop");
    r.life.length = 0;
    expect(r.kernel.control("root/g/h/b", "restart")).toBe(true);
    expect(r.lives("started")).toEqual(["root/g", "root/g/a", "root/g/h", "root/g/h/b"]);
    r.run();
    expect(states(r)).toEqual(["root running", "root/g running", "root/g/a running", "root/g/h running", "root/g/h/b running"]);
  });

  it("a restart below a parent that crashes as it begins waits for the parent", () => {
    const failing = { ...puppet("p"), behaviour: machine<null, unknown>({ initial: doomedLife, receive: (s) => [s] }) };
    const r = rig(group("root", [{ ...failing, children: [puppet("c")], ...eager }]));
    expect(() => r.kernel.control("root/p/c", "restart")).not.toThrow();
    expect(r.lives("started")).not.toContain("root/p/c");
  });

  it("resume and stop do nothing to who has stopped", () => {
    const log: string[] = [];
    const r = rig(group("root", [scribe("a", log), group("g", [scribe("b", log)])]));
    for (const path of ["root/a", "root/g"]) {
      r.kernel.control(path, "pause");
      r.kernel.control(path, "stop");
      r.life.length = 0;
      for (const action of ["resume", "stop", "resume", "pause", "resume"] as const)
        expect(r.kernel.control(path, action)).toBe(true);
      expect(r.life).toEqual([]);
    }
    r.tell("root/a", "into the void");
    r.run();
    expect(log).toEqual([]);
    expect(r.kernel.undelivered).toBe(1);
    expect(states(r)).toEqual(["root running", "root/a stopped", "root/g stopped", "root/g/b stopped"]);
    r.kernel.control("root/a", "restart");
    r.tell("root/a", "back");
    r.run();
    expect(log).toEqual(["a:back"]);
  });
});
