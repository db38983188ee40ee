import { topics } from "../../../gateway/contract/push.ts";
import type { DeckSocket } from "../api/socket.ts";
import { createTopic } from "./topic.ts";

export const createLearning = (socket: DeckSocket) =>
  createTopic(socket.topic("learning"), { ...topics.learning, rank: (o) => o.seq });
