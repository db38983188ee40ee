import type { SupervisorView } from "../../actors/ports/supervisor.ts";
import { ACCOUNT_BOOK } from "../../streams/domain/books.ts";
import type { Command } from "../../streams/domain/control.ts";
import { ticker } from "../../streams/domain/units.ts";
import type { ControlItem } from "../contract/controlItems.ts";
import type { routes } from "../contract/http.ts";
import type { PositionItem } from "../contract/items.ts";
import type { ActorItem, TapeItem } from "../contract/systemItems.ts";
import type { Controls, ViewSource } from "../ports.ts";
import { type Handlers, refuse } from "./handler.ts";

type ControlPart = Pick<typeof routes, "controlState" | "pause" | "resume" | "kill" | "unkill" | "closeAll" | "closePosition">;
type TreePart = Pick<typeof routes, "actors" | "controlActor" | "deadLetters" | "retryDeadLetter">;
type Part = ControlPart & TreePart & Pick<typeof routes, "play">;

type Source = ViewSource & { tape(): TapeItem | null; control(): ControlItem };
const DONE = { accepted: true } as const;

const whole = (wholeAccount: boolean) => (wholeAccount ? { wholeAccount } : {});
/** A control that is in force reaches as far as what is asked for. */
const covers = (now: { readonly wholeAccount: boolean } | null | undefined, wholeAccount: boolean): boolean =>
  now !== null && now !== undefined && (now.wholeAccount || !wholeAccount);
const isDecks = (p: PositionItem): boolean => p.books.some((b) => b.book !== ACCOUNT_BOOK);

/** Trading under the hands of people. A repeat goes on the tape too: it says who asked again, and changes nothing. */
const tradingRoutes = (views: Source, controls: Controls): Handlers<ControlPart> => {
  const positions = () => views.items("positions") as readonly PositionItem[];
  const press = async (by: string, command: Command, already: boolean) => {
    await controls.command(by, command);
    return { ...DONE, already, state: views.control() };
  };
  return {
    controlState: async () => views.control(),
    pause: ({ body, by }) => press(by, { do: "pause", reason: body.reason }, views.control().paused !== null),
    resume: async ({ by }) => {
      const { killed, paused } = views.control();
      if (killed !== null)
        return refuse("KILLED", `killed by ${killed.by}: ${killed.reason}. Resume ends a pause; unkill ends a kill`, killed);
      return press(by, { do: "resume" }, paused === null);
    },
    kill: ({ body: { reason, wholeAccount }, by }) =>
      press(by, { do: "kill", reason, ...whole(wholeAccount) }, covers(views.control().killed, wholeAccount)),
    unkill: async ({ by, who }) => {
      if (who?.by !== "session")
        return refuse("SESSION_REQUIRED", "a kill is ended by a person who is signed in, never by a token");
      return press(by, { do: "unkill" }, views.control().killed === null);
    },
    closeAll: ({ body: { wholeAccount }, by }) => {
      const { closing } = views.control();
      const closes = (p: PositionItem): boolean =>
        covers(
          closing.find((c) => c.ticker === p.ticker),
          wholeAccount,
        );
      const reached = positions().filter((p) => wholeAccount || isDecks(p));
      return press(by, { do: "closeAll", ...whole(wholeAccount) }, reached.length > 0 && reached.every(closes));
    },
    closePosition: async ({ params, body: { wholeAccount }, by }) => {
      const held = positions().find((p) => p.ticker === params.ticker);
      if (held === undefined) return refuse("POSITION_UNKNOWN", `no open position in ${params.ticker}`);
      if (!wholeAccount && !isDecks(held))
        return refuse("ACCOUNT_ONLY", `no strategy of this deck bought ${held.ticker}: wholeAccount closes it too`, {
          ticker: held.ticker,
          books: held.books,
        });
      const closing = views.control().closing.find((c) => c.ticker === params.ticker);
      return press(by, { do: "close", ticker: ticker(params.ticker), ...whole(wholeAccount) }, covers(closing, wholeAccount));
    },
  };
};

/** The tree under the hands of people. */
const treeRoutes = (views: Source, supervisor: SupervisorView, controls: Controls): Handlers<TreePart> => ({
  actors: async () => ({ items: views.items("actors") as ActorItem[] }),
  controlActor: async ({ params: { path, action }, by }) => {
    const actor = supervisor.inspect().find((a) => a.path === path);
    if (actor === undefined) return refuse("ACTOR_UNKNOWN", `no actor at ${path}`);
    if (action === "resume" && actor.state === "stopped")
      return refuse("ACTOR_STOPPED", `${path} is stopped, not paused: start it with restart`);
    await controls.command(by, { do: "actor", path, action });
    return DONE;
  },
  deadLetters: async () => ({ items: [...supervisor.deadLetters()] }),
  retryDeadLetter: async ({ params }) =>
    (await controls.retryDeadLetter(params.id)) ? DONE : refuse("DEAD_LETTER_UNKNOWN", `no dead letter ${params.id}`),
});

/** The tree, trading and the tape. Commands go through the door: the tape says who asked. */
export const controlRoutes = (views: Source, supervisor: SupervisorView, controls: Controls): Handlers<Part> => ({
  ...tradingRoutes(views, controls),
  ...treeRoutes(views, supervisor, controls),
  play: async ({ body }) => {
    const tape = views.tape();
    const sped = body.speed === undefined || controls.speed(body.speed);
    const played = body.playing === undefined || controls.play(body.playing);
    if (!tape || !sped || !played) return refuse("NOT_PLAYABLE", "this market goes at its own pace");
    return { ...tape, playing: body.playing ?? tape.playing, speed: body.speed ?? tape.speed };
  },
});
