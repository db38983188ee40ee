import type { DeckSocket } from "../api/socket.ts";
import { createOnly } from "./only.ts";

export const createRisk = (socket: DeckSocket) => createOnly(socket.topic("risk"));
