// `npm run cases -- DIR`: plays every *.json of a folder and says which come out as the other engine's.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { bundleOptions } from "../../bundle.config.mjs";

const outfile = join(import.meta.dirname, "../../dist/cases.mjs");
await build({
  ...bundleOptions,
  entryPoints: [join(import.meta.dirname, "main.ts")],
  outfile,
});
const { main } = await import(pathToFileURL(outfile).href);
process.exitCode = await main(process.argv.slice(2));
