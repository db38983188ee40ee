import { describe, expect, it } from "vitest";
import { type ActorSpec, type Effect, type Ref, tell } from "../../../../actors/actor.ts";
import { act, group, puppet, rig, scribe } from "../../../support/kernelRig.ts";

const spawn = (child: ActorSpec): Effect => ({ fx: "spawn", child });

describe("spawned children", () => {
  it("live below their parent, and can be told in the same breath", () => {
    const log: string[] = [];
    const r = rig(puppet("p"));
    r.tell(
      "p",
      act((c) => [spawn(scribe("kid", log)), tell(c.ref("p/kid"), "hello")]),
    );
    r.run();
    expect(log).toEqual(["kid:hello"]);
    expect(r.kernel.inspect().map((f) => f.path)).toEqual(["p", "p/kid"]);
  });

  it("are refused past the maximum or by a taken or impossible name, without a crash", () => {
    const r = rig(puppet("p", { maxChildren: 2 }));
    const kid = (name: string) => act(() => [spawn(scribe(name, []))]);
    r.tell("p", kid("a"), kid("a"), kid("x/y"), kid("b"), kid("c"));
    r.run();
    expect(r.kernel.inspect().map((f) => f.path)).toEqual(["p", "p/a", "p/b"]);
    expect(r.kernel.deadLetters().map((l) => l.error)).toEqual([
      "not spawned: the name is taken",
      expect.stringContaining("not spawned: not a name"),
      "not spawned: p has its 2 children already",
    ]);
    expect(r.kernel.retryDeadLetter(1)).toBe(false);
    expect(r.lives("crashed")).toEqual([]);
  });

  it("make room when they end, and their name can be used again", () => {
    const log: string[] = [];
    const r = rig(puppet("p", { maxChildren: 1 }));
    let ref: Ref | null = null;
    r.tell(
      "p",
      act((c) => {
        ref = c.ref("p/kid");
        return [spawn(puppet("kid", { restart: "temporary" }))];
      }),
    );
    r.tell("p/kid", "x");
    r.run();
    r.tell(
      "p/kid",
      act(() => [{ fx: "stop" }]),
    );
    r.run();
    expect(r.kernel.inspect()).toHaveLength(1);
    r.tell(
      "p",
      act(() => [spawn(scribe("kid", log))]),
    );
    r.run();
    if (ref !== null) r.kernel.tell(ref, "by the old ref");
    r.run();
    expect(log).toEqual(["kid:by the old ref"]);
  });

  it("are stopped by their parent by name, at once", () => {
    const log: string[] = [];
    const r = rig(puppet("p"));
    r.tell(
      "p",
      act(() => [spawn(scribe("kid", []))]),
      act((c) => [{ fx: "stop", child: "kid" }, spawn(scribe("kid", log)), tell(c.ref("p/kid"), "second")]),
    );
    r.run();
    expect(log).toEqual(["kid:second"]);
    expect(r.lives("started")).toEqual(["p", "p/kid", "p/kid"]);
  });

  it("bring a tree of their own", () => {
    const r = rig(puppet("p"));
    r.tell(
      "p",
      act(() => [spawn(group("kid", [puppet("x"), puppet("y")]))]),
    );
    r.run();
    expect(r.lives("started")).toEqual(["p", "p/kid", "p/kid/x", "p/kid/y"]);
    r.tell(
      "p",
      act(() => [{ fx: "stop", child: "kid" }]),
    );
    r.run();
    expect(r.kernel.inspect().map((f) => f.path)).toEqual(["p"]);
    expect(r.kernel.ref("p/kid/x").path).toBe("p/kid/x");
  });

  it("stopping oneself happens after the other effects of the step", () => {
    const log: string[] = [];
    const r = rig(group("root", [puppet("p", { restart: "transient" }), scribe("s", log)]));
    r.tell(
      "root/p",
      act((c) => [{ fx: "stop" }, tell(c.ref("root/s"), "bye")]),
    );
    r.run();
    expect(log).toEqual(["s:bye"]);
    expect(r.stateOf("root/p")).toBe("stopped");
  });
});

describe("watching", () => {
  const watch = (path: string) => act((c) => [{ fx: "watch", target: c.ref(path) }]);
  /** A watcher that hears downs in its log. */
  const scene = (...others: ActorSpec[]) => {
    const log: string[] = [];
    const ear = scribe("ear", log);
    const relay = puppet("w");
    const inner = relay.behaviour as Extract<ActorSpec["behaviour"], { receive: unknown }>;
    const w: ActorSpec = {
      name: "w",
      behaviour: {
        initial: inner.initial,
        receive: (s, m, c) => (typeof m === "object" ? [s, tell(c.ref("root/ear"), m)] : inner.receive(s, m, c)),
      },
    };
    return { log, r: rig(group("root", [w, ear, ...others])) };
  };
  const downs = (log: string[]) => log.map((l) => JSON.parse(l.slice(4)) as unknown);

  it("hears when the other stops for good, once, and not when it starts again", () => {
    const { log, r } = scene(puppet("x"));
    r.tell("root/w", watch("root/x"), watch("root/x"));
    r.run();
    r.kernel.control("root/x", "restart");
    r.run();
    expect(log).toEqual([]);
    r.kernel.control("root/x", "stop");
    r.run();
    expect(downs(log)).toEqual([{ type: "down", path: "root/x", reason: "stopped" }]);
  });

  it("hears that a temporary one gave up", () => {
    const { log, r } = scene(scribe("x", [], { restart: "temporary" }));
    r.tell("root/w", watch("root/x"));
    r.run();
    r.tell("root/x", "boom");
    r.run();
    expect(downs(log)).toEqual([{ type: "down", path: "root/x", reason: "gave up" }]);
  });

  it("hears at once when nobody is there", () => {
    const { log, r } = scene();
    r.tell("root/w", watch("root/nobody"));
    r.run();
    expect(downs(log)).toEqual([{ type: "down", path: "root/nobody", reason: "absent" }]);
  });

  it("hears nothing after unwatch, or in another life than the one that watched", () => {
    const { log, r } = scene(puppet("x"), puppet("y"));
    r.tell("root/w", watch("root/x"), watch("root/y"));
    r.tell(
      "root/w",
      act((c) => [{ fx: "unwatch", target: c.ref("root/x") }]),
    );
    r.run();
    r.kernel.control("root/x", "stop");
    r.kernel.control("root/w", "restart");
    r.kernel.control("root/y", "stop");
    r.run();
    expect(log).toEqual([]);
  });
});
