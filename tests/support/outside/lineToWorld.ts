import { connect, type Socket } from "node:net";
import { lines, type ToClient, type ToServer } from "./protocol.ts";

const AGAIN_MS = 50;

/** A connection that comes back by itself. What is written while there is none is not sent, and says so. */
export class LineToWorld {
  readonly #port: number;
  readonly #as: "broker" | "feed";
  readonly #hear: (message: ToClient) => void;
  readonly #lost: () => void;
  #socket: Socket | null = null;
  #closed = false;

  constructor(port: number, as: "broker" | "feed", hear: (message: ToClient) => void, lost: () => void = () => {}) {
    this.#port = port;
    this.#as = as;
    this.#hear = hear;
    this.#lost = lost;
  }

  /** Resolves when it is connected for the first time. */
  open(): Promise<void> {
    return new Promise((connected) => this.#connect(connected));
  }

  #connect(connected: () => void): void {
    const socket = connect(this.#port, "127.0.0.1");
    socket.setNoDelay(true);
    socket.on("error", () => undefined);
    socket.on("connect", () => {
      this.#socket = socket;
      this.write({ t: "hello", as: this.#as });
      connected();
    });
    socket.setEncoding("utf8").on("data", lines(this.#hear));
    socket.on("close", () => {
      this.#socket = null;
      this.#lost();
      if (!this.#closed) setTimeout(() => this.#connect(connected), AGAIN_MS);
    });
  }

  /** False when there is no connection. */
  write(message: ToServer): boolean {
    this.#socket?.write(`${JSON.stringify(message)}\n`);
    return this.#socket !== null;
  }

  pause(): void {
    this.#socket?.pause();
  }
  resume(): void {
    this.#socket?.resume();
  }

  close(): void {
    this.#closed = true;
    this.#socket?.destroy();
  }
}
