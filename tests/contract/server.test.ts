import { once } from "node:events";
import { connect, createServer } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { availableServers, openServer } from "../../gateway/server/open.ts";
import { type App, BODY_LIMIT, CannotListen, type SendResult, type Socket } from "../../gateway/server/port.ts";
import { ask, errorOf, listen } from "../support/gatewayClient.ts";
import { dashboardFolder, type Fixture, openFixture } from "../support/gatewayFixture.ts";

const promised = <T>(): { readonly promise: Promise<T>; resolve(value: T): void } => {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((done) => {
    resolve = done;
  });
  return { promise, resolve };
};
const servers = await availableServers();

describe("choosing a server", () => {
  it("takes uWebSockets where it has a binary, and node anywhere", async () => {
    const app: App = {
      answer: () => new Promise(() => undefined),
      upgrade: () => new Promise(() => undefined),
      tooLarge: () => ({ status: 413, headers: [], body: "" }),
    };
    expect((await openServer(app)).name).toBe(servers[0]);
    expect((await openServer(app, { prefer: "node" })).name).toBe("node");
  });
});

describe.each(servers)("server contract: %s", (name) => {
  const ui = dashboardFolder();
  let f: Fixture;
  beforeEach(async () => {
    f = await openFixture(name, { uiFolder: ui.root });
  });
  afterEach(async () => {
    await f.close();
  });

  describe("who may ask", () => {
    it("says which server it is and on which port", () => {
      expect(f.served.server).toBe(name);
      expect(f.port).toBeGreaterThan(0);
    });
    it("is open for health, readiness and the session question alone", async () => {
      for (const path of ["/health", "/ready", "/api/auth/session"]) expect((await ask(f.port, path)).status, path).toBe(200);
      for (const path of [
        "/metrics",
        "/api/portfolio",
        "/api/actors",
        "/api/openapi.json",
        "/api/docs",
        "/api/dead-letters",
        "/api/orders",
      ]) {
        const answer = await ask(f.port, path);
        expect(answer.status, path).toBe(401);
        expect(errorOf(answer).code).toBe("UNAUTHENTICATED");
      }
    });
    it("lets the sign-in link be opened once, for a cookie that scripts of a page cannot read", async () => {
      const link = new URL(f.served.link());
      const first = await ask(f.port, link.pathname + link.search);
      expect(first.status).toBe(303);
      expect(first.headers.location).toBe("/");
      const set = String(first.headers["set-cookie"]?.[0]);
      expect(set).toMatch(/HttpOnly/);
      expect(set).toMatch(/SameSite=Strict/);
      expect(set).not.toMatch(/Secure/);
      const again = await ask(f.port, link.pathname + link.search);
      expect(again.headers["set-cookie"]).toBeUndefined();
      expect(again.headers.location, "to the page that says what to do").toBe("/signin#token=spent");
    });
    it("answers a signed-in browser, and no longer after it signs out", async () => {
      expect((await ask(f.port, "/api/portfolio", { headers: f.signed })).status).toBe(200);
      const out = await ask(f.port, "/api/auth/logout", { method: "POST", headers: f.signed });
      expect(String(out.headers["set-cookie"]?.[0])).toMatch(/Max-Age=0/);
      expect((await ask(f.port, "/api/portfolio", { headers: f.signed })).status).toBe(401);
    });
    it("answers a token within its rights", async () => {
      const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` }, method: "POST" });
      expect((await ask(f.port, "/api/control/resume", bearer("driver"))).status).toBe(200);
      expect(errorOf(await ask(f.port, "/api/control/resume", bearer("reader"))).code).toBe("FORBIDDEN");
      expect((await ask(f.port, "/api/control/resume", bearer("guess"))).status).toBe(401);
      expect(f.controls.commands).toEqual([{ by: "driver", command: { do: "resume" } }]);
    });
    it("tires of guessing", async () => {
      const guess = () =>
        ask(f.port, "/api/auth/sign-in", {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: '{"token":"x"}',
        });
      const codes: string[] = [];
      for (let i = 0; i < 25; i++) codes.push(errorOf(await guess()).code);
      expect(codes[0]).toBe("TOKEN_INVALID");
      expect(codes.at(-1)).toBe("TOO_MANY_REQUESTS");
      expect((await ask(f.port, "/api/portfolio", { headers: f.signed })).status).toBe(200);
    });
    it("knows itself only under its own names", async () => {
      const evil = { ...f.signed, host: "evil.example" };
      expect((await ask(f.port, "/api/portfolio", { headers: evil })).status).toBe(403);
      expect((await ask(f.port, "/", { headers: evil })).status).toBe(403);
      expect((await ask(f.port, "/health", { headers: evil })).status).toBe(200);
    });
    it("does nothing for a page of somebody else's", async () => {
      const kill = (origin: string) => ask(f.port, "/api/control/kill", { method: "POST", headers: { ...f.signed, origin } });
      expect((await kill("http://evil.example")).status).toBe(403);
      expect(f.controls.commands).toEqual([]);
      expect((await kill(`http://localhost:${f.port}`)).status).toBe(200);
    });
  });

  describe("routes", () => {
    const post = (path: string, body?: string, type = "application/json") =>
      ask(f.port, path, {
        method: "POST",
        headers: { ...f.signed, "content-type": type },
        ...(body === undefined ? {} : { body }),
      });

    it("takes parameters out of the path, each decoded on its own", async () => {
      const answer = await post("/api/actors/deck%2Fmarket%2Fticker%2FAAPL/restart");
      expect(answer.status).toBe(200);
      expect(f.controls.commands).toEqual([
        { by: "owner", command: { do: "actor", path: "deck/market/ticker/AAPL", action: "restart" } },
      ]);
      expect(errorOf(await post("/api/actors/nobody/stop")).code).toBe("ACTOR_UNKNOWN");
      expect((await post("/api/actors/%E0%A4%A/stop")).status).toBe(400);
    });
    it("names the field at fault", async () => {
      expect(errorOf(await post("/api/actors/deck/explode")).message).toMatch(/^path\.action/);
      expect(errorOf(await post("/api/tape", '{"speed":-1}')).message).toMatch(/^body\.speed/);
      expect(errorOf(await ask(f.port, "/api/orders?limit=0", { headers: f.signed })).message).toMatch(/^query\.limit/);
      expect(errorOf(await ask(f.port, "/api/orders?ticker=apple", { headers: f.signed })).details).toMatchObject([
        { field: "query.ticker" },
      ]);
    });
    it("refuses a body that is not JSON, and one that does not say so", async () => {
      expect(errorOf(await post("/api/tape", "{nope")).message).toBe("body: not valid JSON");
      expect(errorOf(await post("/api/tape", '{"playing":false}', "text/plain")).message).toMatch(/^content-type/);
      expect((await post("/api/tape", '{"playing":false}')).status).toBe(200);
      expect(f.controls.playing).toBe(false);
    });
    it("takes a body up to its limit and not a byte more", async () => {
      const padded = (length: number) => `{"playing":true}${" ".repeat(length - 16)}`;
      expect((await post("/api/tape", padded(BODY_LIMIT))).status).toBe(200);
      const over = await post("/api/tape", padded(BODY_LIMIT + 1));
      expect(over.status).toBe(413);
      expect(errorOf(over).code).toBe("TOO_LARGE");
    });
    it("tells an unknown path from an unknown method", async () => {
      expect((await ask(f.port, "/api/nothing", { headers: f.signed })).status).toBe(404);
      const wrong = await ask(f.port, "/api/portfolio", { method: "DELETE", headers: f.signed });
      expect(wrong.status).toBe(405);
      expect(wrong.headers.allow).toBe("GET, HEAD");
    });
    it("answers HEAD as GET without the body", async () => {
      const get = await ask(f.port, "/api/strategies", { headers: f.signed });
      const head = await ask(f.port, "/api/strategies", { method: "HEAD", headers: f.signed });
      expect(head.status).toBe(200);
      expect(head.text).toBe("");
      expect(head.headers["content-length"]).toBe(String(get.bytes.length));
    });
    it("passes filters and the cursor on to the history", async () => {
      const page = JSON.parse(
        (await ask(f.port, "/api/trades?ticker=AAPL&from=5&limit=7&cursor=abc", { headers: f.signed })).text,
      );
      expect(page).toEqual({
        items: [{ seq: 1, run: "r", kind: "trades", ticker: "AAPL", from: 5, limit: 7, cursor: "abc" }],
        cursor: null,
      });
    });
    it("keeps answers out of caches, and pages out of frames", async () => {
      for (const path of ["/api/portfolio", "/", "/api/nothing", "/health"]) {
        const { headers } = await ask(f.port, path, { headers: f.signed });
        expect(headers["content-security-policy"], path).toMatch(/default-src 'self'.*frame-ancestors 'none'/);
        expect(headers["x-content-type-options"]).toBe("nosniff");
        expect(headers["referrer-policy"]).toBe("no-referrer");
      }
      expect((await ask(f.port, "/api/portfolio", { headers: f.signed })).headers["cache-control"]).toBe("no-store");
    });
    it("measures itself for Prometheus", async () => {
      const { text, headers } = await ask(f.port, "/metrics", { headers: f.signed });
      expect(headers["content-type"]).toMatch(/^text\/plain/);
      expect(text).toMatch(/^tapedeck_tape_seq \d+/m);
      expect(text).toMatch(/^tapedeck_actor_messages_total\{stage="money"\} 0/m);
    });
    it("outlives a client that gives up in the middle of a body", async () => {
      const socket = connect(f.port, "127.0.0.1");
      await once(socket, "connect");
      socket.write(`POST /api/tape HTTP/1.1\r\nhost: localhost:${f.port}\r\ncontent-length: 100\r\n\r\n{"pla`);
      socket.destroy();
      await once(socket, "close");
      expect((await ask(f.port, "/health")).status).toBe(200);
    });
  });

  describe("the dashboard's files", () => {
    it("serves them with their type, and those with a hash in the name forever", async () => {
      const types = {
        "/": /^text\/html/,
        "/assets/app-1a2b.js": /^text\/javascript/,
        "/assets/look-3c4d.css": /^text\/css/,
        "/icon.svg": /^image\/svg/,
      };
      for (const [path, type] of Object.entries(types)) {
        const { status, headers } = await ask(f.port, path);
        expect(status, path).toBe(200);
        expect(headers["content-type"]).toMatch(type);
        expect(headers["cache-control"]).toBe(path.startsWith("/assets/") ? "public, max-age=31536000, immutable" : "no-cache");
      }
    });
    it("answers 304 to who has it already", async () => {
      const etag = String((await ask(f.port, "/")).headers.etag);
      const again = await ask(f.port, "/", { headers: { "if-none-match": etag } });
      expect(again.status).toBe(304);
      expect(again.text).toBe("");
    });
    it("sends less to who understands gzip", async () => {
      const plain = await ask(f.port, "/assets/app-1a2b.js");
      const zipped = await ask(f.port, "/assets/app-1a2b.js", { headers: { "accept-encoding": "gzip" } });
      expect(zipped.headers["content-encoding"]).toBe("gzip");
      expect(zipped.bytes.length).toBeLessThan(plain.bytes.length / 4);
    });
    it("gives a page to a browser on any path of the dashboard, and 404 to the rest", async () => {
      const page = await ask(f.port, "/positions/AAPL", { headers: { accept: "text/html,*/*" } });
      expect(page.status).toBe(200);
      expect(page.text).toMatch(/deck/);
      expect((await ask(f.port, "/assets/gone.js", { headers: { accept: "text/html" } })).status).toBe(404);
      expect((await ask(f.port, "/api/gone", { headers: { accept: "text/html" } })).status).toBe(404);
      expect((await ask(f.port, "/positions/AAPL")).status).toBe(404);
    });
    it("serves nothing outside of the folder, nothing hidden, and follows no link out", async () => {
      const tricks = [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/assets/..%2f..%2fsecret.txt",
        "/..\\secret.txt",
        "/%5c..%5csecret.txt",
        "/.hidden",
        "/link.txt",
        "/%00",
        "//secret.txt",
      ];
      for (const path of tricks) {
        const answer = await ask(f.port, path);
        expect(answer.status, path).toBeGreaterThanOrEqual(400);
        expect(answer.text).not.toMatch(/not for you/);
      }
    });
  });

  describe("the socket", () => {
    const own = () => ({ ...f.signed, origin: `http://localhost:${f.port}` });
    it("greets, sends a topic whole, then what changes in it, numbered without gaps", async () => {
      const client = await listen(f.port, own());
      client.say({ type: "hello", protocol: 1 });
      client.say({ type: "subscribe", topic: "bars.AAPL" });
      const snapshot = await client.until((m) => m.type === "snapshot");
      expect(snapshot).toMatchObject({ topic: "bars.AAPL", life: "life-1" });
      f.turn(3);
      const first = snapshot.type === "snapshot" ? snapshot.seq : 0;
      await client.until((m) => m.type === "delta" && m.seq === first + 3);
      expect(client.heard.flatMap((m) => (m.type === "delta" ? [m.seq - first] : []))).toEqual([1, 2, 3]);
      client.ws.close();
      await client.closed;
    });
    it("turns away pages of others, and paths that are not /ws", async () => {
      await expect(listen(f.port, { ...f.signed, origin: "http://evil.example" })).rejects.toThrow("403");
      await expect(listen(f.port, { ...own(), host: "evil.example" })).rejects.toThrow("403");
      await expect(listen(f.port, own(), "/socket")).rejects.toThrow("404");
    });
    it("says UNAUTHENTICATED to a stranger and closes", async () => {
      const client = await listen(f.port);
      expect(await client.until((m) => m.type === "refused")).toMatchObject({ code: "UNAUTHENTICATED" });
      expect(await client.closed).toBe(4401);
    });
    it("takes text only, and little of it", async () => {
      const binary = await listen(f.port, own());
      binary.ws.send(Buffer.from([1, 2]));
      expect(await binary.closed).toBe(1003);
      const long = await listen(f.port, own());
      long.say("x".repeat(64 * 1024));
      expect([1006, 1009]).toContain(await long.closed);
      expect((await ask(f.port, "/health")).status).toBe(200);
    });
    it("tells everybody when it goes away", async () => {
      const client = await listen(f.port, own());
      await f.close();
      expect(await client.closed).toBe(1001);
    });
  });
});

describe.each(servers)("server port: %s", (name) => {
  const plain = (over: Partial<App>): App => ({
    answer: async () => ({ status: 200, headers: [], body: "ok" }),
    upgrade: async () => ({ refuse: { status: 404, headers: [], body: "" } }),
    tooLarge: () => ({ status: 413, headers: [], body: "" }),
    ...over,
  });

  it("says in one line that the port is taken, and by what to change it", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const port = (other.address() as { port: number }).port;
    const server = await openServer(plain({}), { prefer: name });
    await expect(server.listen(port, "127.0.0.1")).rejects.toThrow(
      `port ${port} on 127.0.0.1 is taken: stop what uses it, or choose another with --port or TAPEDECK_PORT`,
    );
    await expect(server.listen(port, "127.0.0.1")).rejects.toBeInstanceOf(CannotListen);
    other.close();
    const first = await openServer(plain({}), { prefer: name });
    const free = await first.listen(0, "127.0.0.1");
    await expect(server.listen(free, "127.0.0.1")).rejects.toMatchObject({ code: "EADDRINUSE" });
    await first.close();
  });

  it("lets a request that is under way end before it closes", async () => {
    const held = promised<void>();
    const seen = promised<void>();
    const server = await openServer(
      plain({
        answer: async () => {
          seen.resolve();
          await held.promise;
          return { status: 200, headers: [], body: "late but whole" };
        },
      }),
      { prefer: name },
    );
    const port = await server.listen(0, "127.0.0.1");
    const answer = ask(port, "/slow");
    await seen.promise;
    const closing = server.close(5_000);
    await expect(ask(port, "/new")).rejects.toThrow("ECONNREFUSED");
    held.resolve();
    expect((await answer).text).toBe("late but whole");
    await closing;
  });

  it("says when a socket takes no more, and when it takes again", async () => {
    const results: SendResult[] = [];
    const socket = promised<Socket>();
    const drained = promised<void>();
    const server = await openServer(
      plain({
        upgrade: async () => ({
          accept: (s) => {
            socket.resolve(s);
            return { message: () => undefined, drained: () => drained.resolve(), closed: () => undefined };
          },
        }),
      }),
      { prefer: name },
    );
    const port = await server.listen(0, "127.0.0.1");
    const client = await listen(port);
    client.ws.pause();
    const chunk = JSON.stringify({ type: "beat", wallAt: 1, pad: "x".repeat(1_000_000) });
    const far = await socket.promise;
    while (results.at(-1) !== "buffered" && results.length < 200) results.push(far.send(chunk));
    expect(results.at(-1)).toBe("buffered");
    client.ws.resume();
    await drained.promise;
    far.close(4000, "enough");
    expect(await client.closed).toBe(4000);
    expect(client.heard.length).toBe(results.length);
    expect(far.send("late")).toBe("dropped");
    await server.close();
  });
});
