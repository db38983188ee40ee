import { topics } from "../../../gateway/contract/push.ts";
import type { DeckSocket } from "../api/socket.ts";
import { createTopic } from "./topic.ts";

export const createTrades = (socket: DeckSocket) => createTopic(socket.topic("trades"), { ...topics.trades, rank: (t) => t.seq });
