import { beforeEach, describe, expect, it } from "vitest";
import type { FanoutMessage } from "../../../actors/ports/fanout.ts";
import type { DurableStreams, Message } from "../../../actors/ports/streams.ts";
import { MemoryFanout } from "../../../runtime/adapters/memory/fanout.ts";
import { MemoryFanoutServer } from "../../../runtime/adapters/memory/fanoutServer.ts";
import { type MemoryStreamServer, memoryStreamServer } from "../../../runtime/adapters/memory/streams.ts";
import { machineTiming } from "../../../runtime/adapters/system/timing.ts";
import { packEvents, unpackEvents } from "../../../runtime/adapters/tape/pack.ts";
import { wireText } from "../../../runtime/adapters/tape/wire.ts";
import { Bridge, type BridgeOptions } from "../../../runtime/bridge.ts";
import { streamOf, subjectsOf, type TapeEvent } from "../../../streams/domain/event.ts";
import { fakeMarket } from "../../support/fakeDeck.ts";
import { turn } from "../../support/wireRig.ts";

const market = fakeMarket();
const EVENTS: readonly TapeEvent[] = [market.open(), ...Array.from({ length: 40 }, () => market.minute())].flat();
const decisions = EVENTS.filter((e) => !/^(market|news)\./.test(e.type));

const entry = (run: string, from: number, to: number): Message => ({
  headers: { run, from: String(from), to: String(to), at: "100" },
  body: packEvents(EVENTS.slice(from - 1, to)),
});

let server: MemoryStreamServer;
let streams: DurableStreams;
let fanouts: MemoryFanoutServer;
let heard: FanoutMessage[];
let said: string[];
let on: { run: string; stream: string } | null;
beforeEach(() => {
  server = memoryStreamServer({ now: () => 100 });
  streams = server.connect();
  fanouts = new MemoryFanoutServer();
  heard = [];
  said = [];
  on = { run: "r", stream: "tape:r" };
  const own = heard;
  connect().subscribe(">", (m) => own.push(m));
});
const connect = (): MemoryFanout =>
  new MemoryFanout(fanouts, {
    timing: machineTiming,
    onError: (e) => {
      throw e;
    },
  });
const append = (...messages: readonly Message[]) => streams.append("tape:r", messages);
/** All events, in entries of `size`. */
const entries = (size: number, run = "r"): Message[] =>
  Array.from({ length: Math.ceil(EVENTS.length / size) }, (_, i) =>
    entry(run, i * size + 1, Math.min(EVENTS.length, (i + 1) * size)),
  );

const bridgeOn = (more: Partial<BridgeOptions> = {}) => {
  const bridge = new Bridge({
    streams: server.connect(),
    fanout: connect(),
    current: async () => on,
    unpack: unpackEvents,
    text: wireText,
    packs: "deck.tape",
    bridged: "bridged",
    node: "b",
    delay: turn,
    now: () => 130,
    say: (line) => said.push(line),
    ...more,
  });
  const running = bridge.run();
  return {
    bridge,
    running,
    stop: async () => {
      await bridge.stop();
      await running;
      await allHeard();
    },
  };
};
const passed = async (stream = "tape:r"): Promise<boolean> => {
  const group = (await streams.figures([stream]))[0]?.groups.find((g) => g.group === "bridge");
  return group !== undefined && group.lag === 0 && group.pending === 0;
};
/** A subscriber hears a slice at a time. */
const allHeard = async (): Promise<void> => {
  for (let before = -1; before !== heard.length; ) {
    before = heard.length;
    await turn();
    await turn();
  }
};
const packsHeard = () => heard.filter((m) => m.subject === "deck.tape");
const linesHeard = () => heard.filter((m) => m.subject !== "deck.tape").map((m) => [m.subject, Buffer.from(m.body).toString()]);
const linesOf = (events: readonly TapeEvent[]) => events.flatMap((e) => subjectsOf(e).map((s) => [s, wireText(e)]));
/** What is on a decision stream, an event a line. */
const decided = async (stream: string): Promise<string[]> =>
  (await streams.read(stream, "0", 10_000)).flatMap((e) => Buffer.from(e.body).toString().split("\n"));

/** Streams of which one method fails so many times; `after`: what it did stands. */
const failing = (method: "ack" | "put", times: number, after: boolean): DurableStreams => {
  const real = server.connect();
  let left = times;
  const once = (target: object, key: string | symbol): unknown => {
    const value = Reflect.get(target, key) as unknown;
    if (typeof value !== "function") return value;
    if (key !== method || left === 0) return value.bind(target);
    return async (...args: unknown[]) => {
      left -= 1;
      if (after) await value.apply(target, args);
      throw new Error("the process died");
    };
  };
  return new Proxy(real, {
    get: (target, key) =>
      key === "consume"
        ? async (...args: Parameters<DurableStreams["consume"]>) =>
            new Proxy(await target.consume(...args), { get: (consumer, k) => once(consumer, k) })
        : once(target, key),
  });
};

describe("a bridge", () => {
  it("passes each entry on whole, each event to its subjects, and decisions to their streams, once and in order", async () => {
    await append(...entries(7));
    const { bridge, stop } = bridgeOn();
    await expect.poll(() => passed()).toBe(true);
    await stop();
    expect(packsHeard().flatMap((m) => unpackEvents(m.body))).toEqual(EVENTS);
    expect(packsHeard()[1]?.headers).toEqual({ run: "r", from: "8", to: "14", at: "100" });
    expect(linesHeard()).toEqual(linesOf(EVENTS));
    const names = new Set(decisions.map(streamOf));
    expect([...names]).toEqual(expect.arrayContaining(["signals:generated", "orders", "trades"]));
    for (const name of names)
      expect(await decided(name)).toEqual(decisions.filter((e) => streamOf(e) === name).map((e) => wireText(e)));
    expect(await streams.length("market:bars")).toBe(0);
    expect(bridge.figures).toEqual({ entries: entries(7).length, events: EVENTS.length, lagMs: 30, setAside: 0 });
    expect(await streams.get("bridged")).toBe(`r ${EVENTS.length}`);
  });

  it("that died before it acknowledged passes nothing on twice", async () => {
    await append(...entries(10));
    const dying = bridgeOn({ streams: failing("ack", 1, false) });
    await expect(dying.running).rejects.toThrow("the process died");
    expect(await passed()).toBe(false);
    const { stop } = bridgeOn();
    await expect.poll(() => passed()).toBe(true);
    await stop();
    expect(linesHeard()).toEqual(linesOf(EVENTS));
    expect((await decided("signals:generated")).length).toBe(decisions.filter((e) => e.type === "signal.generated").length);
  });

  it("that died before it noted how far it came passes the same on again, in order", async () => {
    await append(entry("r", 1, 5));
    const dying = bridgeOn({ streams: failing("put", 1, false) });
    await expect(dying.running).rejects.toThrow("the process died");
    const { stop } = bridgeOn();
    await expect.poll(() => passed()).toBe(true);
    await stop();
    const once = linesOf(EVENTS.slice(0, 5));
    expect(linesHeard()).toEqual([...once, ...once]);
  });

  it("sends again what may have been lost on the way", async () => {
    await append(entry("r", 1, 3));
    const fanout = connect();
    let broken = 2;
    const flaky = new Proxy(fanout, {
      get: (target, key) => {
        const value = Reflect.get(target, key) as unknown;
        if (key !== "flush" || broken === 0) return typeof value === "function" ? value.bind(target) : value;
        return async () => {
          broken -= 1;
          throw new Error("the connection broke");
        };
      },
    });
    const { bridge, stop } = bridgeOn({ fanout: flaky });
    await expect.poll(() => passed()).toBe(true);
    await stop();
    expect(packsHeard().map((m) => m.headers.to)).toEqual(["3", "3", "3"]);
    expect(bridge.figures.entries).toBe(1);
  });

  it.each([
    ["a damaged body", (m: Message): Message => ({ ...m, body: m.body.slice(0, -1) }), /cannot be read/],
    ["no body", (m: Message): Message => ({ ...m, body: new Uint8Array(0) }), /ends with undefined/],
    ["a wrong last entry", (m: Message): Message => ({ ...m, headers: { ...m.headers, to: "9" } }), /names 9 as its last entry/],
    ["no last entry", ({ body }: Message): Message => ({ headers: {}, body }), /names undefined/],
  ])("sets an entry aside that has %s, with the reason, and goes on", async (_, broken, reason) => {
    await append(entry("r", 1, 3), broken(entry("r", 4, 6)), entry("r", 7, 8));
    const { stop } = bridgeOn();
    await expect.poll(() => passed()).toBe(true);
    await stop();
    expect(linesHeard()).toEqual(linesOf([...EVENTS.slice(0, 3), ...EVENTS.slice(6, 8)]));
    const letters = await streams.deadLetters("tape:r", 10);
    expect(letters.map((l) => [l.group, reason.test(l.reason)])).toEqual([["bridge", true]]);
    expect(said.length).toBe(1);
  });

  it("announces an entry that is too large for the fan-out, without its bytes", async () => {
    const large = Array.from({ length: 9_000 }, (_, i) => ({ ...(EVENTS[i % 30] as TapeEvent), seq: i + 1 }) as TapeEvent);
    const body = packEvents(large);
    expect(body.length).toBeGreaterThan(900_000);
    await append({ headers: { run: "r", from: "1", to: "9000" }, body });
    const { stop } = bridgeOn();
    await expect.poll(() => passed(), { timeout: 5_000 }).toBe(true);
    await stop();
    expect(packsHeard().map((m) => [m.headers.to, m.body.length])).toEqual([["9000", 0]]);
  });

  it("passes the rest of a run on before the next one", async () => {
    await append(entry("r", 1, 4));
    await streams.append("tape:s", [entry("s", 1, 2)]);
    on = null;
    const { stop } = bridgeOn();
    await turn();
    expect(heard).toEqual([]);
    on = { run: "r", stream: "tape:r" };
    await expect.poll(() => passed()).toBe(true);
    on = { run: "s", stream: "tape:s" };
    await expect.poll(() => passed("tape:s"), { timeout: 5_000 }).toBe(true);
    await stop();
    expect(packsHeard().map((m) => `${m.headers.run} ${m.headers.to}`)).toEqual(["r 4", "s 2"]);
  });
});
