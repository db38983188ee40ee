import { EventEmitter } from "node:events";
import type { Socket } from "node:net";

const lost = (): Error => Object.assign(new Error("the connection to the database was lost"), { code: "CONNECTION_CLOSED" });

/**
 * What postgres.js gets for a socket. Told that its socket is closed while a transaction is open, it still writes the rollback, on
 * nothing, from a timer of its own where nobody can catch the error, and that connection never sends again. So here a loss is told as an
 * error, which fails what is open; whatever is written after it fails too; and the close is told when the client itself is done with.
 */
export class Line extends EventEmitter {
  readonly #socket: Socket;
  #greeted = false;
  #ended = false;
  #gone = false;

  /** @param onLost the connection is gone and we did not end it; resolves when the client of this connection is ended. */
  constructor(socket: Socket, onLost: () => Promise<void>) {
    super();
    this.#socket = socket;
    socket.on("data", (data) => {
      this.#greeted = true;
      this.emit("data", data);
    });
    socket.on("drain", () => this.emit("drain"));
    socket.on("error", (error) => this.#fail(error));
    socket.on("close", (hadError) => {
      if (this.#ended) return this.emit("close", hadError);
      this.#gone = this.#greeted;
      this.#fail(lost());
      // Before the server's first word there is no transaction, and the client may want to try its next host.
      if (!this.#greeted) return this.emit("close", hadError);
      return onLost().then(() => this.emit("close", hadError));
    });
  }

  get readyState(): string {
    return this.#socket.readyState;
  }

  write(data: Uint8Array, done?: (error?: Error | null) => void): boolean {
    if (!this.#gone) return this.#socket.write(data, done);
    setImmediate(() => {
      this.#fail(lost());
      done?.(lost());
    });
    return true;
  }

  end(data: Uint8Array): void {
    this.#ended = true;
    this.#socket.end(data);
  }

  destroy(): void {
    this.#socket.destroy();
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  setKeepAlive(on: boolean, afterMs: number): void {
    this.#socket.setKeepAlive(on, afterMs);
  }

  #fail(error: Error): void {
    if (this.listenerCount("error") > 0) this.emit("error", error);
  }
}
