import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { FigureAbout, Metrics, Read } from "../../../actors/ports/telemetry.ts";

type Figure = Gauge<string> | Counter<string>;

/** Takes over what is read now. Nothing to tell: it is left out, which is not the same as 0. */
const tell = (figure: Figure, reads: readonly Read[], isSingle: boolean): void => {
  figure.reset();
  let told = false;
  for (const read of reads) {
    const now = read();
    told ||= now !== null;
    if (typeof now === "number") figure.inc(now);
    else for (const { labels, value } of now ?? []) figure.inc(labels, value);
  }
  if (isSingle && !told) figure.remove();
};

/** One registry, for one process: two of them do not meet. `process`: also what the machine says of it, by the usual names behind `tapedeck_`. */
export const processMetrics = (options: { readonly process: boolean }): Metrics => {
  const registry = new Registry();
  if (options.process) collectDefaultMetrics({ register: registry, prefix: "tapedeck_" });
  const reads = new Map<string, Read[]>();
  const refreshes: (() => Promise<void>)[] = [];
  const add = (kind: typeof Gauge<string> | typeof Counter<string>, { name, help, labels = [] }: FigureAbout, read: Read) => {
    const all = reads.get(name) ?? [];
    all.push(read);
    if (reads.has(name)) return;
    reads.set(name, all);
    new kind({
      name,
      help,
      labelNames: [...labels],
      registers: [registry],
      collect(this: Figure) {
        tell(this, all, labels.length === 0);
      },
    });
  };
  return {
    gauge: (about, read) => add(Gauge, about, read),
    counter: (about, read) => add(Counter, about, read),
    histogram: ({ name, help }, bounds) => {
      const histogram = new Histogram({ name, help, buckets: [...bounds], registers: [registry] });
      return (value) => histogram.observe(value);
    },
    before: (refresh) => {
      refreshes.push(refresh);
    },
    text: async () => {
      await Promise.all(refreshes.map((refresh) => refresh().catch(() => undefined)));
      return registry.metrics();
    },
  };
};
