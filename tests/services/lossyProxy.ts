import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";

/** Between client and server on this machine: can let a request through and lose its answer together with the connection. */
export class LossyProxy {
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;
  #lose: string | null = null;
  /** Answers lost so far. */
  lost = 0;

  private constructor(port: number) {
    this.#server = createServer((client) => this.#join(client, connect(port, "127.0.0.1")));
  }

  static async to(port: number): Promise<LossyProxy> {
    const proxy = new LossyProxy(port);
    proxy.#server.listen(0, "127.0.0.1");
    await once(proxy.#server, "listening");
    return proxy;
  }

  get url(): string {
    const address = this.#server.address();
    return `redis://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`;
  }

  /** The answer to the next request that has this text in it is lost. */
  loseAnswerTo(text: string): void {
    this.#lose = text;
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #join(client: Socket, server: Socket): void {
    let isLosing = false;
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.on("error", () => undefined);
      socket.on("close", () => {
        client.destroy();
        server.destroy();
      });
    }
    client.on("data", (data) => {
      if (this.#lose !== null && data.includes(this.#lose)) {
        isLosing = true;
        this.#lose = null;
      }
      server.write(data);
    });
    server.on("data", (data) => {
      if (!isLosing) client.write(data);
      else {
        this.lost += 1;
        client.destroy();
      }
    });
  }
}
