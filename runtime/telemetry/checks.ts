import type { Readiness } from "../../gateway/ports.ts";

type Check = Awaited<ReturnType<Readiness["checks"]>>[number];
type Ask = () => Omit<Check, "name"> | Promise<Omit<Check, "name">>;

/** What this process needs to be ready, by name, in the order in which it was said first. */
export class Checks implements Readiness {
  readonly #asks = new Map<string, Ask>();

  /** Said again, it replaces what was said before. */
  set(name: string, ask: Ask): void {
    this.#asks.set(name, ask);
  }

  checks(): Promise<readonly Check[]> {
    return Promise.all([...this.#asks].map(async ([name, ask]) => ({ name, ...(await ask()) })));
  }
}
