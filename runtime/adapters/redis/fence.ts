import { type Fence, Fenced } from "../../../actors/ports/streams.ts";
import { TAKE_FENCE } from "./appendScripts.ts";
import type { Keys } from "./keys.ts";
import { runScript } from "./script.ts";
import type { Server } from "./server.ts";

/** @throws RangeError for numbers that no seq or epoch can be. */
export const checkFence = ({ epoch, after, to }: Fence): void => {
  if (!Number.isSafeInteger(epoch) || epoch < 0) throw new RangeError(`an epoch is a whole number from 0, not ${epoch}`);
  if (!Number.isSafeInteger(after) || after < 0 || !Number.isSafeInteger(to) || to <= after)
    throw new RangeError(`a fenced message goes on from a seq to a later one, not from ${after} to ${to}`);
};

export const takeFence = async (server: Server, keys: Keys, name: string, epoch: number): Promise<void> => {
  checkFence({ name, epoch, after: 0, to: 1 });
  const newest = Number(await server.run((redis) => runScript(redis, TAKE_FENCE, [keys.epoch(name)], [epoch])));
  if (newest > epoch) throw new Fenced(name, epoch, newest);
};

export const tailOf = async (server: Server, keys: Keys, stream: string, fence: string): Promise<number> =>
  Number((await server.run((redis) => redis.hget(keys.tail(fence, stream), "seq"))) ?? 0);
