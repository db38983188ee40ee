import { VirtualTimeScheduler } from "rxjs";
import { type ClientMsg, PROTOCOL } from "../../gateway/contract/push.ts";
import { DeckSocket, type Line } from "../../ui/src/api/socket.ts";

/** One connection as the deck sees it. */
export class FakeLine implements Line {
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  readonly sent: ClientMsg[] = [];
  closedWith: number | null = null;
  send(text: string): void {
    this.sent.push(JSON.parse(text) as ClientMsg);
  }
  close(code = 1000): void {
    this.closedWith = code;
  }
  /** The deck says something; several messages are one frame. */
  says(...messages: unknown[]): void {
    this.onmessage?.({ data: JSON.stringify(messages.length === 1 ? messages[0] : messages) });
  }
  welcomes(life = "one"): void {
    this.onopen?.();
    this.says({ type: "welcome", protocol: PROTOCOL, version: "0.1.0", mode: "simulated", life, wallAt: 0 });
  }
  drops(code = 1006): void {
    this.onclose?.({ code });
  }
  asks(): ClientMsg[] {
    return this.sent.filter((m) => m.type === "subscribe");
  }
}

/** A socket on lines of our own making and virtual time: every line it opened, and the clock to turn. */
export const fakeSocket = (options: { signedIn?: () => Promise<boolean>; chance?: number } = {}) => {
  const lines: FakeLine[] = [];
  const clock = new VirtualTimeScheduler();
  const socket = new DeckSocket({
    open: () => {
      const line = new FakeLine();
      lines.push(line);
      return line;
    },
    signedIn: options.signedIn ?? (async () => true),
    soon: (job) => job(),
    now: () => clock.frame,
    chance: () => options.chance ?? 0,
    scheduler: clock,
  });
  const advance = (ms: number): void => {
    clock.maxFrames = clock.frame + ms;
    // A mark at the end, so that the clock gets there though nothing else is due.
    clock.schedule(() => undefined, ms);
    clock.flush();
  };
  const line = (): FakeLine => lines.at(-1) as FakeLine;
  return { socket, lines, line, advance };
};
