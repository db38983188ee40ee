import { describe, expect, it } from "vitest";
import { act, eager, group, puppet, rig } from "../../../support/kernelRig.ts";

const doomed = act(() => {
  throw new Error("doomed");
});

describe("a supervisor that counts each child alone", () => {
  const guests = () =>
    rig(
      group("root", [
        group("ticker", [puppet("bad", eager), puppet("good", eager)], {
          supervision: { maxRestarts: 2, withinMs: 60_000, exceeded: "stop_child" },
        }),
      ]),
    );
  const crash = (r: ReturnType<typeof rig>, path: string, times: number): void => {
    for (let i = 0; i < times; i++) {
      r.tell(path, doomed);
      r.run(1_000);
    }
  };

  it("stops the one that crashes too often, and no other, nor itself", () => {
    const r = guests();
    crash(r, "root/ticker/bad", 3);
    expect([r.stateOf("root/ticker/bad"), r.stateOf("root/ticker/good"), r.stateOf("root/ticker")]).toEqual([
      "stopped",
      "running",
      "running",
    ]);
    expect(r.lives("gave_up")).toEqual(["root/ticker/bad"]);
    expect(r.escalated).toEqual([]);
  });

  it("counts no crash of one for another", () => {
    const r = guests();
    crash(r, "root/ticker/bad", 1);
    crash(r, "root/ticker/good", 1);
    expect([r.stateOf("root/ticker/bad"), r.stateOf("root/ticker/good")]).toEqual(["running", "running"]);
  });

  it("lets a person start it again, and counts anew", () => {
    const r = guests();
    crash(r, "root/ticker/bad", 3);
    r.kernel.control("root/ticker/bad", "restart");
    r.run(1_000);
    expect(r.stateOf("root/ticker/bad")).toBe("running");
    crash(r, "root/ticker/bad", 1);
    expect(r.stateOf("root/ticker/bad")).toBe("running");
  });
});
