import { expect, it } from "vitest";
import type { FanoutMessage } from "../../../actors/ports/fanout.ts";
import { MemoryFanout } from "../../../runtime/adapters/memory/fanout.ts";
import { MemoryFanoutServer } from "../../../runtime/adapters/memory/fanoutServer.ts";
import { memoryStreams } from "../../../runtime/adapters/memory/streams.ts";
import { machineTiming } from "../../../runtime/adapters/system/timing.ts";
import { unpackEvents } from "../../../runtime/adapters/tape/pack.ts";
import { wireText } from "../../../runtime/adapters/tape/wire.ts";
import { rootIn, traceparentOf } from "../../../runtime/adapters/telemetry/trace.ts";
import { Bridge } from "../../../runtime/bridge.ts";
import { TapePublisher } from "../../../runtime/live/wire/tapePublisher.ts";
import { dayOfTrading } from "../../contract/storeEvents.ts";

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
