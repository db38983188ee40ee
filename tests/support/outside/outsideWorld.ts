import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { GeneratedFeed } from "./generatedFeed.ts";
import { OrderDesk } from "./orderDesk.ts";
import { type BrokerAsk, lines, type MarketClock, type ToClient, type ToServer } from "./protocol.ts";

/** A broker and a feed behind one port of this machine. Both outlive the processes that come and go. */
export class OutsideWorld {
  readonly desk: OrderDesk;
  readonly feed: GeneratedFeed;
  readonly #server: Server;
  #broker: Socket | null = null;
  #listener: Socket | null = null;

  private constructor(seed: number, clock: MarketClock, onAsk: (ask: BrokerAsk) => void) {
    this.feed = new GeneratedFeed(seed, clock, (what) => tell(this.#listener, { t: "pushed", what }));
    this.desk = new OrderDesk({
      seed,
      clock,
      priceOf: (of) => this.feed.priceOf(of),
      say: (fact) => tell(this.#broker, { t: "said", fact }),
    });
    this.#server = createServer((socket) => this.#serve(socket, onAsk));
  }

  /** @param onAsk sees every request before anything is done about it. */
  static async open(seed: number, clock: MarketClock, onAsk: (ask: BrokerAsk) => void): Promise<OutsideWorld> {
    const world = new OutsideWorld(seed, clock, onAsk);
    world.#server.listen(0, "127.0.0.1");
    await once(world.#server, "listening");
    return world;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === "object" && address ? address.port : 0;
  }

  close(): void {
    this.feed.stop();
    this.#broker?.destroy();
    this.#listener?.destroy();
    this.#server.close();
  }

  #serve(socket: Socket, onAsk: (ask: BrokerAsk) => void): void {
    socket.setNoDelay(true);
    socket.on("error", () => undefined);
    socket.setEncoding("utf8").on(
      "data",
      lines<ToServer>((message) => {
        if (message.t === "hello") this.#welcome(socket, message.as);
        else if (socket === this.#broker) {
          onAsk(message.ask);
          this.#answer(socket, message.n, message.ask);
        }
      }),
    );
    socket.on("close", () => {
      if (socket === this.#broker) this.#broker = null;
      if (socket === this.#listener) this.#listener = null;
    });
  }

  #welcome(socket: Socket, as: "broker" | "feed"): void {
    if (as === "feed") {
      this.#listener = socket;
      return;
    }
    this.#broker = socket;
    this.desk.catchUp();
  }

  #answer(socket: Socket, n: number, ask: BrokerAsk): void {
    switch (this.desk.receive(ask)) {
      case "done":
        tell(socket, { t: "done", n });
        return;
      case "failed":
        tell(socket, { t: "error", n, why: "500" });
        return;
      case "cut":
        socket.destroy();
        return;
      case "never":
        return;
    }
  }
}

const tell = (socket: Socket | null, message: ToClient): void => {
  socket?.write(`${JSON.stringify(message)}\n`);
};
