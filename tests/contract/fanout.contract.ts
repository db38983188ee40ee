import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { BodyTooLarge, type Fanout, type FanoutMessage, NoAnswer } from "../../actors/ports/fanout.ts";

export interface FanoutUnderTest {
  /** Another process on the same server. */
  open(): Promise<Fanout>;
  /** What subscribers threw. */
  readonly errors: readonly unknown[];
  /** Removes all. */
  dispose(): Promise<void>;
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (body: Uint8Array): string => new TextDecoder().decode(body);

/** What every fan-out does, whatever it is made of. */
export const fanoutContract = (adapter: string, create: () => Promise<FanoutUnderTest>) =>
  describe(`fan-out contract: ${adapter}`, () => {
    let under: FanoutUnderTest;
    let here: Fanout;
    let there: Fanout;
    beforeEach(async () => {
      under = await create();
      here = await under.open();
      there = await under.open();
    });
    afterEach(() => under.dispose());

    /** What `fanout` hears on a pattern, once its server knows. */
    const listen = async (fanout: Fanout, pattern: string, queue?: string): Promise<string[]> => {
      const heard: string[] = [];
      fanout.subscribe(pattern, (m) => heard.push(`${m.subject}=${text(m.body)}`), queue === undefined ? {} : { queue });
      await fanout.flush();
      return heard;
    };
    const say = (fanout: Fanout, ...said: readonly string[]) => {
      for (const one of said) {
        const [subject = "", body = ""] = one.split("=");
        fanout.publish(subject, bytes(body));
      }
    };

    it("tells everybody who listens, in the order it was said", async () => {
      const lists = [await listen(here, "a.b"), await listen(there, "a.b"), await listen(there, "a.b")];
      const said = Array.from({ length: 2_000 }, (_, i) => `a.b=${i}`);
      say(here, ...said);
      for (const heard of lists) await expect.poll(() => heard.length).toBe(2_000);
      for (const heard of lists) expect(heard).toEqual(said);
    });

    it("carries headers and any bytes", async () => {
      const heard: FanoutMessage[] = [];
      there.subscribe("a", (message) => heard.push(message));
      await there.flush();
      const body = Uint8Array.from({ length: 256 }, (_, i) => i);
      here.publish("a", body, { trace: "00-ab", from: "17", Mixed: "ü: €" });
      here.publish("a", new Uint8Array(0));
      await expect.poll(() => heard.length).toBe(2);
      expect(heard[0]).toMatchObject({ subject: "a", headers: { trace: "00-ab", from: "17", Mixed: "ü: €" } });
      expect([...(heard[0]?.body ?? [])]).toEqual([...body]);
      expect(heard[1]).toMatchObject({ headers: {}, body: { length: 0 } });
    });

    it("knows * for one word and > for all that follow", async () => {
      const [star, rest, all, exact] = await Promise.all(
        ["market.*.AAPL", "market.>", ">", "market.bar.MSFT"].map((pattern) => listen(there, pattern)),
      );
      const said = [
        "market.bar.AAPL=1",
        "market.quote.AAPL=2",
        "market.bar.MSFT=3",
        "market=4",
        "market.bar.AAPL.late=5",
        "news=6",
      ];
      say(here, ...said);
      await expect.poll(() => all).toEqual(said);
      await expect.poll(() => star).toEqual(["market.bar.AAPL=1", "market.quote.AAPL=2"]);
      await expect.poll(() => rest).toEqual([...said.slice(0, 3), "market.bar.AAPL.late=5"]);
      await expect.poll(() => exact).toEqual(["market.bar.MSFT=3"]);
    });

    it("gives each message to one of a queue, and to all outside it", async () => {
      const members = [await listen(here, "work.*", "w"), await listen(there, "work.*", "w"), await listen(there, "work.*", "w")];
      const [others, outside] = [await listen(there, "work.*", "other"), await listen(here, "work.>")];
      const said = Array.from({ length: 300 }, (_, i) => `work.${i % 3}=${i}`);
      say(here, ...said);
      await expect.poll(() => members.flat().length).toBe(300);
      await expect.poll(() => [others.length, outside.length]).toEqual([300, 300]);
      expect(members.flat().sort()).toEqual([...said].sort());
      expect(Math.min(...members.map((heard) => heard.length))).toBeGreaterThan(0);
    });

    it("hears nothing more once a subscription is closed", async () => {
      const heard: string[] = [];
      const subscription = there.subscribe("a", (m) => heard.push(text(m.body)));
      await there.flush();
      say(here, "a=1");
      await expect.poll(() => heard).toEqual(["1"]);
      subscription.close();
      subscription.close();
      const witness = await listen(there, "a");
      say(here, "a=2");
      await expect.poll(() => witness).toEqual(["a=2"]);
      expect(heard).toEqual(["1"]);
    });

    it("keeps the newest for a slow subscriber and says how many went", async () => {
      const heard: number[] = [];
      let dropped = 0;
      const onSlow = (count: number) => {
        dropped += count;
      };
      there.subscribe("a", (m) => heard.push(Number(text(m.body))), { maxPending: 3, onSlow });
      const quick = await listen(there, "a");
      for (let i = 0; i < 20_000; i++) here.publish("a", bytes(String(i)));
      await expect.poll(() => quick.length).toBe(20_000);
      await expect.poll(() => heard.length + dropped).toBe(20_000);
      expect(dropped).toBeGreaterThan(0);
      expect(heard.at(-1)).toBe(19_999);
      expect(heard).toEqual([...heard].sort((a, b) => a - b));
      expect(there.dropped).toBe(dropped);
      expect(here.dropped).toBe(0);
    });

    it("goes on after a subscriber threw, and tells", async () => {
      const heard: string[] = [];
      there.subscribe("a", (m) => {
        if (text(m.body) === "1") throw new Error("bad one");
        heard.push(text(m.body));
      });
      await there.flush();
      say(here, "a=1", "a=2");
      await expect.poll(() => heard).toEqual(["2"]);
      expect(under.errors).toEqual([new Error("bad one")]);
    });

    it("brings an answer from one of those who answer", async () => {
      let asked = 0;
      const answer = async (body: Uint8Array) => {
        asked += 1;
        return bytes(`${text(body)}!`);
      };
      here.respond("score", answer);
      there.respond("score", answer);
      await Promise.all([here.flush(), there.flush()]);
      const answers = await Promise.all(["a", "b", "c"].map((one) => here.request("score", bytes(one), 5_000)));
      expect(answers.map(text)).toEqual(["a!", "b!", "c!"]);
      expect(asked).toBe(3);
    });

    it("brings the answerer's error as text", async () => {
      there.respond("score", () => {
        throw new Error("no such model");
      });
      await there.flush();
      const asking = here.request("score", bytes("a"), 5_000);
      await expect(asking).rejects.toThrow("no such model");
      await expect(asking).rejects.not.toBeInstanceOf(NoAnswer);
    });

    it("says so when nobody is there to answer, or did not in time", async () => {
      await expect(here.request("score", bytes("a"), 5_000)).rejects.toThrow(NoAnswer);
      const responder = there.respond("score", () => new Promise(() => undefined));
      await there.flush();
      await expect(here.request("score", bytes("a"), 50)).rejects.toThrow(NoAnswer);
      responder.close();
      await there.flush();
      await expect(here.request("score", bytes("a"), 5_000)).rejects.toThrow("nobody");
    });

    it("refuses what no server would take, and goes on", async () => {
      const heard = await listen(there, ">");
      expect(() => here.publish("a", new Uint8Array(1_048_577))).toThrow(BodyTooLarge);
      await expect(here.request("a", new Uint8Array(1_048_577), 1_000)).rejects.toThrow(BodyTooLarge);
      for (const subject of ["", "a b", "a.*", "a.>", ".a", "a..b", "a\r\nPING"])
        expect(() => here.publish(subject, bytes("x")), JSON.stringify(subject)).toThrow("no subject");
      for (const pattern of ["", "a.>.b", "a*.b", "a b"])
        expect(() => here.subscribe(pattern, () => undefined), JSON.stringify(pattern)).toThrow("no pattern");
      say(here, "a=ok");
      await expect.poll(() => heard).toEqual(["a=ok"]);
      expect(here.state).toBe("ready");
    });

    it("delivers what is on its way before it closes", async () => {
      const [mine, theirs] = [await listen(here, "a"), await listen(there, "a")];
      let answered: Uint8Array | undefined;
      let release: (body: Uint8Array) => void = () => undefined;
      here.respond("slow", () => new Promise((resolve) => (release = resolve)));
      await here.flush();
      const asking = there.request("slow", bytes("?"), 5_000).then((answer) => (answered = answer));
      const said = Array.from({ length: 500 }, (_, i) => `a=${i}`);
      say(here, ...said);
      await expect.poll(() => theirs.length).toBe(500);
      say(here, ...said);
      const closing = here.close();
      await expect.poll(() => theirs.length).toBe(1_000);
      await expect.poll(() => mine.length).toBe(1_000);
      release(bytes("late, but here"));
      await closing;
      await asking;
      expect(answered && text(answered)).toBe("late, but here");
      expect(() => here.publish("a", bytes("x"))).toThrow("closed");
      await here.close();
    });
  });
