import { topics } from "../../../gateway/contract/push.ts";
import type { DeckSocket } from "../api/socket.ts";
import { createTopic } from "./topic.ts";

export const createNews = (socket: DeckSocket) => createTopic(socket.topic("news"), { ...topics.news, rank: (n) => n.at });
