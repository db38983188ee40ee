import { setTimeout as delay } from "node:timers/promises";
import type { Command } from "commander";
import type { DurableStreams } from "../../actors/ports/streams.ts";
import { redisStreams } from "../adapters/redis/streams.ts";
import { environment, loadConfig } from "../config.ts";
import { BadInput, RunFailed } from "../failures.ts";
import { DECIDED, MARKET, NEWS_RAW, NEWS_SCORED, tapeStreamOf } from "../live/wire/names.ts";
import { readPlay } from "../live/wire/playOrders.ts";

interface Json {
  readonly json?: boolean;
}

/** A command is not a system: somebody waits for its answer. */
const WAIT_MS = 5_000;
const SHOWN = 100;

const print = (value: unknown): void => {
  process.stdout.write(`${JSON.stringify(value)}\n`);
};

/** Connects around the use. @throws BadInput when no server is set, RunFailed when it does not answer within 5 s. */
const withStreams = async (use: (streams: DurableStreams) => Promise<void>): Promise<void> => {
  const { redisUrl, namespace } = loadConfig(environment());
  if (redisUrl === null) throw new BadInput("bad settings: REDIS_URL: streams are kept there, it is needed");
  const streams = redisStreams({ url: redisUrl.reveal(), prefix: namespace, name: "tapedeck streams" });
  try {
    const until = performance.now() + WAIT_MS;
    while (streams.state === "lost") {
      if (performance.now() > until) throw new RunFailed("REDIS_URL: Redis does not answer; waited 5 s for it");
      await delay(20);
    }
    await use(streams);
  } finally {
    await streams.close(1_000);
  }
};

const list = ({ json }: Json): Promise<void> =>
  withStreams(async (streams) => {
    const play = await readPlay(streams);
    const tape = play === null ? [] : [tapeStreamOf(play.run)];
    const all = await streams.figures([...MARKET.all, NEWS_RAW, NEWS_SCORED, ...DECIDED, ...tape]);
    const there = all.filter((f) => f.length > 0 || f.groups.length > 0 || f.deadLetters > 0);
    if (json) return print({ streams: there });
    if (there.length === 0) console.log("no stream has anything");
    for (const { stream, length, deadLetters, groups } of there) {
      const readers = groups.map((g) => `${g.group}: ${g.lag} to come, ${g.pending} at work`).join("; ");
      const dead = deadLetters === 0 ? "" : `; ${deadLetters} set aside`;
      console.log(`${stream.padEnd(20)} ${String(length).padStart(7)} entries${dead}${readers === "" ? "" : `   ${readers}`}`);
    }
  });

const dead = (stream: string, { json }: Json): Promise<void> =>
  withStreams(async (streams) => {
    const letters = await streams.deadLetters(stream, SHOWN);
    if (json)
      return print({
        stream,
        dead: letters.map(({ id, from, group, reason, headers, body }) => ({
          id,
          from,
          group,
          reason,
          headers,
          body: Buffer.from(body).toString("base64"),
        })),
      });
    if (letters.length === 0) console.log(`nothing of ${stream} was set aside`);
    for (const { id, from, group, reason, body } of letters)
      console.log(`${id}  was ${from}, read by ${group}, ${body.length} bytes: ${reason}`);
  });

const retry = (stream: string, id: string, { json }: Json): Promise<void> =>
  withStreams(async (streams) => {
    if (!/^\d{1,16}-\d{1,16}$/.test(id)) throw new BadInput(`${id} is no id of an entry; streams dead ${stream} lists them`);
    if (!(await streams.retry(stream, id)))
      throw new RunFailed(`${stream} has no entry ${id} that was set aside; streams dead ${stream} lists them`);
    if (json) print({ stream, id, retried: true });
    else console.log(`${id} is at the end of ${stream} again`);
  });

/** `tapedeck streams list|dead|retry`. */
export const streamsCommand = (program: Command): void => {
  const group = program
    .command("streams")
    .description("looks at the durable streams on REDIS_URL, and at what was set aside from them");
  group
    .command("list")
    .description("every stream: entries, how far its groups are, how much was set aside")
    .option("--json", "prints one object: streams")
    .addHelpText("after", "\nExample:\n  npx tapedeck streams list")
    .action(list);
  group
    .command("dead")
    .description("entries of a stream that were set aside, oldest first, at most 100, with the reason")
    .argument("<stream>", "news:raw, for example")
    .option("--json", "prints one object: stream, dead, bodies in base64")
    .addHelpText("after", "\nExample:\n  npx tapedeck streams dead news:raw")
    .action(dead);
  group
    .command("retry")
    .description("puts an entry that was set aside at the end of its stream again")
    .argument("<stream>", "news:raw, for example")
    .argument("<id>", "as `streams dead` lists it")
    .option("--json", "prints one object: stream, id, retried")
    .addHelpText("after", "\nExample:\n  npx tapedeck streams retry news:raw 1732550000000-0")
    .action(retry);
};
