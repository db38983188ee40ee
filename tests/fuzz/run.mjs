// `npm run fuzz [-- --count N | --seed N | --mutants]`: bundles the fuzzer as the product is bundled, and plays it in two threads.
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { bundleOptions } from "../../bundle.config.mjs";

const root = join(import.meta.dirname, "../..");
const outdir = join(root, "dist/fuzz");
process.chdir(root);

/** Some sources are read with other text. */
const changing = (changed) => ({
  name: "changed-sources",
  setup: (bundle) => {
    const texts = new Map(changed.map(({ file, text }) => [resolve(root, file), text]));
    bundle.onLoad({ filter: /\.ts$/ }, ({ path }) => (texts.has(path) ? { contents: texts.get(path), loader: "ts" } : undefined));
  },
});

const bundled = async (entry, name, plugins = []) => {
  const outfile = join(outdir, `${name}.mjs`);
  await build({
    ...bundleOptions,
    plugins: [...bundleOptions.plugins, ...plugins],
    entryPoints: [join(import.meta.dirname, entry)],
    outfile,
  });
  return outfile;
};

const { main } = await import(pathToFileURL(await bundled("main.ts", "main")).href);
process.exitCode = await main(process.argv.slice(2), process.env, (name, changed) =>
  name === undefined ? bundled("worker.ts", "worker") : bundled("worker.ts", `mutants/${name}`, [changing(changed)]),
);
