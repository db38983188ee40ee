import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FanoutMessage } from "../../actors/ports/fanout.ts";
import type { About } from "../../actors/ports/telemetry.ts";
import { MemoryFanout } from "../../runtime/adapters/memory/fanout.ts";
import { MemoryFanoutServer } from "../../runtime/adapters/memory/fanoutServer.ts";
import { memoryStreams } from "../../runtime/adapters/memory/streams.ts";
import { machineTiming } from "../../runtime/adapters/system/timing.ts";
import { unpackEvents } from "../../runtime/adapters/tape/pack.ts";
import { wireText } from "../../runtime/adapters/tape/wire.ts";
import { chunkTraceparent, rootIn, traceIdOf, traceparentOf } from "../../runtime/adapters/telemetry/trace.ts";
import { Bridge } from "../../runtime/bridge.ts";
import { TapePublisher } from "../../runtime/live/wire/tapePublisher.ts";
import { OrderLog } from "../../runtime/telemetry/orderLog.ts";
import { dayOfTrading } from "../contract/storeEvents.ts";

/** W3C Trace Context, version 00: neither id may be all zeros. */
const TRACEPARENT = /^00-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-01$/;

describe("trace ids", () => {
  it("have the form that collectors of traces take, whatever they name", () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(), fc.nat(), (run, root, seq) => {
        expect(traceparentOf(run, root, seq)).toMatch(TRACEPARENT);
        expect(chunkTraceparent(run, "news", seq)).toMatch(TRACEPARENT);
      }),
    );
  });

  it("are the same wherever and whenever they are made", () => {
    // sha256 of "s1f2e3d4c5:7", as any other program computes it
    expect(traceIdOf("s1f2e3d4c5", 7)).toBe("288234afc684aeaeac595f80352c48f0");
    expect(traceparentOf("s1f2e3d4c5", 7, 9).split("-")[1]).toBe(traceIdOf("s1f2e3d4c5", 7));
  });

  it("differ by run, by root, and within a trace by entry", () => {
    expect(traceIdOf("a", 1)).not.toBe(traceIdOf("b", 1));
    expect(traceIdOf("a", 1)).not.toBe(traceIdOf("a", 2));
    expect(traceparentOf("a", 1, 2)).not.toBe(traceparentOf("a", 1, 3));
    expect(chunkTraceparent("a:1", "news", 5)).not.toBe(chunkTraceparent("a:1", "market", 5));
  });

  it("go back to the input behind a chain of causes, as far as the stretch tells", () => {
    const entries = [
      { seq: 5, cause: 0 },
      { seq: 6, cause: 5 },
      { seq: 7, cause: 6 },
      { seq: 8, cause: 2 },
    ];
    expect(entries.map((e) => rootIn(entries, e))).toEqual([5, 5, 5, 2]);
  });
});

it("an order keeps its trace from its submission to its last fill, over several seals", () => {
  const lines: About[] = [];
  const log = new OrderLog("r", (_line, about) => void (about && lines.push(about)));
  for (const event of dayOfTrading) log.hear([event]);
  const submitted = dayOfTrading.filter((e) => e.type === "order.submitted");
  expect(submitted.length).toBeGreaterThan(1);
  for (const { order } of submitted) {
    const about = lines.filter((l) => l.order === order.id);
    expect(new Set(about.map((l) => l.traceId)).size, order.id).toBe(1);
    expect(about[0]).toMatchObject({ event: "order.submitted", level: "debug", run: "r" });
  }
});

it("a trace goes with an entry of the tape to the stream, the gateways, and what was decided", async () => {
  const streams = memoryStreams();
  const heard: FanoutMessage[] = [];
  const onError = (error: unknown): never => {
    throw error;
  };
  const fanout = new MemoryFanout(new MemoryFanoutServer(), { timing: machineTiming, onError });
  fanout.subscribe(">", (message) => heard.push(message));
  const publisher = new TapePublisher({
    streams,
    node: "n",
    run: "r",
    epoch: 1,
    tail: 0,
    now: () => 0,
    published: () => undefined,
    failed: (error) => {
      throw error;
    },
  });
  publisher.offer(dayOfTrading);
  const trace = traceparentOf("r", rootIn(dayOfTrading, dayOfTrading[0] as (typeof dayOfTrading)[0]), 1);
  const bridge = new Bridge({
    streams,
    fanout,
    current: async () => ({ run: "r", stream: "tape:r" }),
    unpack: unpackEvents,
    text: wireText,
    packs: "packs",
    bridged: "bridged",
    node: "n",
    delay: async () => undefined,
    now: () => 0,
    say: () => undefined,
  });
  const running = bridge.run();
  await expect.poll(() => streams.length("orders")).toBe(1);
  await bridge.stop();
  await running;
  await fanout.close();
  expect((await streams.last("tape:r"))?.headers.traceparent).toBe(trace);
  expect((await streams.last("orders"))?.headers.traceparent).toBe(trace);
  const of = (subject: RegExp) => heard.filter((m) => subject.test(m.subject)).map((m) => m.headers.traceparent);
  expect(of(/^packs$/)).toEqual([trace]);
  expect(new Set(of(/^order\./))).toEqual(new Set([trace]));
  expect(new Set(of(/^market\./))).toEqual(new Set([undefined]));
  await streams.close();
});
