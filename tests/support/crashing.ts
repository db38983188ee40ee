import type { ActorSpec, Behaviour } from "../../actors/actor.ts";

/** The tree with one node changed. @param path as `deck/money/risk` */
export const changed = (spec: ActorSpec, path: string, change: (at: ActorSpec) => ActorSpec): ActorSpec => {
  const [head, ...rest] = path.split("/");
  if (spec.name !== head) return spec;
  if (rest.length === 0) return change(spec);
  return { ...spec, children: (spec.children ?? []).map((c) => changed(c, rest.join("/"), change)) };
};

/** A state machine that throws, once, before it handles the nth message that is chosen. It starts again at once. */
export const crashOnce = (which: (msg: { readonly type: string }) => boolean, nth: number) => {
  let met = 0;
  const wrapped = (behaviour: Behaviour): Behaviour => {
    if (!("receive" in behaviour)) throw new Error("only a state machine can be made to crash");
    return {
      ...behaviour,
      receive: (state, msg, context) => {
        if (which(msg as { type: string })) {
          met += 1;
          if (met === nth) throw new Error(`made to crash on ${(msg as { type: string }).type}`);
        }
        return behaviour.receive(state, msg, context);
      },
    };
  };
  return {
    /** How many such messages it met, the crash and its second try included. */
    met: () => met,
    on: (spec: ActorSpec): ActorSpec => ({
      ...spec,
      backoff: { minMs: 0, maxMs: 0 },
      ...(spec.behaviour ? { behaviour: wrapped(spec.behaviour) } : {}),
    }),
  };
};
