import type { DeckSocket } from "../api/socket.ts";
import { createOnly } from "./only.ts";

export const createControl = (socket: DeckSocket) => createOnly(socket.topic("control"));
