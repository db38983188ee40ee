import cliProgress from "cli-progress";

const EVERY = 20_000;

/** A progress bar on stderr, for people: nothing is drawn into a pipe or beside `--json`. */
export const progressBar = (what: string, total: number, quiet: boolean): { at(n: number): void; done(): void } => {
  if (quiet || !process.stderr.isTTY || total < EVERY) return { at: () => {}, done: () => {} };
  const bar = new cliProgress.SingleBar(
    { format: `${what} {bar} {percentage} % · {value} of {total}`, stream: process.stderr, hideCursor: true },
    cliProgress.Presets.shades_grey,
  );
  bar.start(total, 0);
  let drawn = 0;
  return {
    at: (n) => {
      if (n - drawn < EVERY) return;
      drawn = n;
      bar.update(n);
    },
    done: () => {
      bar.update(total);
      bar.stop();
    },
  };
};
