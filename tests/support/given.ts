import type { ActorContext, ActorSpec, Effect, Ref } from "../../actors/actor.ts";
import { ms, seq } from "../../streams/domain/units.ts";

const ref = <M>(path: string): Ref<M> => ({ path });
const context: ActorContext = {
  path: "test",
  self: ref("test"),
  parent: null,
  rng: { next: () => 0.5 },
  scheduler: {
    now: () => 0,
    schedule: () => {
      throw new Error("nothing waits in a state machine");
    },
  },
  now: () => ms(1_000_000),
  cause: () => seq(0),
  ref,
};

/** What an actor wants done, in few words: `tell risk {…}`, `emit risk.verdict`, `perform broker submit`. */
export const said = (effects: readonly Effect[]): string[] =>
  effects.map((e) => {
    if (e.fx === "tell" || e.fx === "tellFor") return `tell ${e.to.path.split("/").at(-1)} ${(e.msg as { type: string }).type}`;
    if (e.fx === "emit") return `emit ${e.event.type}`;
    if (e.fx === "perform") return `perform ${e.port} ${(e.request as { do?: string }).do ?? ""}`.trimEnd();
    return e.fx;
  });

type AtMomentEnd = Extract<Effect, { fx: "atMomentEnd" }>;
const isAtMomentEnd = (e: Effect): e is AtMomentEnd => e.fx === "atMomentEnd";

/**
 * A state machine's behaviour at work: each `when` hands it a message, ends the moment, and gives back the effects. `recalled` comes before its life.
 */
export const given = (spec: ActorSpec, recalled: readonly unknown[] = []) => {
  const behaviour = spec.behaviour;
  if (!behaviour || !("receive" in behaviour)) throw new Error(`${spec.name} is no state machine`);
  let state = behaviour.initial(context);
  for (const event of recalled) state = behaviour.receive(state, event, context)[0];
  let first: Effect[] = [];
  if (behaviour.started) [state, ...first] = behaviour.started(state, context);
  const receive = (msg: unknown): Effect[] => {
    const [next, ...effects] = behaviour.receive(state, msg, context);
    state = next;
    return effects;
  };
  const when = (msg: unknown): Effect[] => {
    const effects = receive(msg);
    const ends = new Map(effects.filter(isAtMomentEnd).map((e) => [e.key, e.msg]));
    return [...effects.filter((e) => !isAtMomentEnd(e)), ...[...ends.values()].flatMap(when)];
  };
  return {
    first: first.filter((e) => !isAtMomentEnd(e)),
    /** The moment goes on after it. */
    receive,
    when,
    state: () => state,
  };
};
