import { topics } from "../../../gateway/contract/push.ts";
import type { DeckSocket } from "../api/socket.ts";
import { createSeries } from "./series.ts";
import { createTopic } from "./topic.ts";

/** The latest bar of each ticker: also the list of what is followed. */
export const createBars = (socket: DeckSocket) => createTopic(socket.topic("bars"), topics.bars);
/** One ticker's last 500. */
export const createTickerBars = (socket: DeckSocket, ticker: string) => createSeries(socket.topic(`bars.${ticker}`), 500);
