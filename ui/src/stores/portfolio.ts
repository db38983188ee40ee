import type { DeckSocket } from "../api/socket.ts";
import { createOnly } from "./only.ts";

export const createPortfolio = (socket: DeckSocket) => createOnly(socket.topic("portfolio"));
