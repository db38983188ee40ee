import type { DeckSocket } from "../api/socket.ts";
import { createSeries } from "./series.ts";

export const createEquity = (socket: DeckSocket) => createSeries(socket.topic("equity"), 2000);
