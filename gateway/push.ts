import type { Who } from "./auth/ports.ts";
import {
  BEAT_MS,
  CLOSE_CODES,
  ClientMsg,
  PROTOCOL,
  type RefusalCode,
  type ServerMsg,
  type TopicName,
  topicSpec,
} from "./contract/push.ts";
import type { Mode } from "./contract/systemItems.ts";
import type { ViewSource } from "./ports.ts";
import { type Channel, channel } from "./pushChannel.ts";

/** The far end, whatever carries it. As gateway/server's Socket. */
export interface PushSocket {
  send(text: string): "sent" | "buffered" | "dropped";
  close(code: number, reason: string): void;
}
/** What happens on it. */
export interface PushEvents {
  message(text: string): void;
  drained(): void;
  closed(): void;
}

export interface PushOptions {
  readonly views: ViewSource;
  readonly version: string;
  readonly mode: () => Mode;
  /** Names this life of the server: anything that differs from the last one. */
  readonly life: string;
}
export interface Push {
  /** @param who null: refused UNAUTHENTICATED, and closed. */
  connect(socket: PushSocket, who: Who | null): PushEvents;
  /** One turn: what changed goes to everybody who follows it, each frame built once. `wallAt`: the machine's clock, epoch ms. */
  flush(wallAt: number): void;
  readonly clients: number;
}

/** A reader that takes nothing for so long is closed. */
const PATIENCE_MS = 60_000;
/** A client that has not said hello by then is closed. */
const HELLO_MS = 10_000;
const MAX_TOPICS = 64;

/** What a turn sends, by topic. */
type Moved = ReadonlyMap<string, readonly string[]>;

interface Client {
  readonly socket: PushSocket;
  greeted: boolean;
  closed: boolean;
  readonly topics: Map<string, Channel>;
  /** Names of `topics`, joined: clients with the same ones get the same frame. */
  signature: string;
  /** Topics to be sent whole as soon as the socket takes something again. */
  readonly stale: Set<Channel>;
  /** When the socket stopped taking; null while it takes. */
  blockedAt: number | null;
  /** For the beat. */
  lastSentAt: number;
  readonly since: number;
}

const frameOf = (messages: readonly string[]): string =>
  messages.length === 1 ? (messages[0] as string) : `[${messages.join(",")}]`;

/** The `/ws` protocol, without the socket: subscriptions, numbered deltas, and what to do with slow readers. */
export const createPush = (options: PushOptions): Push => {
  const clients = new Set<Client>();
  const channels = new Map<string, Channel>();
  let wallAt = 0;

  const channelOf = (topic: string): Channel | null => {
    const known = channels.get(topic);
    if (known) return known;
    const spec = topicSpec(topic);
    if (!spec) return null;
    const made = channel(options.views, topic as TopicName, options.life);
    channels.set(topic, made);
    return made;
  };
  const close = (client: Client, code: number, reason: string): void => {
    if (client.closed) return;
    leave(client);
    client.socket.close(code, reason);
  };
  const leave = (client: Client): void => {
    client.closed = true;
    for (const c of client.topics.values()) c.followers -= 1;
    client.topics.clear();
    clients.delete(client);
  };
  const send = (client: Client, text: string): void => {
    client.lastSentAt = wallAt;
    const result = client.socket.send(text);
    if (result === "sent") return;
    client.blockedAt ??= wallAt;
    if (result === "dropped") for (const c of client.topics.values()) client.stale.add(c);
  };
  const tell = (client: Client, msg: ServerMsg): void => send(client, JSON.stringify(msg));
  const refuse = (client: Client, code: RefusalCode, message: string, topic?: string): void =>
    tell(client, topic === undefined ? { type: "refused", code, message } : { type: "refused", code, topic, message });
  const refuseAndClose = (client: Client, code: "PROTOCOL_MISMATCH" | "UNAUTHENTICATED" | "TOO_SLOW", message: string): void => {
    refuse(client, code, message);
    close(client, CLOSE_CODES[code], code);
  };
  const sign = (client: Client): void => {
    client.signature = [...client.topics.keys()].sort().join(" ");
  };

  const hello = (client: Client, protocol: number): void => {
    if (protocol !== PROTOCOL) {
      refuseAndClose(client, "PROTOCOL_MISMATCH", `this server speaks protocol ${PROTOCOL}: reload the page`);
      return;
    }
    client.greeted = true;
    tell(client, {
      type: "welcome",
      protocol: PROTOCOL,
      version: options.version,
      mode: options.mode(),
      life: options.life,
      wallAt,
    });
  };
  const subscribe = (client: Client, msg: Extract<ClientMsg, { type: "subscribe" }>): void => {
    const c = channelOf(msg.topic);
    if (!c) {
      refuse(client, "TOPIC_UNKNOWN", "no such topic", msg.topic);
      return;
    }
    if (!client.topics.has(msg.topic)) {
      if (client.topics.size >= MAX_TOPICS) {
        refuse(client, "BAD_MESSAGE", `at most ${MAX_TOPICS} topics at a time`, msg.topic);
        return;
      }
      if (c.followers === 0) c.wake(wallAt);
      c.followers += 1;
      client.topics.set(msg.topic, c);
      sign(client);
    }
    if (client.blockedAt !== null) {
      client.stale.add(c);
      return;
    }
    const missed = msg.after !== undefined && msg.life === options.life ? c.since(msg.after) : null;
    if (missed === null) send(client, c.snapshot());
    else if (missed.length > 0) send(client, frameOf(missed));
  };
  const unsubscribe = (client: Client, topic: string): void => {
    const c = client.topics.get(topic);
    if (!c) return;
    client.topics.delete(topic);
    client.stale.delete(c);
    c.followers -= 1;
    sign(client);
  };
  const parse = (text: string): ClientMsg | null => {
    try {
      return ClientMsg.parse(JSON.parse(text));
    } catch {
      return null;
    }
  };
  const hear = (client: Client, text: string): void => {
    const msg = parse(text);
    if (!msg) refuse(client, "BAD_MESSAGE", "expected hello, subscribe or unsubscribe as JSON");
    else if (msg.type === "hello") hello(client, msg.protocol);
    else if (!client.greeted) refuseAndClose(client, "PROTOCOL_MISMATCH", "say hello first");
    else if (msg.type === "subscribe") subscribe(client, msg);
    else unsubscribe(client, msg.topic);
  };
  const drained = (client: Client): void => {
    client.blockedAt = null;
    if (client.stale.size === 0) return;
    const whole = [...client.stale].map((c) => c.snapshot());
    client.stale.clear();
    send(client, frameOf(whole));
  };

  /** A socket that takes nothing: note what it misses, and give up on it after a minute. */
  const wait = (client: Client, blockedAt: number, moved: Moved): void => {
    for (const topic of moved.keys()) {
      const c = client.topics.get(topic);
      if (c) client.stale.add(c);
    }
    if (wallAt - blockedAt >= PATIENCE_MS) refuseAndClose(client, "TOO_SLOW", "nothing was read for a minute");
  };
  const frameFor = (client: Client, moved: Moved, frames: Map<string, string>): string => {
    const built = frames.get(client.signature);
    if (built !== undefined) return built;
    const messages: string[] = [];
    for (const topic of client.topics.keys()) for (const text of moved.get(topic) ?? []) messages.push(text);
    const frame = messages.length === 0 ? "" : frameOf(messages);
    frames.set(client.signature, frame);
    return frame;
  };
  const turn = (client: Client, moved: Moved, frames: Map<string, string>): void => {
    if (!client.greeted) {
      if (wallAt - client.since > HELLO_MS) refuseAndClose(client, "PROTOCOL_MISMATCH", "say hello first");
      return;
    }
    if (client.blockedAt !== null) {
      wait(client, client.blockedAt, moved);
      return;
    }
    const frame = frameFor(client, moved, frames);
    if (frame !== "") send(client, frame);
    else if (wallAt - client.lastSentAt >= BEAT_MS) tell(client, { type: "beat", wallAt });
  };

  return {
    get clients() {
      return clients.size;
    },
    connect: (socket, who) => {
      const client: Client = {
        socket,
        greeted: false,
        closed: false,
        topics: new Map(),
        signature: "",
        stale: new Set(),
        blockedAt: null,
        lastSentAt: wallAt,
        since: wallAt,
      };
      if (who?.rights.includes("read")) clients.add(client);
      else refuseAndClose(client, "UNAUTHENTICATED", "sign in with the link printed at start");
      return {
        message: (text) => {
          if (!client.closed) hear(client, text);
        },
        drained: () => {
          if (!client.closed) drained(client);
        },
        closed: () => leave(client),
      };
    },
    flush: (at) => {
      wallAt = at;
      const moved = new Map<string, readonly string[]>();
      for (const [topic, c] of channels) {
        const messages = c.turn(wallAt);
        if (messages.length > 0) moved.set(topic, messages);
      }
      const frames = new Map<string, string>();
      for (const client of [...clients]) turn(client, moved, frames);
    },
  };
};
