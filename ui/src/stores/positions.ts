import { topics } from "../../../gateway/contract/push.ts";
import type { DeckSocket } from "../api/socket.ts";
import { createTopic } from "./topic.ts";

export const createPositions = (socket: DeckSocket) => createTopic(socket.topic("positions"), topics.positions);
