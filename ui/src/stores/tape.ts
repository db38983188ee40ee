import type { DeckSocket } from "../api/socket.ts";
import { createOnly } from "./only.ts";

export const createTape = (socket: DeckSocket) => createOnly(socket.topic("tape"));
