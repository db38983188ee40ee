import { createConnection, createServer, type Server, type Socket } from "node:net";

export interface TcpProxy {
  /** On 127.0.0.1. */
  readonly port: number;
  /** Connections open now. */
  readonly open: number;
  /** Connections ever taken. */
  readonly taken: number;
  /** Resets every connection, both ends, whatever is still on its way. New ones are taken as before. */
  cutAll(): void;
  /** On: nothing passes either way, nothing closes, new connections are taken and wait. Off: all goes on where it stopped. */
  stall(on: boolean): void;
  /** Each piece that passes, either way, arrives this much later (ms); order is kept. Counts for pieces that come from now on. */
  delay(ms: number): void;
  /** Connections made from now on go to this port: the server came back somewhere else. */
  target(port: number): void;
  /** On: a connection is closed as soon as it is made, as by a server that is down behind its balancer. */
  refuse(on: boolean): void;
  /** Cuts all and takes no more. */
  close(): Promise<void>;
}

interface Weather {
  stalled: boolean;
  refusing: boolean;
  delayMs: number;
}

/** One direction: pieces wait here while the weather is bad. A reader that is slow slows its writer, through the sockets' own buffers. */
class Lane {
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #weather: Weather;
  /** null: the end of the stream. */
  readonly #waiting: { readonly piece: Buffer | null; readonly due: number }[] = [];
  #timer: NodeJS.Timeout | null = null;

  constructor(from: Socket, to: Socket, weather: Weather) {
    this.#from = from;
    this.#to = to;
    this.#weather = weather;
    from.on("data", (piece: Buffer) => this.#take(piece));
    from.on("end", () => this.#take(null));
    to.on("drain", () => this.pass());
  }

  #take(piece: Buffer | null): void {
    this.#waiting.push({ piece, due: performance.now() + this.#weather.delayMs });
    this.pass();
  }

  /** Hands on what is due. While something waits because the other side is full or stalled, nothing more is read. */
  pass(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    while (!this.#weather.stalled && !this.#to.writableNeedDrain) {
      const next = this.#waiting[0];
      if (!next) break;
      const early = next.due - performance.now();
      if (early > 0) {
        this.#timer = setTimeout(() => this.pass(), Math.ceil(early));
        return;
      }
      this.#waiting.shift();
      if (next.piece === null) this.#to.end();
      else this.#to.write(next.piece);
    }
    if (this.#weather.stalled || this.#to.writableNeedDrain) this.#from.pause();
    else this.#from.resume();
  }

  stop(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#waiting.length = 0;
  }
}

/** The two sockets of one connection, and its two directions. */
class Link {
  readonly #client: Socket;
  readonly #target: Socket;
  readonly #lanes: readonly Lane[];

  constructor(client: Socket, targetPort: number, weather: Weather, onGone: () => void) {
    this.#client = client;
    this.#target = createConnection({ port: targetPort, host: "127.0.0.1", noDelay: true, allowHalfOpen: true });
    this.#lanes = [new Lane(client, this.#target, weather), new Lane(this.#target, client, weather)];
    let open = 2;
    for (const socket of [client, this.#target]) {
      socket.on("error", () => this.cut()); // the other end learns of it by its own reset
      socket.on("close", () => {
        open -= 1;
        if (open === 0) onGone();
        else if (!this.#client.writableEnded || !this.#target.writableEnded) this.cut();
      });
    }
    this.pass();
  }

  pass(): void {
    for (const lane of this.#lanes) lane.pass();
  }

  cut(): void {
    for (const lane of this.#lanes) lane.stop();
    for (const socket of [this.#client, this.#target]) if (!socket.destroyed) socket.resetAndDestroy();
  }
}

const listening = (server: Server): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address ? address.port : 0);
    });
  });

/** Stands between a client and a server on 127.0.0.1, and makes the weather. */
export const tcpProxy = async (targetPort: number): Promise<TcpProxy> => {
  let at = targetPort;
  const weather: Weather = { stalled: false, refusing: false, delayMs: 0 };
  const links = new Set<Link>();
  let taken = 0;
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (client) => {
    if (weather.refusing) return client.destroy();
    taken += 1;
    const link = new Link(client, at, weather, () => links.delete(link));
    links.add(link);
    return undefined;
  });
  const port = await listening(server);
  const cutAll = () => {
    for (const link of links) link.cut();
  };
  return {
    port,
    get open() {
      return links.size;
    },
    get taken() {
      return taken;
    },
    cutAll,
    stall: (on) => {
      weather.stalled = on;
      for (const link of links) link.pass();
    },
    delay: (ms) => {
      weather.delayMs = ms;
    },
    target: (to) => {
      at = to;
    },
    refuse: (on) => {
      weather.refusing = on;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        cutAll();
      }),
  };
};
