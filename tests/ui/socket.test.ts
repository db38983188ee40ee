import { describe, expect, it } from "vitest";
import type { Link } from "../../ui/src/api/socket.ts";
import type { TopicMsg } from "../../ui/src/api/topicFeed.ts";
import { fakeSocket } from "./fakeLine.ts";

const news = (id: string, seq = 1) => ({
  id,
  seq,
  at: seq,
  publishedAt: seq,
  source: "wire",
  tickers: ["AAPL"],
  headline: id,
  url: null,
  score: 0.5,
  confidence: 1,
  scorer: "builtin",
});
const snapshot = (seq: number, items: unknown[], life = "one") => ({ type: "snapshot", topic: "news", seq, life, items });
const delta = (seq: number, item: unknown) => ({ type: "delta", topic: "news", seq, item });

const heard = (rig: ReturnType<typeof fakeSocket>): string[] => {
  const said: string[] = [];
  rig.socket.topic("news").subscribe((m: TopicMsg<{ id: string }>) => {
    said.push(m.type === "snapshot" ? `all ${m.items.map((i) => i.id)}` : m.type === "delta" ? m.item.id : `gone ${m.key}`);
  });
  return said;
};

describe("the socket", () => {
  it("asks for a topic once it is welcome, and passes on snapshot, deltas and what is gone", () => {
    const rig = fakeSocket();
    const said = heard(rig);
    rig.socket.connect();
    expect(rig.line().sent).toEqual([]);
    rig.line().welcomes();
    expect(rig.line().sent).toEqual([
      { type: "hello", protocol: 1 },
      { type: "subscribe", topic: "news" },
    ]);
    rig.line().says(snapshot(7, [news("a")]), delta(8, news("b")), { type: "gone", topic: "news", seq: 9, key: "a" });
    expect(said).toEqual(["all a", "b", "gone a"]);
  });

  it("asks again from where it stands on a gap, once, and goes on when the rest comes", () => {
    const rig = fakeSocket();
    const said = heard(rig);
    rig.socket.connect();
    rig.line().welcomes();
    rig.line().says(snapshot(1, []), delta(2, news("b")), delta(4, news("d")), delta(5, news("e")));
    expect(rig.line().asks().slice(1)).toEqual([{ type: "subscribe", topic: "news", after: 2, life: "one" }]);
    rig.line().says(delta(3, news("c")), delta(4, news("d")), delta(5, news("e")));
    expect(said).toEqual(["all ", "b", "c", "d", "e"]);
  });

  it("drops a delta it has heard before", () => {
    const rig = fakeSocket();
    const said = heard(rig);
    rig.socket.connect();
    rig.line().welcomes();
    rig.line().says(snapshot(3, []), delta(3, news("old")), delta(4, news("new")));
    expect(said).toEqual(["all ", "new"]);
  });

  it("drops an item that does not fit the contract, and nothing else", () => {
    const rig = fakeSocket();
    const said = heard(rig);
    rig.socket.connect();
    rig.line().welcomes();
    rig.line().says(snapshot(1, [news("a"), { id: 5 }]), delta(2, { nonsense: true }), delta(3, news("c")));
    rig.line().onmessage?.({ data: "{torn" });
    expect(said).toEqual(["all a", "c"]);
  });

  it("reconnects with doubling waits and asks for what it missed", () => {
    const rig = fakeSocket();
    const said = heard(rig);
    const links: Link["state"][] = [];
    rig.socket.link.subscribe((l) => links.push(l.state));
    rig.socket.connect();
    rig.line().welcomes();
    rig.line().says(snapshot(1, [news("a")]));
    rig.line().drops();
    rig.advance(249);
    expect(rig.lines.length).toBe(1);
    rig.advance(1);
    expect(rig.lines.length).toBe(2);
    rig.line().welcomes();
    expect(rig.line().asks()).toEqual([{ type: "subscribe", topic: "news", after: 1, life: "one" }]);
    rig.line().says(delta(2, news("b")));
    expect(said).toEqual(["all a", "b"]);
    expect(links).toEqual(["connecting", "open", "waiting", "open"]);
  });

  it("says when it will try again, and waits longer each time nobody answers", async () => {
    const rig = fakeSocket({ signedIn: () => Promise.reject(new Error("no deck")) });
    const waits: number[] = [];
    rig.socket.link.subscribe((l) => {
      if (l.state === "waiting") waits.push(l.retryAt);
    });
    rig.socket.connect();
    for (let i = 0; i < 3; i++) {
      rig.line().drops();
      await Promise.resolve().then(() => undefined);
      await new Promise<void>((done) => queueMicrotask(done));
      rig.advance(20_000);
    }
    expect(waits).toEqual([250, 20_000 + 500, 40_000 + 1000]);
  });

  it("does not knock on and on when nobody is signed in", async () => {
    const rig = fakeSocket({ signedIn: async () => false });
    const states: string[] = [];
    rig.socket.link.subscribe((l) => states.push(l.state));
    rig.socket.connect();
    rig.line().drops();
    await new Promise<void>((done) => queueMicrotask(() => queueMicrotask(done)));
    rig.advance(60_000);
    expect(states.at(-1)).toBe("signedOut");
    expect(rig.lines.length).toBe(1);
  });

  it.each([
    [4401, "signedOut"],
    [4400, "mismatch"],
  ])("takes close code %d as %s", (code, state) => {
    const rig = fakeSocket();
    const states: string[] = [];
    rig.socket.link.subscribe((l) => states.push(l.state));
    rig.socket.connect();
    rig.line().welcomes();
    rig.line().drops(code);
    rig.advance(60_000);
    expect(states.at(-1)).toBe(state);
    expect(rig.lines.length).toBe(1);
  });

  it("gives up a line that is silent for more than two beats, and opens another", () => {
    const rig = fakeSocket();
    rig.socket.connect();
    rig.line().welcomes();
    rig.advance(9_000);
    rig.line().says({ type: "beat", wallAt: 1 });
    rig.advance(10_000);
    expect(rig.lines.length).toBe(1);
    rig.advance(11_000);
    expect(rig.lines[0]?.closedWith).toBe(4000);
    expect(rig.lines.length).toBeGreaterThan(1);
  });

  it("stops asking when nobody listens", () => {
    const rig = fakeSocket();
    const reader = rig.socket.topic("news").subscribe();
    rig.socket.connect();
    rig.line().welcomes();
    reader.unsubscribe();
    expect(rig.line().sent.at(-1)).toEqual({ type: "unsubscribe", topic: "news" });
  });
});
