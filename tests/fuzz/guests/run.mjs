// `npm run fuzz:strategies [-- --count N | --seed N]`: bundles the fuzzer of strategies beside the built product, and plays it.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { bundleOptions } from "../../../bundle.config.mjs";

const root = join(import.meta.dirname, "../../..");
const outfile = join(root, "dist/fuzzGuests.mjs");
process.chdir(root);
await build({ ...bundleOptions, entryPoints: [join(import.meta.dirname, "main.ts")], outfile });
const { main } = await import(pathToFileURL(outfile).href);
process.exit(await main(process.argv.slice(2)));
