import { topics } from "../../../gateway/contract/push.ts";
import type { DeckSocket } from "../api/socket.ts";
import { createTopic } from "./topic.ts";

export const createOrders = (socket: DeckSocket) => createTopic(socket.topic("orders"), { ...topics.orders, rank: (o) => o.at });
