// `npm run graph`: draws who imports whom, as the source is now, into ARCHITECTURE.md.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { bundleOptions } from "../../bundle.config.mjs";

const root = join(import.meta.dirname, "../..");
process.chdir(root);
const outfile = join(root, "dist/arch/drawGraph.mjs");
await build({ ...bundleOptions, entryPoints: ["tests/arch/drawGraph.ts"], outfile });
await import(pathToFileURL(outfile).href);
