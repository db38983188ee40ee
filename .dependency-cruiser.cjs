// The one rule, its import half: streams ← actors ← gateway ← runtime; ui sees the domain and the wire. tests/arch says the same
// without this tool, and holds the other half (no clock, chance or environment in the core).

/** These packages and nothing else of node_modules. */
const packages = (...names) => names.map((name) => `^node_modules/${name}/`);
/** Files under a folder may import that folder and what is listed: no other folder, package or built-in of Node. */
const only = (name, comment, folder, allowed, except = []) => ({
  name,
  comment,
  severity: "error",
  from: { path: `^${folder}`, pathNot: except },
  to: { pathNot: [`^${folder}`, ...allowed] },
});
const never = (name, comment, from, to) => ({ name, comment, severity: "error", from, to });

module.exports = {
  forbidden: [
    only("streams-are-pure", "What flows is arithmetic: it has no I/O to import.", "streams/", packages("rxjs", "zod")),
    only("domain-is-the-bottom", "The words everybody shares know nobody.", "streams/domain/", packages("zod")),
    only("actors-are-pure", "Who decides gets the world as messages.", "actors/", ["^streams/", ...packages("rxjs", "zod")]),
    only("ports-speak-the-domain", "A port never mentions a vendor.", "actors/ports/", [
      "^streams/domain/",
      ...packages("rxjs", "zod"),
    ]),
    only("contract-is-the-wire", "The browser loads it too.", "gateway/contract/", ["^streams/domain/", ...packages("zod")]),
    only(
      "gateway-is-below-runtime",
      "Routes and push are values and functions; sockets are in server and auth.",
      "gateway/",
      ["^actors/", "^streams/", ...packages("rxjs", "zod")],
      ["^gateway/(server|auth)/"],
    ),
    never(
      "gateway-knows-no-socket",
      "Routes and push speak to the server's port, whichever server stands behind it.",
      { path: "^gateway/", pathNot: "^gateway/(server|auth)/" },
      { path: "^gateway/server/", pathNot: "^gateway/server/ports?\\.ts$" },
    ),
    never(
      "gateway-edge-is-below-runtime",
      "The edge may touch Node and its packages, never what starts it.",
      { path: "^gateway/(server|auth)/" },
      { path: "^(runtime|ui|tests)/" },
    ),
    only("kernel-knows-no-actor", "The kernel runs any tree: it may know the protocol, never a member.", "runtime/kernel/", [
      "^actors/(actor\\.ts$|ports/)",
      "^streams/domain/",
      ...packages("rxjs"),
    ]),
    only("core-does-no-io", "The core of every mode gets the world through its door.", "runtime/core/", [
      "^runtime/kernel/",
      "^actors/",
      "^streams/",
      ...packages("rxjs", "zod"),
    ]),
    only("replay-does-no-io", "A replay that reads anything but its tape is no replay.", "runtime/replay/", [
      "^runtime/(kernel|core)/",
      "^actors/",
      "^streams/",
      ...packages("rxjs", "zod"),
    ]),
    only("bridge-knows-only-ports", "It joins two ports, whoever is behind them.", "runtime/bridge\\.ts$", [
      "^actors/ports/",
      "^streams/domain/",
      ...packages("rxjs"),
    ]),
    never(
      "adapters-are-leaves",
      "A vendor is one folder: it may go without another noticing.",
      { path: "^runtime/adapters/([^/]+)/" },
      {
        path: "^(runtime|gateway|actors|ui)/",
        pathNot: [
          "^runtime/adapters/$1/",
          "^runtime/mechanisms/",
          "^actors/(actor\\.ts$|ports/)",
          "^gateway/(server|auth)/ports?\\.ts$",
        ],
      },
    ),
    only("mechanisms-know-no-vendor", "What adapters do alike belongs to none of them.", "runtime/mechanisms/", [
      "^actors/ports/",
      "^streams/domain/",
    ]),
    never(
      "ui-sees-only-the-wire",
      "The browser knows what is sent, not how it is made.",
      { path: "^ui/" },
      { path: "^(streams|actors|runtime|gateway|sql|tests)/", pathNot: ["^streams/domain/", "^gateway/contract/"] },
    ),
    never("ui-runs-in-a-browser", "There is no Node there.", { path: "^ui/" }, { dependencyTypes: ["core"] }),
    never(
      "runtime-is-the-top",
      "Only tests may import what makes it go; and nothing imports tests.",
      { path: "^(streams|actors|gateway|ui)/" },
      { path: "^(tests|runtime)/" },
    ),
    never(
      "commands-are-the-top",
      "What a command and somebody else need lies below the commands.",
      { path: "^runtime/", pathNot: "^runtime/cli/" },
      { path: "^runtime/cli/" },
    ),
    never(
      "live-and-backtests-are-below-main",
      "What is started does not know who starts it.",
      { path: "^runtime/(live|backtests|telemetry)/" },
      { path: "^runtime/main\\.ts$" },
    ),
    never(
      "backtests-and-telemetry-know-no-live-run",
      "A backtest needs none, and what is measured knows who measures.",
      { path: "^runtime/(backtests|telemetry)/" },
      { path: "^runtime/live/" },
    ),
    never("runtime-imports-no-tests", "Nor the dashboard's sources.", { path: "^runtime/" }, { path: "^(tests|ui)/" }),
    never("no-cycles", "Two files that need each other are one file.", {}, { circular: true }),
    never("all-there", "A path that leads nowhere would pass every other rule.", {}, { couldNotResolve: true }),
    never(
      "declared",
      "A package that is not in package.json is there by luck.",
      { path: "^(streams|actors|gateway|runtime|ui)/" },
      { dependencyTypes: ["npm-no-pkg", "npm-unknown"] },
    ),
    never(
      "no-development-package-at-run-time",
      "It is not there after npm ci --omit=dev; types are erased, and the dashboard is built beforehand.",
      { path: "^(streams|actors|gateway|runtime)/" },
      { dependencyTypes: ["npm-dev"], dependencyTypesNot: ["type-only"] },
    ),
  ],
  options: {
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true, // type-only imports count: they bind folders just as well
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^(dist|data|coverage)/" },
    // Real folders of node_modules only: where it is a link (a second checkout), names must not change.
    preserveSymlinks: true,
    enhancedResolveOptions: {
      extensions: [".ts", ".tsx", ".mjs", ".js", ".json"],
      exportsFields: ["exports"],
      conditionNames: ["import", "types", "node", "default"],
    },
  },
};
