import { once } from "node:events";
import { createConnection, createServer, type Server, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type TcpProxy, tcpProxy } from "../support/tcpProxy.ts";

/** A server that says back what it hears, behind the proxy, and one client of it. */
describe("the TCP proxy", () => {
  let server: Server;
  let proxy: TcpProxy;
  let client: Socket;
  let heard: string;
  beforeEach(async () => {
    server = createServer({ allowHalfOpen: true }, (socket) => {
      socket.on("error", () => undefined);
      socket.pipe(socket);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    proxy = await tcpProxy(typeof address === "object" && address ? address.port : 0);
    client = await dial();
    heard = "";
    client.on("data", (piece) => {
      heard += String(piece);
    });
  });
  afterEach(async () => {
    client.destroy();
    await proxy.close();
    server.close();
  });
  const dial = async (): Promise<Socket> => {
    const socket = createConnection({ port: proxy.port, host: "127.0.0.1" });
    socket.on("error", () => undefined);
    await once(socket, "connect");
    return socket;
  };

  it("passes everything on, in order, to the end of the stream", async () => {
    const text = Array.from({ length: 200_000 }, (_, i) => `${i}\n`).join("");
    client.end(text);
    await once(client, "end");
    expect(heard).toBe(text);
    await expect.poll(() => proxy.open).toBe(0);
  });

  it("keeps the order of what it delays", async () => {
    proxy.delay(30);
    client.write("a");
    proxy.delay(1);
    client.write("b");
    await expect.poll(() => heard).toBe("ab");
  });

  it("holds all while it is stalled, takes new connections, and lets go in order", async () => {
    proxy.stall(true);
    client.write("1");
    const other = await dial();
    const answer = once(other, "data");
    other.write("x");
    await expect.poll(() => proxy.taken).toBe(2);
    client.write("2");
    expect(heard).toBe("");
    proxy.stall(false);
    expect(String((await answer)[0])).toBe("x");
    await expect.poll(() => heard).toBe("12");
    other.destroy();
  });

  it("cuts with a reset, and takes the next connection", async () => {
    client.write("1");
    await expect.poll(() => heard).toBe("1");
    const [[error]] = await Promise.all([once(client, "error"), proxy.cutAll()]);
    expect((error as NodeJS.ErrnoException).code).toBe("ECONNRESET");
    await expect.poll(() => proxy.open).toBe(0);
    const next = await dial();
    next.write("y");
    expect(String((await once(next, "data"))[0])).toBe("y");
    next.destroy();
  });

  it("closes what it refuses", async () => {
    proxy.refuse(true);
    const refused = createConnection({ port: proxy.port, host: "127.0.0.1" });
    refused.resume();
    await once(refused, "close");
    expect(proxy.taken).toBe(1);
  });
});
