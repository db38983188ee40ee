import type { SupervisorView } from "../../actors/ports/supervisor.ts";
import { ticker } from "../../streams/domain/units.ts";
import type { routes } from "../contract/http.ts";
import type { PositionItem } from "../contract/items.ts";
import type { ActorItem, TapeItem } from "../contract/systemItems.ts";
import type { Controls, ViewSource } from "../ports.ts";
import { type Handlers, refuse } from "./handler.ts";

type Part = Pick<
  typeof routes,
  | "actors"
  | "controlActor"
  | "deadLetters"
  | "retryDeadLetter"
  | "pause"
  | "resume"
  | "kill"
  | "closeAll"
  | "closePosition"
  | "play"
>;
const DONE = { accepted: true } as const;

/** The tree, trading and the tape, under the hands of people. Commands go through the door: the tape says who asked. */
export const controlRoutes = (
  views: ViewSource & { tape(): TapeItem | null },
  supervisor: SupervisorView,
  controls: Controls,
): Handlers<Part> => ({
  actors: async () => ({ items: views.items("actors") as ActorItem[] }),
  controlActor: async ({ params, by }) => {
    if (!supervisor.inspect().some((a) => a.path === params.path)) return refuse("ACTOR_UNKNOWN", `no actor at ${params.path}`);
    await controls.command(by, { do: "actor", path: params.path, action: params.action });
    return DONE;
  },
  deadLetters: async () => ({ items: [...supervisor.deadLetters()] }),
  retryDeadLetter: async ({ params }) =>
    (await controls.retryDeadLetter(params.id)) ? DONE : refuse("DEAD_LETTER_UNKNOWN", `no dead letter ${params.id}`),
  pause: async ({ body, by }) => {
    await controls.command(by, { do: "pause", reason: body.reason });
    return DONE;
  },
  resume: async ({ by }) => {
    await controls.command(by, { do: "resume" });
    return DONE;
  },
  kill: async ({ body, by }) => {
    await controls.command(by, { do: "kill", reason: body.reason });
    return DONE;
  },
  closeAll: async ({ by }) => {
    await controls.command(by, { do: "closeAll" });
    return DONE;
  },
  closePosition: async ({ params, by }) => {
    const held = views.items("positions") as readonly PositionItem[];
    if (!held.some((p) => p.ticker === params.ticker)) return refuse("POSITION_UNKNOWN", `no open position in ${params.ticker}`);
    await controls.command(by, { do: "close", ticker: ticker(params.ticker) });
    return DONE;
  },
  play: async ({ body }) => {
    const tape = views.tape();
    const sped = body.speed === undefined || controls.speed(body.speed);
    const played = body.playing === undefined || controls.play(body.playing);
    if (!tape || !sped || !played) return refuse("NOT_PLAYABLE", "this market goes at its own pace");
    return { ...tape, playing: body.playing ?? tape.playing, speed: body.speed ?? tape.speed };
  },
});
