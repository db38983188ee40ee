import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { BodyTooLarge } from "../../actors/ports/fanout.ts";
import type { Job, Jobs } from "../../actors/ports/jobs.ts";

export interface JobsUnderTest {
  /** Another process on the same server. `ackWaitMs` 1_000, `maxDeliveries` 3. */
  open(): Promise<Jobs>;
  /** Asks until it is there, while time goes by. */
  until<T>(probe: () => Promise<T | null | undefined | false>): Promise<T>;
  /** A moment goes by, shorter than `ackWaitMs`. */
  pass(ms: number): Promise<void>;
  dispose(): Promise<void>;
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (body: Uint8Array): string => new TextDecoder().decode(body);

/** What every queue of jobs does, whatever it is made of. */
export const jobsContract = (adapter: string, create: () => Promise<JobsUnderTest>) =>
  describe(`jobs contract: ${adapter}`, () => {
    let under: JobsUnderTest;
    let here: Jobs;
    let there: Jobs;
    beforeEach(async () => {
      under = await create();
      here = await under.open();
      there = await under.open();
    });
    afterEach(() => under.dispose());

    const taken = (jobs: Jobs, queue = "q"): Promise<Job> => under.until(() => jobs.take(queue, 0));

    it("hands each job to one worker, with its id and bytes, until it is done", async () => {
      const ids = Array.from({ length: 30 }, (_, i) => `job ${i}/ü`);
      for (const id of ids) await here.submit("back test.s", id, bytes(`body of ${id}`));
      expect(await there.waiting("back test.s")).toBe(30);
      const done: string[] = [];
      const work = async (jobs: Jobs) => {
        while (done.length < 30) {
          const job = await jobs.take("back test.s", 0);
          if (!job) continue;
          expect(text(job.body)).toBe(`body of ${job.id}`);
          expect(job.deliveries).toBe(1);
          await job.done();
          done.push(job.id);
        }
      };
      await Promise.all([work(here), work(there)]);
      expect(done.sort()).toEqual([...ids].sort());
      expect(await here.waiting("back test.s")).toBe(0);
      expect(await here.take("back test.s", 0)).toBeNull();
    });

    it("keeps queues apart", async () => {
      await here.submit("a", "1", bytes("for a"));
      await here.submit("b", "1", bytes("for b"));
      expect(await there.take("c", 0)).toBeNull();
      expect(text((await taken(there, "b")).body)).toBe("for b");
      expect(await there.take("b", 0)).toBeNull();
      expect(await there.waiting("a")).toBe(1);
    });

    it("takes the same id for the same job, also once it is done", async () => {
      await here.submit("q", "1", bytes("first"));
      await there.submit("q", "1", bytes("second"));
      const job = await taken(here);
      expect(text(job.body)).toBe("first");
      await job.done();
      await there.submit("q", "1", bytes("third"));
      expect(await here.take("q", 0)).toBeNull();
      expect(await here.waiting("q")).toBe(0);
    });

    it("wakes a worker that waits", async () => {
      const waiting = there.take("q", 20_000);
      await here.submit("q", "1", bytes("x"));
      expect((await waiting)?.id).toBe("1");
    });

    it("gives a dead worker's job to another", async () => {
      await here.submit("q", "1", bytes("x"));
      await taken(here);
      expect(await there.take("q", 0)).toBeNull();
      const again = await taken(there);
      expect([again.id, again.deliveries]).toEqual(["1", 2]);
      await again.done();
      expect(await here.waiting("q")).toBe(0);
    });

    it("leaves a job with a worker that says it is still at it", async () => {
      await here.submit("q", "1", bytes("x"));
      const job = await taken(here);
      for (let i = 0; i < 6; i++) {
        await under.pass(300);
        job.working();
        expect(await there.take("q", 0)).toBeNull();
      }
      await job.done();
      expect(await there.waiting("q")).toBe(0);
    });

    it("gives back at once, or after a while", async () => {
      await here.submit("q", "1", bytes("x"));
      await (await taken(here)).retry(0);
      const second = await taken(there);
      expect(second.deliveries).toBe(2);
      await second.retry(400);
      expect(await here.take("q", 0)).toBeNull();
      expect(await here.waiting("q")).toBe(1);
      expect((await taken(here)).deliveries).toBe(3);
    });

    it("buries what a worker gives up, with the reason", async () => {
      for (const id of ["1", "2 ü", "3"]) {
        await here.submit("q", id, bytes(`body ${id}`));
        await (await taken(here)).giveUp(`no tape "${id}"\nat all, ü`);
      }
      expect(await there.waiting("q")).toBe(0);
      expect(await there.take("q", 0)).toBeNull();
      const dead = await under.until(async () => {
        const found = await there.dead("q", 2);
        return found.length === 2 && found;
      });
      expect(dead.map((job) => [job.id, text(job.body), job.reason])).toEqual([
        ["2 ü", "body 2 ü", 'no tape "2 ü"\nat all, ü'],
        ["3", "body 3", 'no tape "3"\nat all, ü'],
      ]);
      expect(await there.dead("other", 10)).toEqual([]);
    });

    it("buries what was handed out too often", async () => {
      await here.submit("q", "1", bytes("x"));
      for (let i = 1; i <= 3; i++) {
        const job = await taken(here);
        expect(job.deliveries).toBe(i);
        await job.retry(0);
      }
      expect(await there.take("q", 0)).toBeNull();
      expect(await there.waiting("q")).toBe(0);
      const [dead] = await there.dead("q", 10);
      expect(dead).toMatchObject({ id: "1", reason: "handed out 3 times and never done" });
    });

    it("ends a job once", async () => {
      await here.submit("q", "1", bytes("x"));
      const job = await taken(here);
      await job.done();
      await job.done();
      await job.retry(0);
      await job.giveUp("no");
      job.working();
      expect(await there.take("q", 0)).toBeNull();
      expect(await there.dead("q", 10)).toEqual([]);
    });

    it("refuses what no server would take, and a client that is closed", async () => {
      await expect(here.submit("q", "1", new Uint8Array(1_048_576))).rejects.toThrow(BodyTooLarge);
      expect(await here.waiting("q")).toBe(0);
      const waiting = here.take("q", 20_000);
      await here.close();
      expect(await waiting).toBeNull();
      await expect(here.submit("q", "1", bytes("x"))).rejects.toThrow("closed");
    });
  });
