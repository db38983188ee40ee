import { headers, type Msg } from "@nats-io/transport-node";

export type Answer = (body: Uint8Array) => Promise<Uint8Array> | Uint8Array;

/** A header of an answer that is the text of an error. */
export const FAILED = "Tapedeck-Failed";

const failure = (msg: Msg, error: unknown): void => {
  const held = headers();
  held.set(FAILED, "1");
  msg.respond(new TextEncoder().encode(error instanceof Error ? error.message : String(error)), { headers: held });
};

/** Answers requests as they come, several at a time. `idle`: none is being worked on. */
export const answering = (answer: Answer, onError: (error: unknown) => void) => {
  const working = new Set<Promise<void>>();
  const reply = async (msg: Msg): Promise<void> => {
    try {
      msg.respond(await answer(msg.data)); // too large an answer throws here
    } catch (error) {
      failure(msg, error);
    }
  };
  const hear = (msg: Msg): void => {
    const done: Promise<void> = reply(msg)
      .catch(onError) // the connection is gone
      .finally(() => working.delete(done));
    working.add(done);
  };
  return {
    hear,
    idle: async () => {
      await Promise.all(working);
    },
  };
};
