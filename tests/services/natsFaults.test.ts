import { jetstreamManager } from "@nats-io/jetstream";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Lease } from "../../actors/ports/leases.ts";
import type { NatsLink } from "../../runtime/adapters/nats/connection.ts";
import { NatsFanout } from "../../runtime/adapters/nats/fanout.ts";
import { NatsJobs } from "../../runtime/adapters/nats/jobs.ts";
import { NatsLeases } from "../../runtime/adapters/nats/leases.ts";
import { machineTiming } from "../../runtime/adapters/system/timing.ts";
import { link } from "./natsServer.ts";
import { natsServerPath, OwnNats } from "./ownNats.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (body: Uint8Array): string => new TextDecoder().decode(body);
const soon = { timeout: 30_000, interval: 20 };
const onError = (error: unknown): never => {
  throw error;
};

const removeAll = async (line: NatsLink): Promise<void> => {
  const jsm = await jetstreamManager(line.nc);
  for await (const { config } of jsm.streams.list()) await jsm.streams.delete(config.name);
};

const program = natsServerPath();
describe.skipIf(program === null)(`a NATS server that fails${program === null ? " (no nats-server on PATH)" : ""}`, () => {
  let server: OwnNats;
  let lines: NatsLink[];
  let troubles: string[];
  beforeEach(async () => {
    server = await OwnNats.start(program ?? "");
    lines = [];
    troubles = [];
  });
  afterEach(async () => {
    for (const line of lines) await line.close();
    await server.dispose();
  });
  const line = async (): Promise<NatsLink> => {
    const opened = await link(server.url, (trouble) => troubles.push(trouble));
    lines.push(opened);
    return opened;
  };
  /** Until a server that was away is known again. */
  const ready = () => expect.poll(() => lines.map((one) => one.state), soon).toEqual(lines.map(() => "ready"));
  const lost = () => expect.poll(() => lines.map((one) => one.state), soon).toEqual(lines.map(() => "lost"));
  const restart = async () => {
    await server.kill();
    await lost();
    await server.start();
    await ready();
  };

  it("is an error at the start that the caller may answer by trying again", async () => {
    await server.kill();
    await expect(link(server.url)).rejects.toThrow();
    await server.start();
    expect((await line()).state).toBe("ready");
  });

  it("knows who may come in, and tells nobody the password", async () => {
    const guarded = await OwnNats.start(program ?? "", "deck", "s3cret/@");
    try {
      const opened = await link(guarded.url, (trouble) => troubles.push(trouble));
      lines.push(opened);
      const wrong = await link(guarded.url.replace("s3cret", "wr0ng")).catch((error: unknown) => error);
      expect(wrong).toBeInstanceOf(Error);
      expect(String(wrong)).not.toContain("wr0ng");
      await guarded.kill();
      await lost();
      await guarded.start();
      await ready();
      expect(troubles.length).toBeGreaterThan(0);
      expect(troubles.join()).not.toContain("s3cret");
    } finally {
      await guarded.dispose();
    }
  });

  it("hears again after a restart, answers again, and tells of both", async () => {
    const [here, there] = [new NatsFanout({ link: await line(), onError }), new NatsFanout({ link: await line(), onError })];
    const heard: string[] = [];
    const states: string[] = [];
    here.onState((state) => states.push(state));
    there.subscribe("a.>", (m) => heard.push(text(m.body)));
    there.respond("score", (body) => body);
    await there.flush();
    here.publish("a.b", bytes("before"));
    await expect.poll(() => heard, soon).toEqual(["before"]);
    await restart();
    await there.flush();
    here.publish("a.b", bytes("after"));
    await expect.poll(() => heard, soon).toEqual(["before", "after"]);
    expect(text(await here.request("score", bytes("x"), 5_000))).toBe("x");
    expect(states).toEqual(["lost", "ready"]);
    expect(troubles.filter((trouble) => trouble.includes("lost the server"))).toHaveLength(2);
    expect(troubles.filter((trouble) => trouble.includes("connected again"))).toHaveLength(2);
  });

  it("keeps the newest of what is published while it is away, in order", async () => {
    const here = new NatsFanout({ link: await line(), onError, maxMessages: 10 });
    const heard: string[] = [];
    here.subscribe("a", (m) => heard.push(text(m.body)));
    await here.flush();
    await server.kill();
    await lost();
    for (let i = 0; i < 25; i++) here.publish("a", bytes(String(i)));
    expect(here.dropped).toBe(15);
    const flushed = here.flush();
    await server.start();
    await flushed;
    here.publish("a", bytes("next"));
    await expect.poll(() => heard, soon).toEqual([...Array.from({ length: 10 }, (_, i) => String(i + 15)), "next"]);
  });

  it("holds back, within its bound, what a stopped server does not take", async () => {
    const [here, there] = [
      new NatsFanout({ link: await line(), onError, maxBytes: 4 * 1_048_576 }),
      new NatsFanout({ link: await line(), onError }),
    ];
    const heard: number[] = [];
    there.subscribe("a", (m) => heard.push(new DataView(m.body.buffer, m.body.byteOffset).getUint32(0)));
    await there.flush();
    server.stop();
    const count = 1_000;
    for (let i = 0; i < count; i++) {
      const body = new Uint8Array(64 * 1_024);
      new DataView(body.buffer).setUint32(0, i);
      here.publish("a", body);
    }
    // 62 MB were said: 8 are on their way, 4 wait.
    expect(here.dropped).toBeGreaterThan(700);
    server.goOn();
    await expect.poll(() => heard.at(-1), soon).toBe(count - 1);
    expect(heard).toEqual([...heard].sort((a, b) => a - b));
    expect(heard.length + here.dropped).toBe(count);
  });

  it("keeps jobs over a restart: submitted, taken, done and dead ones", async () => {
    const [here, there] = [
      await NatsJobs.open({ link: await line(), ackWaitMs: 2_000 }),
      await NatsJobs.open({ link: await line(), ackWaitMs: 2_000 }),
    ];
    for (let i = 0; i < 20; i++) await here.submit("q", `${i}`, bytes(`${i}`));
    const done: string[] = [];
    const first = await there.take("q", 5_000);
    await first?.done();
    done.push(first?.id ?? "");
    await (await there.take("q", 5_000))?.giveUp("never");
    const held = await there.take("q", 5_000);

    await server.kill();
    await lost();
    const late = here.submit("q", "late", bytes("late")); // borne until it is back
    const waiting = there.take("other", 20_000);
    const finishing = held?.done();
    await server.start();
    await Promise.all([late, finishing]);
    done.push(held?.id ?? "");
    await here.submit("other", "1", bytes("x"));
    expect((await waiting)?.id).toBe("1");

    await expect
      .poll(async () => {
        const job = await there.take("q", 200);
        if (job) {
          await job.done();
          done.push(job.id);
        }
        return there.waiting("q");
      }, soon)
      .toBe(0);
    const dead = await here.dead("q", 10);
    expect(dead.map((job) => job.reason)).toEqual(["never"]);
    // At least once: what was done as the server died may come again, nothing may be missing.
    expect([...new Set([...done, ...dead.map((job) => job.id)])].sort()).toEqual(
      [...Array.from({ length: 20 }, (_, i) => `${i}`), "late"].sort(),
    );
  });

  const leasesOf = async (ttlMs: number) => NatsLeases.open({ link: await line(), timing: machineTiming, ttlMs });

  it("keeps a lease over a restart shorter than the lease", async () => {
    const [here, there] = [await leasesOf(20_000), await leasesOf(20_000)];
    const lease = await here.acquire("account.main", "here");
    await restart();
    expect(lease?.held()).toBe(true);
    expect(await there.holderOf("account.main")).toMatchObject({ holder: "here", epoch: lease?.epoch });
    expect(await there.acquire("account.main", "there")).toBeNull();
    await lease?.release();
    expect((await there.acquire("account.main", "there"))?.epoch).toBeGreaterThan(lease?.epoch ?? Number.NaN);
  });

  it("loses a lease when it is away too long; the next epoch is greater all the same", async () => {
    const [here, there] = [await leasesOf(1_500), await leasesOf(1_500)];
    const lease = (await here.acquire("account.main", "here")) as Lease;
    const whys: string[] = [];
    lease.onLost((why) => whys.push(why));
    const turn = there.wait("account.main", "there", new AbortController().signal);
    await server.kill();
    await expect.poll(() => whys, soon).toHaveLength(1);
    expect(lease.held()).toBe(false);
    await server.start();
    const next = await turn;
    expect(next?.held()).toBe(true);
    expect(next?.epoch).toBeGreaterThan(lease.epoch);
    expect(lease.held()).toBe(false);
    expect(whys).toHaveLength(1);
  });

  it("loses every lease when it stands still longer than they last, and gives them out anew", async () => {
    const [here, there] = [await leasesOf(1_500), await leasesOf(1_500)];
    const lease = (await here.acquire("account.main", "here")) as Lease;
    let why = "";
    lease.onLost((reason) => {
      why = reason;
    });
    const turn = there.wait("account.main", "there", new AbortController().signal);
    server.stop();
    await expect.poll(() => why, soon).toContain("not renewed");
    expect(lease.held()).toBe(false);
    server.goOn();
    const next = await turn;
    expect(next?.held()).toBe(true);
    expect(next?.epoch).toBeGreaterThan(lease.epoch);
    expect(await here.acquire("account.main", "here")).toBeNull();
  });

  it("can be let go of while it is away", async () => {
    const here = await line();
    const fanout = new NatsFanout({ link: here, onError });
    const jobs = await NatsJobs.open({ link: here });
    const leases = await NatsLeases.open({ link: here, timing: machineTiming, ttlMs: 3_000 });
    const lease = await leases.acquire("account.main", "here");
    fanout.subscribe("a", () => undefined);
    fanout.respond("b", (body) => body);
    await fanout.flush();
    const [taking, waiting] = [jobs.take("q", 20_000), leases.wait("account.main", "again", new AbortController().signal)];
    await server.kill();
    await lost();
    fanout.publish("a", bytes("never"));
    const flushing = expect(fanout.flush()).rejects.toThrow("closed");
    await Promise.all([fanout.close(), jobs.close(), leases.close()]);
    await flushing;
    expect([await taking, await waiting, lease?.held(), fanout.dropped]).toEqual([null, null, false, 1]);
    await here.close();
    expect(here.state).toBe("lost");
  });

  it("makes streams again that somebody removed", async () => {
    const here = await line();
    const jobs = await NatsJobs.open({ link: here });
    await jobs.submit("q", "1", bytes("x"));
    expect((await jobs.take("q", 5_000))?.id).toBe("1");
    await removeAll(here);
    expect(await jobs.take("q", 300)).toBeNull();
    await jobs.submit("q", "2", bytes("x"));
    await expect.poll(async () => (await jobs.take("q", 300))?.id, soon).toBe("2");
  });

  it("says why leases of another length will not do while one is held", async () => {
    const lease = await (await leasesOf(5_000)).acquire("account.main", "here");
    await expect(leasesOf(6_000)).rejects.toThrow("TAPEDECK_LEASE_MS must be the same for all");
    await lease?.release();
  });
});
