import type { TapeItem } from "../../../gateway/contract/systemItems.ts";
import type { DeckSocket } from "../api/socket.ts";
import { createOnly } from "./only.ts";

export const createTape = (socket: DeckSocket) => createOnly(socket.topic("tape"));

/** Whether New York trades at the tape's moment. */
export const isOpen = (tape: TapeItem | null): boolean =>
  tape !== null &&
  tape.sessionOpen !== null &&
  tape.sessionClose !== null &&
  tape.tSeen >= tape.sessionOpen &&
  tape.tSeen < tape.sessionClose;
