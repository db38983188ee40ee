import "./observedDisk.ts";
import { machineTiming } from "../../../runtime/adapters/system/timing.ts";
import { loadConfig } from "../../../runtime/config.ts";
import { lineOf } from "../../../runtime/failures.ts";
import { start } from "../../../runtime/main.ts";
import { pureScorer } from "../../../runtime/scorer.ts";
import { ms } from "../../../streams/domain/units.ts";
import { moodyModel, socketBroker, socketFeed } from "./childPorts.ts";
import { type ChildSettings, MarketClock } from "./protocol.ts";

// Trades with a broker, a feed and a model outside until it is asked to stop, or killed.
const settings = JSON.parse(process.argv[2] ?? "") as ChildSettings;
const clock = new MarketClock(settings.clock);
const { factor } = settings.clock;
const tell = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);
try {
  const deck = await start(
    {
      config: loadConfig({ TAPEDECK_DATA_DIR: settings.dataDir, RISK_MAX_DAILY_LOSS_FRACTION: "0.9" }),
      tape: null,
      speed: 1,
      store: "memory",
      headless: true,
      say: (text, about) => tell({ text, ...about }),
    },
    {
      mode: "paper",
      inputs: { from: "feed", feed: socketFeed(settings.port), hash: `socket ${settings.seed}` },
      broker: socketBroker(settings.port),
      scorer: { answers: "recorded", scorer: moodyModel(settings.seed, clock) },
      fallback: pureScorer(),
      clock: { now: () => ms(clock.now()) },
      timing: {
        now: () => machineTiming.now() * factor,
        after: (marketMs, run) => machineTiming.after(marketMs / factor, run),
      },
    },
  );
  tell({ event: "up", run: deck.run });
  await Promise.race([deck.over, new Promise((asked) => process.once("SIGTERM", asked))]);
  await deck.stop();
  tell({ event: "stopped", summary: deck.summary() });
  process.exit(0);
} catch (error) {
  process.stderr.write(`${lineOf(error)}\n`);
  process.exit(1);
}
