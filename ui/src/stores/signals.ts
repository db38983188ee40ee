import { topics } from "../../../gateway/contract/push.ts";
import type { DeckSocket } from "../api/socket.ts";
import { createTopic } from "./topic.ts";

export const createSignals = (socket: DeckSocket) =>
  createTopic(socket.topic("signals"), { ...topics.signals, rank: (s) => s.seq });
