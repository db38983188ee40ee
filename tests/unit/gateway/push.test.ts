import { describe, expect, it } from "vitest";
import type { Who } from "../../../gateway/auth/ports.ts";
import type { ServerMsg, TopicName } from "../../../gateway/contract/push.ts";
import type { ViewSource } from "../../../gateway/ports.ts";
import { createPush, type Push, type PushEvents } from "../../../gateway/push.ts";
import type { Change } from "../../../gateway/views/view.ts";

const reader: Who = { user: "owner", rights: ["read"], by: "session", expiresAt: null };

/** A deck whose topics are filled by hand. */
const handDeck = () => {
  const items = new Map<string, Map<string, unknown>>();
  const changes = new Map<string, Change[]>();
  let resets = new Set<string>();
  const of = <T>(map: Map<string, T>, topic: string, make: () => T): T => {
    const known = map.get(topic);
    if (known !== undefined) return known;
    const made = make();
    map.set(topic, made);
    return made;
  };
  const deck: ViewSource = {
    items: (topic) => [...of(items, topic, () => new Map()).values()],
    drain: (topic) => {
      if (resets.delete(topic)) return "reset";
      const out = changes.get(topic) ?? [];
      changes.set(topic, []);
      return out;
    },
    discard: (topic) => {
      changes.set(topic, []);
    },
  };
  return {
    deck,
    put: (topic: TopicName, key: string, item: unknown) => {
      if (item === null) of(items, topic, () => new Map()).delete(key);
      else of(items, topic, () => new Map()).set(key, item);
      of(changes, topic, () => []).push({ key, item });
    },
    reset: (topic: TopicName) => {
      resets = new Set([...resets, topic]);
    },
  };
};

/** A socket in memory: it takes, or it blocks. */
const handSocket = (push: Push, who: Who | null = reader) => {
  const frames: string[] = [];
  const state = { blocked: false, dropping: false, closed: 0 };
  const events: PushEvents = push.connect(
    {
      send: (text) => {
        if (state.dropping) return "dropped";
        frames.push(text);
        return state.blocked ? "buffered" : "sent";
      },
      close: (code) => {
        state.closed = code;
      },
    },
    who,
  );
  return {
    state,
    frames,
    events,
    heard: (): ServerMsg[] => frames.flatMap((t) => [JSON.parse(t)].flat() as ServerMsg[]),
    say: (message: unknown) => events.message(JSON.stringify(message)),
    clear: () => frames.splice(0),
  };
};

const open = () => {
  const hand = handDeck();
  const push = createPush({ views: hand.deck, version: "1", mode: () => "paper", life: "L" });
  push.flush(0);
  const greeted = () => {
    const s = handSocket(push);
    s.say({ type: "hello", protocol: 1 });
    return s;
  };
  return { ...hand, push, greeted };
};
const log = (id: number) => ({ id, at: id, level: "info", kind: "x.y", text: "t", path: null, seq: null });

describe("the push protocol", () => {
  it("greets, then sends a topic whole and what changes in it", () => {
    const d = open();
    d.put("log", "1", log(1));
    const s = d.greeted();
    s.say({ type: "subscribe", topic: "log" });
    d.put("log", "2", log(2));
    d.push.flush(100);
    expect(s.heard()).toMatchObject([
      { type: "welcome", protocol: 1, mode: "paper", life: "L" },
      { type: "snapshot", topic: "log", seq: 1, items: [{ id: 1 }] },
      { type: "delta", topic: "log", seq: 2, item: { id: 2 } },
    ]);
  });
  it("joins all messages of a turn into one frame, in order", () => {
    const d = open();
    const s = d.greeted();
    s.say({ type: "subscribe", topic: "log" });
    s.say({ type: "subscribe", topic: "positions" });
    s.clear();
    d.put("positions", "AAPL", { ticker: "AAPL" });
    d.put("positions", "AAPL", null);
    d.put("log", "1", log(1));
    d.push.flush(100);
    expect(s.frames).toHaveLength(1);
    expect(s.heard().map((m) => m.type)).toEqual(["delta", "delta", "gone"]);
  });
  it("builds a frame once for all who follow the same topics", () => {
    const d = open();
    const [a, b, c] = [d.greeted(), d.greeted(), d.greeted()];
    for (const s of [a, b]) for (const topic of ["log", "news"]) s.say({ type: "subscribe", topic });
    c.say({ type: "subscribe", topic: "news" });
    for (const s of [a, b, c]) s.clear();
    d.put("log", "1", log(1));
    d.push.flush(100);
    expect(a.frames).toEqual(b.frames);
    expect(a.frames).toHaveLength(1);
    expect(c.frames).toEqual([]);
  });
  it("sends a returning client only what it missed", () => {
    const d = open();
    const s = d.greeted();
    s.say({ type: "subscribe", topic: "log" });
    for (let i = 1; i <= 5; i++) d.put("log", String(i), log(i));
    d.push.flush(100);
    s.events.closed();
    const back = d.greeted();
    back.say({ type: "subscribe", topic: "log", after: 3, life: "L" });
    expect(back.heard().slice(1)).toMatchObject([
      { type: "delta", seq: 4 },
      { type: "delta", seq: 5 },
      { type: "delta", seq: 6 },
    ]);
  });
  it("sends the whole topic when what was missed is not here any more, or is of another life", () => {
    const d = open();
    const s = d.greeted();
    s.say({ type: "subscribe", topic: "log" });
    for (let i = 1; i <= 3; i++) d.put("log", String(i), log(i));
    d.push.flush(100);
    for (const late of [{ after: 2, life: "other" }, { after: 99, life: "L" }, { after: 2 }, { after: 0, life: "L" }]) {
      const back = d.greeted();
      back.say({ type: "subscribe", topic: "log", ...late });
      expect(back.heard()[1], JSON.stringify(late)).toMatchObject({ type: "snapshot", seq: 4 });
      back.events.closed();
    }
    s.events.closed();
    d.push.flush(70_000);
    const muchLater = d.greeted();
    muchLater.say({ type: "subscribe", topic: "log", after: 4, life: "L" });
    expect(muchLater.heard()[1]).toMatchObject({ type: "snapshot" });
  });
  it("sends a topic whole when it began anew", () => {
    const d = open();
    const s = d.greeted();
    s.say({ type: "subscribe", topic: "equity" });
    s.clear();
    d.reset("equity");
    d.push.flush(100);
    expect(s.heard()).toMatchObject([{ type: "snapshot", topic: "equity", seq: 2 }]);
  });
  it("sends at most as many changes as the topic keeps", () => {
    const d = open();
    const s = d.greeted();
    s.say({ type: "subscribe", topic: "log" });
    s.clear();
    for (let i = 1; i <= 2_000; i++) d.put("log", String(i), log(i));
    d.push.flush(100);
    expect(s.heard()).toHaveLength(500);
    expect(s.heard().at(-1)).toMatchObject({ item: { id: 2_000 } });
  });

  it("lets a topic in flood speak every half second", () => {
    const d = open();
    const s = d.greeted();
    s.say({ type: "subscribe", topic: "log" });
    for (let i = 1; i <= 101; i++) d.put("log", String(i), log(i));
    d.push.flush(1_000);
    s.clear();
    d.put("log", "102", log(102));
    d.push.flush(1_499);
    expect(s.frames).toEqual([]);
    d.push.flush(1_500);
    expect(s.heard()).toMatchObject([{ type: "delta", seq: 103, item: { id: 102 } }]);
  });

  describe("refuses", () => {
    it("strangers, and closes", () => {
      const d = open();
      const s = handSocket(d.push, null);
      expect(s.heard()).toMatchObject([{ type: "refused", code: "UNAUTHENTICATED" }]);
      expect(s.state.closed).toBe(4401);
      expect(d.push.clients).toBe(0);
    });
    it("another protocol, and whoever does not say hello, and closes", () => {
      const d = open();
      const other = handSocket(d.push);
      other.say({ type: "hello", protocol: 2 });
      const rude = handSocket(d.push);
      rude.say({ type: "subscribe", topic: "log" });
      const mute = handSocket(d.push);
      d.push.flush(10_000);
      expect(mute.state.closed).toBe(0);
      d.push.flush(10_001);
      for (const s of [other, rude, mute]) {
        expect(s.heard()).toMatchObject([{ type: "refused", code: "PROTOCOL_MISMATCH" }]);
        expect(s.state.closed).toBe(4400);
      }
    });
    it("unknown topics and noise, and goes on", () => {
      const d = open();
      const s = d.greeted();
      s.say({ type: "subscribe", topic: "weather" });
      s.say({ type: "subscribe", topic: "bars.not a ticker" });
      s.events.message("{{{");
      s.say({ type: "subscribe", topic: "log" });
      expect(s.heard().slice(1)).toMatchObject([
        { code: "TOPIC_UNKNOWN", topic: "weather" },
        { code: "TOPIC_UNKNOWN" },
        { code: "BAD_MESSAGE" },
        { type: "snapshot" },
      ]);
      expect(s.state.closed).toBe(0);
    });
    it("more than 64 topics at a time", () => {
      const d = open();
      const s = d.greeted();
      for (let i = 0; i < 65; i++)
        s.say({
          type: "subscribe",
          topic: `bars.A${String.fromCharCode(65 + (i % 26))}${String.fromCharCode(65 + Math.floor(i / 26))}`,
        });
      expect(s.heard().filter((m) => m.type === "snapshot")).toHaveLength(64);
      expect(s.heard().at(-1)).toMatchObject({ code: "BAD_MESSAGE" });
    });
  });

  describe("a slow reader", () => {
    const slow = () => {
      const d = open();
      const s = d.greeted();
      s.say({ type: "subscribe", topic: "log" });
      s.say({ type: "subscribe", topic: "news" });
      s.state.blocked = true;
      d.put("log", "1", log(1));
      d.push.flush(1_000);
      s.clear();
      return { d, s };
    };
    it("is told nothing while it is blocked, then each topic that moved once, whole", () => {
      const { d, s } = slow();
      for (let i = 2; i <= 50; i++) {
        d.put("log", String(i), log(i));
        d.push.flush(1_000 + i * 100);
      }
      expect(s.frames).toEqual([]);
      s.state.blocked = false;
      s.events.drained();
      expect(s.heard()).toMatchObject([{ type: "snapshot", topic: "log", seq: 51 }]);
      d.put("log", "51", log(51));
      d.push.flush(7_000);
      expect(s.heard().at(-1)).toMatchObject({ type: "delta", seq: 52 });
    });
    it("gets every topic whole after something was dropped", () => {
      const d = open();
      const s = d.greeted();
      s.say({ type: "subscribe", topic: "log" });
      s.say({ type: "subscribe", topic: "news" });
      s.clear();
      s.state.dropping = true;
      d.put("log", "1", log(1));
      d.push.flush(1_000);
      s.state.dropping = false;
      s.events.drained();
      expect(s.heard().map((m) => ("topic" in m ? m.topic : ""))).toEqual(["log", "news"]);
    });
    it("is told TOO_SLOW and closed after a minute, not before", () => {
      const { d, s } = slow();
      d.push.flush(60_999);
      expect(s.state.closed).toBe(0);
      d.push.flush(61_000);
      expect(s.heard()).toMatchObject([{ type: "refused", code: "TOO_SLOW" }]);
      expect(s.state.closed).toBe(4408);
      expect(d.push.clients).toBe(0);
    });
    it("does not hold up the others", () => {
      const { d, s } = slow();
      const quick = d.greeted();
      quick.say({ type: "subscribe", topic: "log" });
      quick.clear();
      d.put("log", "2", log(2));
      d.push.flush(2_000);
      expect(quick.heard()).toMatchObject([{ type: "delta", item: { id: 2 } }]);
      expect(s.frames).toEqual([]);
    });
  });

  it("beats when there was nothing to say for five seconds", () => {
    const d = open();
    const s = d.greeted();
    s.clear();
    d.push.flush(4_999);
    expect(s.frames).toEqual([]);
    d.push.flush(5_000);
    expect(s.heard()).toEqual([{ type: "beat", wallAt: 5_000 }]);
    d.push.flush(9_999);
    expect(s.frames).toHaveLength(1);
  });
  it("sends nothing of a topic that was left", () => {
    const d = open();
    const s = d.greeted();
    s.say({ type: "subscribe", topic: "log" });
    s.say({ type: "unsubscribe", topic: "log" });
    s.clear();
    d.put("log", "1", log(1));
    d.push.flush(100);
    expect(s.frames).toEqual([]);
  });
});
