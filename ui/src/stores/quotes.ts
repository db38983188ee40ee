import { topics } from "../../../gateway/contract/push.ts";
import type { DeckSocket } from "../api/socket.ts";
import { createTopic } from "./topic.ts";

export const createQuotes = (socket: DeckSocket) => createTopic(socket.topic("quotes"), topics.quotes);
