import { setTimeout as delay } from "node:timers/promises";
import type { Fanout } from "../../../actors/ports/fanout.ts";
import type { Message } from "../../../actors/ports/streams.ts";
import { SUBJECTS } from "../../../runtime/live/wire/names.ts";
import type { ChaosDeck, ChaosServers } from "./chaosDeck.ts";
import type { Managed } from "./managed.ts";
import type { ChaosServer } from "./servers.ts";

type Draw = () => number;

/** What faults are done to. */
export interface Victims {
  readonly deck: ChaosDeck;
  readonly servers: ChaosServers;
  /** Past the proxy. */
  readonly fanout: Fanout;
  readonly leaseMs: number;
}

/** Done when the fault is over: a pause has ended, a server is back. */
export interface Fault {
  readonly kind: string;
  readonly over: Promise<void>;
}

interface Kind {
  /** How often, against the others. */
  readonly weight: number;
  readonly name: string;
  readonly strike: (v: Victims, draw: Draw) => Promise<void>;
}

const between = (draw: Draw, from: number, to: number): number => Math.round(from + draw() * (to - from));
const one = <T>(draw: Draw, some: readonly T[]): T => some[Math.floor(draw() * some.length)] as T;
const server = (v: Victims, draw: Draw): ChaosServer => one(draw, [v.servers.redis, v.servers.nats, v.servers.postgres]);

const active = async ({ deck }: Victims): Promise<Managed> => (await deck.active()) ?? (deck.cores[0] as Managed);
const standby = async (v: Victims): Promise<Managed> => {
  const on = await active(v);
  return v.deck.cores.find((core) => core !== on) as Managed;
};

const pause = async (who: Managed, ms: number): Promise<void> => {
  const wake = who.pause();
  await delay(ms);
  wake?.();
};

const killOf = (name: string): Kind => ({
  weight: 3,
  name: `kill ${name}`,
  strike: async ({ deck }) => {
    deck.role(name).kill();
  },
});

const restartOf = (which: keyof ChaosServers): Kind => ({
  weight: 3,
  name: `restart ${which}`,
  strike: ({ servers }, draw) => servers[which].restart(draw() < 0.5 ? "hard" : "soft"),
});

/** Old entries again, in any order, behind the newest. */
const repeat = async ({ deck }: Victims, draw: Draw): Promise<void> => {
  const stream = one(draw, ["market:bars", "news:raw", "news:scored"]);
  const known = await deck.streams.read(stream, "0", 500);
  if (known.length === 0) return;
  const copies: Message[] = [];
  for (let n = between(draw, 1, 6); n > 0; n--) {
    const { headers, body } = one(draw, known);
    copies.push({ headers, body });
  }
  await deck.streams.append(stream, copies);
};

/** Old packs of the tape again, in any order, to those who listen. */
const republish = async ({ deck, fanout }: Victims, draw: Draw): Promise<void> => {
  const stream = await deck.tapeStream();
  const known = stream === null ? [] : await deck.streams.read(stream, "0", 500);
  for (let n = Math.min(known.length, between(draw, 1, 6)); n > 0; n--) {
    const { headers, body } = one(draw, known);
    fanout.publish(SUBJECTS.tape, body, headers);
  }
};

const KINDS: readonly Kind[] = [
  { weight: 7, name: "kill active core", strike: async (v) => void (await active(v)).kill() },
  { weight: 3, name: "kill standby core", strike: async (v) => void (await standby(v)).kill() },
  ...["feed", "news", "sentiment", "gateway-a", "gateway-b"].map(killOf),
  ...(["redis", "nats", "postgres"] as const).map(restartOf),
  { weight: 8, name: "cut connections", strike: async (v, draw) => server(v, draw).proxy.cutAll() },
  {
    weight: 6,
    name: "slow connections",
    strike: async (v, draw) => {
      const { proxy } = server(v, draw);
      proxy.delay(between(draw, 5, 120));
      await delay(between(draw, 300, 2_000));
      proxy.delay(0);
    },
  },
  {
    weight: 6,
    name: "stalled connections",
    strike: async (v, draw) => {
      const { proxy } = server(v, draw);
      proxy.stall(true);
      await delay(between(draw, 200, v.leaseMs * 1.5));
      proxy.stall(false);
    },
  },
  {
    weight: 5,
    name: "pause active core",
    strike: async (v, draw) => pause(await active(v), between(draw, v.leaseMs * 1.2, v.leaseMs * 2)),
  },
  { weight: 4, name: "pause another", strike: (v, draw) => pause(one(draw, v.deck.roles), between(draw, 200, v.leaseMs * 2)) },
  { weight: 8, name: "repeat and reorder inputs", strike: repeat },
  { weight: 4, name: "repeat and reorder packs", strike: republish },
];

/** The next fault, by its weight. Begins at once. */
export const strike = (victims: Victims, draw: Draw): Fault => {
  let at = draw() * KINDS.reduce((sum, { weight }) => sum + weight, 0);
  const kind = KINDS.find(({ weight }) => {
    at -= weight;
    return at < 0;
  }) as Kind;
  return { kind: kind.name, over: kind.strike(victims, draw) };
};
