import type { ControlCommand } from "../domain/control.ts";
import { likeOf, type TradingStopped } from "../domain/limits.ts";
import type { Ms, Seq, Ticker } from "../domain/units.ts";

/** Who pressed a control, when, and why. */
export interface Pressed {
  readonly since: Ms;
  readonly by: string;
  readonly reason: string;
  /** The event that did. */
  readonly seq: Seq;
}

/** A control that closes positions. `wholeAccount`: also shares that no strategy of this deck bought. */
export interface Closing extends Pressed {
  readonly wholeAccount: boolean;
}

/** An actor without which nothing trades, and how a person took it out: a paused one resumes, a stopped one has to be started. */
export interface TakenOut extends Pressed {
  readonly how: "pause" | "stop";
}

/** Who stops trading when the deck does by itself. */
const DECK = "deck";

/**
 * The states that people's controls put the deck into: a fold over commands, changed in place by its one owner. Each is a state, not a moment: the
 * first press counts, a repeat changes nothing, and each ends only when what it stands for is over. A pause ends by `resume`, a kill by `unkill`,
 * a stopped actor's pause when it is started again (a close and a kill start it), the closing of a ticker when it is flat (`flat`, called by whoever knows).
 */
export class Controls {
  paused: Pressed | null = null;
  killed: Closing | null = null;
  /** Actors without which nothing trades, that a person stopped or paused, by path. */
  readonly stopped = new Map<string, TakenOut>();
  readonly closing = new Map<Ticker, Closing>();
  private readonly needs: (path: string) => boolean;

  /** @param needs whether trading needs the actor at a path. */
  constructor(needs: (path: string) => boolean) {
    this.needs = needs;
  }

  /** @param touched tickers that a close of everything is about: held, or with an order at work. */
  note(e: ControlCommand | TradingStopped, touched: Iterable<Ticker>): void {
    if (e.type === "trading.stopped") {
      const pressed = { since: e.tSeen, by: DECK, reason: e.reason, seq: e.seq };
      if (likeOf(e) === "kill") this.kill({ ...pressed, wholeAccount: false });
      else if (this.paused?.by !== DECK) this.paused = pressed; // a person's pause gives way to the graver reason
      return;
    }
    const { command, by, tSeen: since, seq } = e;
    switch (command.do) {
      case "pause":
        this.paused ??= { since, by, reason: command.reason, seq };
        return;
      case "resume":
        this.paused = null;
        return;
      case "kill":
        this.kill({ since, by, reason: command.reason, seq, wholeAccount: command.wholeAccount ?? false });
        return;
      case "unkill":
        this.killed = null;
        return;
      case "close":
        this.stopped.clear();
        this.close(command.ticker, { since, by, reason: "close", seq, wholeAccount: command.wholeAccount ?? false });
        return;
      case "closeAll":
        this.stopped.clear();
        for (const ticker of touched)
          this.close(ticker, { since, by, reason: "close all", seq, wholeAccount: command.wholeAccount ?? false });
        return;
      case "actor":
        this.actor(command.path, command.action, {
          since,
          by,
          reason: `${command.path} is ${command.action === "pause" ? "paused" : "stopped"}`,
          seq,
        });
        return;
      default:
        return;
    }
  }

  /** Nothing of it is held that is to be closed, and nothing works that could change this. */
  flat(ticker: Ticker): void {
    this.closing.delete(ticker);
  }

  /** Why nothing may be opened; null when trading. */
  halted(): string | null {
    if (this.killed !== null) return `killed by ${this.killed.by}: ${this.killed.reason}`;
    if (this.paused !== null) return `paused by ${this.paused.by}: ${this.paused.reason}`;
    for (const { by, reason } of this.stopped.values()) return `paused by ${by}: ${reason}`;
    return null;
  }

  /** As a close does, it starts what it needs, so nothing is stopped after it. A later one may reach further, and changes nothing else. */
  private kill(pressed: Closing): void {
    this.stopped.clear();
    this.killed = this.killed === null ? pressed : wider(this.killed, pressed);
  }

  private close(ticker: Ticker, pressed: Closing): void {
    const before = this.closing.get(ticker);
    this.closing.set(ticker, before === undefined ? pressed : wider(before, pressed));
  }

  /** A stop of what is paused counts from the pause; a resume starts nothing that is stopped. */
  private actor(path: string, action: "restart" | "pause" | "resume" | "stop", pressed: Pressed): void {
    if (action === "stop" || action === "pause") {
      const before = this.stopped.get(path);
      if (before?.how === "pause" && action === "stop")
        this.stopped.set(path, { ...before, reason: pressed.reason, how: "stop" });
      if (before === undefined && this.needs(path)) this.stopped.set(path, { ...pressed, how: action });
      return;
    }
    for (const [known, { how }] of [...this.stopped])
      if ((known === path || known.startsWith(`${path}/`)) && (action === "restart" || how === "pause"))
        this.stopped.delete(known);
  }
}

const wider = (before: Closing, now: Closing): Closing =>
  now.wholeAccount && !before.wholeAccount ? { ...before, wholeAccount: true } : before;
