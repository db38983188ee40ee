// A gateway on made-up data, for working on the dashboard. Bundle and run it from the root:
//   npx esbuild tests/support/demoGateway.ts --bundle --platform=node --format=esm --packages=external --outfile=dist/demoGateway.mjs
//   node dist/demoGateway.mjs [port] [dashboard folder] [uws|node]

import { serveGateway } from "../../gateway/server/serve.ts";
import { processMetrics } from "../../runtime/adapters/telemetry/metrics.ts";
import { controlCommand } from "../../streams/domain/control.ts";
import { ms } from "../../streams/domain/units.ts";
import { fakeMarket } from "./fakeDeck.ts";
import { echoHistory, fakeControls, fakeSupervisor, limits, tapeFigures, threeStrategies } from "./fakePorts.ts";

const TURN_MS = 100;
const [port = "8090", uiFolder = "dist/ui", prefer] = process.argv.slice(2);
const names = ["AAPL", "NVDA", "XOM", "JPM", "AMD", "KO", "MSFT", "BRK.B"];
const paths = [
  "deck",
  ...[
    "market",
    ...names.flatMap((n) => [`market/ticker/${n}`, `market/ticker/${n}/momentum`]),
    "news",
    "money",
    "money/risk",
    "money/executor",
  ].map((p) => `deck/${p}`),
];
const supervisor = fakeSupervisor(paths);
const controls = fakeControls();
controls.pace = 60;
const say = (line: string): boolean => process.stdout.write(`${line}\n`);

const served = await serveGateway({
  version: "0.1.0",
  mode: "simulated",
  life: String(Date.now()),
  limits,
  strategies: threeStrategies,
  history: echoHistory,
  supervisor,
  controls,
  readiness: { checks: async () => [{ name: "store", ok: true, detail: "embedded" }] },
  metrics: processMetrics({ process: true }),
  port: Number(port),
  host: "127.0.0.1",
  publicOrigin: null,
  uiFolder,
  sessionsFile: "dist/demo-sessions.json",
  ...(prefer === "uws" || prefer === "node" ? { prefer } : {}),
  onError: (error, path) => process.stderr.write(`${path}: ${String(error)}\n`),
});
const market = fakeMarket(names);
for (const event of market.open()) served.gateway.offer(event);
for (let minute = 0; minute < 300; minute++) for (const event of market.minute()) served.gateway.offer(event);
let turns = 0;
let obeyed = 0;
const timer = setInterval(() => {
  turns += 1;
  for (const { by, command } of controls.commands.slice(obeyed))
    served.gateway.offer(controlCommand(by, command, ms(served.gateway.figures.tape()?.tSeen ?? 0)));
  obeyed = controls.commands.length;
  const last = controls.commands.at(-1)?.command.do;
  if (controls.playing && last !== "kill")
    for (const event of market.minute()) {
      supervisor.messages += 1;
      served.gateway.offer(event);
    }
  if (turns % 100 === 0)
    served.gateway.lifecycle({
      kind: "crashed",
      path: "market/ticker/AMD/momentum",
      at: served.gateway.figures.tape()?.tSeen ?? 0,
      error: "made up",
      retryInMs: 200,
    });
  served.gateway.flush(Date.now(), { actors: supervisor.inspect(), tape: tapeFigures(controls) });
}, TURN_MS);
say(`${served.server} on ${served.origin}; sign in: ${served.link()}`);
process.on("SIGINT", () => {
  clearInterval(timer);
  void served.close().then(() => process.exit(0));
});
