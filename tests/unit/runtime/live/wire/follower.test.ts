import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Subscription } from "../../../../../actors/ports/fanout.ts";
import { MemoryFanout } from "../../../../../runtime/adapters/memory/fanout.ts";
import { MemoryFanoutServer } from "../../../../../runtime/adapters/memory/fanoutServer.ts";
import { machineTiming } from "../../../../../runtime/adapters/system/timing.ts";
import { packEvents } from "../../../../../runtime/adapters/tape/pack.ts";
import { openTape } from "../../../../../runtime/adapters/tape/reader.ts";
import { createTape } from "../../../../../runtime/adapters/tape/writer.ts";
import { type CoreAbout, CoreService } from "../../../../../runtime/live/wire/coreService.ts";
import { Follower } from "../../../../../runtime/live/wire/follower.ts";
import { RemoteFigures } from "../../../../../runtime/live/wire/gatewayRole.ts";
import { SUBJECTS } from "../../../../../runtime/live/wire/names.ts";
import { TapeReading } from "../../../../../runtime/live/wire/tapeReading.ts";
import type { TapeEvent } from "../../../../../streams/domain/event.ts";
import { fakeMarket } from "../../../../support/fakeDeck.ts";
import { fakeControls, figuresOf, limits, tapeFigures } from "../../../../support/fakePorts.ts";
import { turn } from "../../../../support/wireRig.ts";

const folder = mkdtempSync(join(tmpdir(), "tapedeck-follow-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const market = fakeMarket();
const EVENTS: readonly TapeEvent[] = [...market.open(), ...market.minute(), ...market.minute()];
const upTo = (seq: number) => EVENTS.slice(0, seq);

let server: MemoryFanoutServer;
let clients: MemoryFanout[];
let errors: unknown[];
const connect = (): MemoryFanout => {
  const fanout = new MemoryFanout(server, { timing: machineTiming, onError: (e) => errors.push(e) });
  clients.push(fanout);
  return fanout;
};

let tapes = 0;
/** A core's side: its tape, what of it is published, and its answers. */
class FakeCore {
  readonly fanout = connect();
  published = 0;
  reads = 0;
  readonly #path = join(folder, `${++tapes}.tape`);
  readonly #service: CoreService;
  readonly #reading: TapeReading;
  readonly #run: string;

  constructor(run: string, events: readonly TapeEvent[] = EVENTS) {
    this.#run = run;
    const writer = createTape(this.#path, { kind: "run", source: "fake", run });
    for (const event of events) writer.append(event);
    writer.close();
    const about = (): CoreAbout => ({ run, life: "1", mode: "simulated", limits, strategies: [], tail: this.published });
    this.#service = new CoreService({ fanout: this.fanout, controls: fakeControls(), about });
    const open = () => {
      this.reads += 1;
      return openTape(this.#path);
    };
    this.#reading = new TapeReading(this.fanout, run, open, () => this.published);
  }

  /** What the bridge passes on; `bare`: announced without its bytes. */
  say(from: number, to: number, bare = false): void {
    const events = EVENTS.slice(from - 1, to);
    const headers = { run: this.#run, from: String(from), to: String(to), at: String(1_000 + to) };
    this.fanout.publish(SUBJECTS.tape, bare ? new Uint8Array(0) : packEvents(events), headers);
  }

  stop(): void {
    this.#service.close();
    this.#reading.close();
  }
}

/** What a gateway learns. */
const followed = () => {
  const told: TapeEvent[] = [];
  const sentAt: (number | null)[] = [];
  const runs: string[] = [];
  const follower = new Follower({
    fanout: connect(),
    renewed: ({ run }) => {
      runs.push(run);
      told.length = 0;
    },
    events: (events, at) => {
      told.push(...events);
      sentAt.push(at);
    },
    delay: turn,
    say: () => {},
  });
  return { follower, told, sentAt, runs };
};

beforeEach(() => {
  server = new MemoryFanoutServer();
  clients = [];
  errors = [];
});
afterEach(async () => {
  for (const one of clients) await one.close();
  expect(errors).toEqual([]);
});

describe("a follower of the tape", () => {
  it("that comes late gets everything from the first entry, and no more than is published", async () => {
    const core = new FakeCore("a");
    core.published = 20;
    const { follower, told, runs, sentAt } = followed();
    await follower.look();
    expect(told).toEqual(upTo(20));
    expect(new Set(sentAt)).toEqual(new Set([null]));
    expect([runs, follower.seq, follower.missing]).toEqual([["a"], 20, null]);
  });

  it("hears what comes, once, with the time it was sent", async () => {
    const core = new FakeCore("a");
    const { follower, told, sentAt } = followed();
    await follower.look();
    for (const [from, to] of [
      [1, 4],
      [1, 4],
      [5, 5],
      [3, 8],
      [2, 6],
    ] as const)
      core.say(from, to);
    await expect.poll(() => follower.seq).toBe(8);
    expect(told).toEqual(upTo(8));
    expect(sentAt).toEqual([1_004, 1_005, 1_008]);
    expect(core.reads).toBe(0);
  });

  it("fetches what it missed before it goes on", async () => {
    const core = new FakeCore("a");
    const { follower, told } = followed();
    await follower.look();
    core.say(1, 3);
    core.published = 12;
    core.say(9, 10);
    core.say(11, 12);
    await expect.poll(() => follower.seq).toBe(12);
    core.say(13, 15);
    await expect.poll(() => follower.seq).toBe(15);
    expect(told).toEqual(upTo(15));
  });

  it("fetches a pack that was too large to be sent along", async () => {
    const core = new FakeCore("a");
    const { follower, told } = followed();
    await follower.look();
    core.published = 6;
    core.say(1, 6, true);
    await expect.poll(() => follower.seq).toBe(6);
    expect(told).toEqual(upTo(6));
  });

  it("has what was sent before it knew of the core, in order", async () => {
    const { follower, told, runs } = followed();
    await follower.look();
    expect(follower.missing).toMatch(/the core does not answer: no answer on deck.about/);
    const core = new FakeCore("a");
    core.say(1, 3);
    core.say(4, 6);
    core.published = 3;
    await turn();
    await follower.look();
    await expect.poll(() => told.length).toBe(6);
    expect([told, runs]).toEqual([upTo(6), ["a"]]);
  });

  it("begins anew with another run, and leaves out what the old one still says", async () => {
    const first = new FakeCore("a");
    first.published = 9;
    const { follower, told, runs } = followed();
    await follower.look();
    first.stop();
    const second = new FakeCore("b");
    second.published = 4;
    second.say(1, 4);
    await expect.poll(() => follower.about?.run).toBe("b");
    first.say(10, 12);
    await expect.poll(() => follower.seq).toBe(4);
    await follower.look();
    expect([told, runs]).toEqual([upTo(4), ["a", "b"]]);
  });

  it("takes no answer of the old run for the new one", async () => {
    const first = new FakeCore("a");
    const { follower, told, runs } = followed();
    await follower.look();
    first.stop();
    const answers: (() => void)[] = [];
    const late: Subscription = first.fanout.respond(SUBJECTS.read, async () => {
      await new Promise<void>((done) => answers.push(done));
      return packEvents(upTo(7));
    });
    first.say(3, 7); // a gap: asks the old core, which takes its time
    await expect.poll(() => answers.length).toBe(1);
    late.close();
    const second = new FakeCore("b", EVENTS.slice(0, 2));
    second.published = 2;
    await follower.look();
    answers[0]?.();
    await expect.poll(() => follower.seq).toBe(2);
    expect([told, runs]).toEqual([upTo(2), ["a", "b"]]);
  });

  it("says so while the core is silent, keeps what it has, and goes on", async () => {
    const core = new FakeCore("a");
    core.published = 5;
    const { follower, told } = followed();
    expect(follower.missing).toBe("no core has been heard of yet");
    await follower.look();
    core.stop();
    await follower.look();
    expect(follower.missing).toMatch(/does not answer/);
    expect(told).toEqual(upTo(5));
    const again = new FakeCore("a");
    again.published = 8;
    await follower.look();
    expect([follower.missing, told]).toEqual([null, upTo(8)]);
  });

  it("asks by itself until it is stopped", async () => {
    const { follower, told } = followed();
    const running = follower.run();
    const core = new FakeCore("a");
    core.published = EVENTS.length;
    await expect.poll(() => follower.seq).toBe(EVENTS.length);
    follower.stop();
    await running;
    expect(told).toEqual(EVENTS);
  });
});

describe("a report of a core elsewhere", () => {
  const part = (n: number, parts: number, path: string) => ({
    run: "a",
    part: n,
    parts,
    actors: [figuresOf(path)],
    letters: [],
    tape: tapeFigures(fakeControls()),
  });

  it("is whole or is not shown", () => {
    const remote = new RemoteFigures();
    const paths = () => remote.actors.map((a) => a.path);
    for (const p of [part(0, 2, "a"), part(1, 2, "b")]) remote.hear(p);
    expect(paths()).toEqual(["a", "b"]);
    remote.hear(part(1, 2, "lost its first"));
    expect(paths()).toEqual(["a", "b"]);
    for (const p of [part(0, 2, "c"), part(0, 2, "d"), part(1, 2, "e")]) remote.hear(p);
    expect(paths()).toEqual(["d", "e"]);
  });
});
