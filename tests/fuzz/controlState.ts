import type { ControlCommand } from "../../streams/domain/control.ts";

/** The actors without which nothing trades. */
export const MONEY = "deck/money";

/** What people have pressed, from the commands alone. */
export class ControlState {
  paused = false;
  killed: { readonly whole: boolean } | null = null;
  /** Stopped or paused, by path, and which. */
  readonly stopped = new Map<string, "stop" | "pause">();
  /** Those that were, at any time since the last kill. */
  readonly stoppedSinceKill = new Set<string>();
  /** Closed by a person and not flat since. True: what others bought too. */
  readonly closing = new Map<string, boolean>();

  /** @param touched tickers that a close of everything is about. */
  note({ command: c }: ControlCommand, touched: (whole: boolean) => readonly string[]): void {
    switch (c.do) {
      case "pause":
        this.paused = true;
        return;
      case "resume":
        this.paused = false;
        return;
      case "kill":
        this.kill(c.wholeAccount ?? false);
        return;
      case "unkill":
        this.killed = null;
        return;
      case "close":
        this.#started();
        this.#close(c.ticker, c.wholeAccount ?? false);
        return;
      case "closeAll":
        this.#started();
        for (const ticker of touched(c.wholeAccount ?? false)) this.#close(ticker, c.wholeAccount ?? false);
        return;
      case "actor":
        this.#actor(c.path, c.action);
        return;
      default:
        return;
    }
  }

  kill(whole: boolean): void {
    this.#started();
    this.stoppedSinceKill.clear();
    this.killed = { whole: whole || (this.killed?.whole ?? false) };
  }

  /** Whatever closes starts what it needs. */
  #started(): void {
    this.stopped.clear();
  }

  /** Why nothing may be opened in a ticker; null when it may. */
  halts(ticker: string): string | null {
    if (this.killed !== null) return "killed";
    if (this.paused) return "paused";
    if (this.stopped.size > 0) return `${[...this.stopped.keys()].join(", ")} stopped`;
    return this.closing.has(ticker) ? "closing" : null;
  }

  #close(ticker: string, whole: boolean): void {
    this.closing.set(ticker, whole || (this.closing.get(ticker) ?? false));
  }

  /** A resume starts nothing that is stopped. */
  #actor(path: string, action: "restart" | "pause" | "resume" | "stop"): void {
    if (path !== MONEY && !path.startsWith(`${MONEY}/`)) return;
    if (action === "stop" || action === "pause") {
      if (action === "stop" || !this.stopped.has(path)) this.stopped.set(path, action);
      this.stoppedSinceKill.add(path);
      return;
    }
    for (const [known, how] of [...this.stopped])
      if ((known === path || known.startsWith(`${path}/`)) && (action === "restart" || how === "pause"))
        this.stopped.delete(known);
  }
}
