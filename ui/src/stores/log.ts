import { topics } from "../../../gateway/contract/push.ts";
import type { DeckSocket } from "../api/socket.ts";
import { createTopic } from "./topic.ts";

export const createLog = (socket: DeckSocket) => createTopic(socket.topic("log"), { ...topics.log, rank: (l) => l.id });
