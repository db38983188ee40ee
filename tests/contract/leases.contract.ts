import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Lease, Leases } from "../../actors/ports/leases.ts";

/** One process, which can be stopped and goes on later, as by SIGSTOP and SIGCONT. */
export interface LeaseClient {
  readonly leases: Leases;
  stop(): void;
  goOn(): void;
}
export interface LeasesUnderTest {
  open(): Promise<LeaseClient>;
  /** Asks until it is there, while time goes by. */
  until<T>(probe: () => Promise<T | null | undefined | false>): Promise<T>;
  /** Lets that much time go by. */
  pass(ms: number): Promise<void>;
  dispose(): Promise<void>;
}

const never = new AbortController().signal;

/** What all leases do, whatever they are made of. */
export const leasesContract = (adapter: string, create: () => Promise<LeasesUnderTest>) =>
  describe(`leases contract: ${adapter}`, () => {
    let under: LeasesUnderTest;
    let a: LeaseClient;
    let b: LeaseClient;
    beforeEach(async () => {
      under = await create();
      a = await under.open();
      b = await under.open();
    });
    afterEach(() => under.dispose());

    const won = async (client: LeaseClient, name = "account.main"): Promise<Lease> =>
      under.until(() => client.leases.acquire(name, "n"));
    const told = (lease: Lease): string[] => {
      const whys: string[] = [];
      lease.onLost((why) => whys.push(why));
      return whys;
    };

    it("has one holder", async () => {
      const all = await Promise.all([a, b, a, b].map((client) => client.leases.acquire("account.main", "same name")));
      expect(all.filter((lease) => lease !== null)).toHaveLength(1);
      const lease = all.find((one) => one !== null);
      expect(lease?.held()).toBe(true);
      expect(lease?.name).toBe("account.main");
      expect(await b.leases.acquire("account.main", "b")).toBeNull();
      expect(await b.leases.acquire("account.other", "b")).not.toBeNull();
    });

    it("is renewed by itself, under the same epoch", async () => {
      const lease = await won(a);
      const whys = told(lease);
      for (let i = 0; i < 10; i++) {
        await under.pass(a.leases.ttlMs / 4);
        expect(lease.held()).toBe(true);
        expect(await b.leases.acquire("account.main", "b")).toBeNull();
      }
      expect((await b.leases.holderOf("account.main"))?.epoch).toBe(lease.epoch);
      expect(whys).toEqual([]);
    });

    it("is free at once when it is let go, and the next epoch is greater", async () => {
      const epochs: number[] = [];
      for (const client of [a, b, a, a, b]) {
        const lease = await client.leases.acquire("account.main", "n");
        const whys = lease && told(lease);
        epochs.push(lease?.epoch ?? Number.NaN);
        await under.pass(client.leases.ttlMs / 2); // so that it was renewed
        await lease?.release();
        expect(lease?.held()).toBe(false);
        expect(whys).toEqual([]);
        expect(await a.leases.holderOf("account.main")).toBeNull();
      }
      expect(epochs).toEqual([...new Set(epochs)].sort((x, y) => x - y));
      expect(epochs).toHaveLength(5);
    });

    it("lets nobody go twice", async () => {
      const lease = await won(a);
      await lease.release();
      const next = await won(b);
      await lease.release();
      expect(next.held()).toBe(true);
      expect(await a.leases.holderOf("account.main")).toMatchObject({ epoch: next.epoch });
    });

    it("runs out when its holder is silent; who was stopped sees it at the first look and gets nothing back", async () => {
      const lease = await won(a);
      const whys = told(lease);
      a.stop();
      const next = await won(b);
      expect(lease.held()).toBe(false);
      expect(next.epoch).toBeGreaterThan(lease.epoch);
      a.goOn();
      await under.until(async () => whys.length > 0);
      expect(lease.held()).toBe(false);
      await under.pass(a.leases.ttlMs);
      expect(next.held()).toBe(true);
      expect(await a.leases.holderOf("account.main")).toMatchObject({ epoch: next.epoch });
      expect(whys).toEqual([expect.stringContaining("not renewed")]);
      expect(told(lease)).toEqual(whys);
      await lease.release();
      expect(await a.leases.holderOf("account.main")).toMatchObject({ epoch: next.epoch });
    });

    it("is out by the holder's own clock even when nobody else wants it", async () => {
      const lease = await won(a);
      a.stop();
      await under.pass(a.leases.ttlMs + 1);
      expect(lease.held()).toBe(false);
    });

    it("gives a waiting process its turn as soon as it is free", async () => {
      const lease = await won(a);
      let next: Lease | null = null;
      const waiting = b.leases.wait("account.main", "b", never, "waited").then((got) => {
        next = got;
      });
      await under.pass(a.leases.ttlMs * 1.5);
      expect(next).toBeNull();
      await lease.release();
      await under.until(async () => next !== null);
      await waiting;
      expect(await a.leases.holderOf("account.main")).toMatchObject({ holder: "b", about: "waited" });
    });

    it("gives it to one of several who wait for a silent holder", async () => {
      await won(a);
      const [c, d] = [await under.open(), await under.open()];
      const got: (Lease | null)[] = [];
      const stop = new AbortController();
      const waits = [b, c, d].map((one) => one.leases.wait("account.main", "w", stop.signal).then((lease) => got.push(lease)));
      a.stop();
      await under.until(async () => got.length > 0);
      await under.pass(a.leases.ttlMs);
      expect(got).toHaveLength(1);
      expect(got[0]?.held()).toBe(true);
      stop.abort();
      await Promise.all(waits);
      expect(got.slice(1)).toEqual([null, null]);
    });

    it("does not wait once the signal is aborted", async () => {
      await won(a);
      expect(await b.leases.wait("account.main", "b", AbortSignal.abort())).toBeNull();
    });

    it("says who holds what, any name", async () => {
      const names = ["job.1", "job.2", "job/ü *>.", "account.main", "job_2e1"];
      const leases = await Promise.all(names.map((name, i) => a.leases.acquire(name, `node ${i}`, `about "${name}"`)));
      expect((await b.leases.list("job")).map((h) => h.name)).toEqual([...names.filter((n) => n.startsWith("job"))].sort());
      expect(await b.leases.list("job.")).toEqual([
        { name: "job.1", holder: "node 0", epoch: leases[0]?.epoch, about: 'about "job.1"' },
        { name: "job.2", holder: "node 1", epoch: leases[1]?.epoch, about: 'about "job.2"' },
      ]);
      expect(await b.leases.list("")).toHaveLength(5);
      expect(await b.leases.holderOf("job/ü *>.")).toMatchObject({ holder: "node 2" });
      expect(await b.leases.holderOf("nobody's")).toBeNull();
      await leases[0]?.release();
      expect((await b.leases.list("job.")).map((h) => h.name)).toEqual(["job.2"]);
    });

    it("lets all go when it is closed", async () => {
      const lease = await won(a);
      const waiting = a.leases.wait("held by b", "a", never);
      await a.leases.close();
      expect(lease.held()).toBe(false);
      expect(await b.leases.acquire("account.main", "b")).not.toBeNull();
      expect((await waiting)?.held() ?? false).toBe(false);
      await expect(a.leases.acquire("x", "a")).rejects.toThrow("closed");
    });
  });
