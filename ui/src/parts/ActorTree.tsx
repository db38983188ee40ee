import { createMemo, For, Show } from "solid-js";
import type { ActorItem } from "../../../gateway/contract/systemItems.ts";
import { count, short } from "../format.ts";
import { useDeck } from "../stores/deck.tsx";
import { Filled } from "./Empty.tsx";
import { Figure } from "./Figure.tsx";

/** Supervisors whose many children say no more than their sum: shown as one line beyond this many. */
const FOLD_BEYOND = 6;

export const depthOf = (path: string): number => path.split("/").length - 1;
export const nameOf = (path: string): string => path.split("/").at(-1) ?? path;
const parentOf = (path: string): string => path.split("/").slice(0, -1).join("/");
/** running needs no colour; what is not running does. */
export const stateWords = (state: ActorItem["state"]): string => (state === "backing_off" ? "restarts" : state);

/** A line of the compact tree: an actor, or the many children of one as a sum. */
export interface Line {
  readonly key: string;
  readonly name: string;
  readonly depth: number;
  readonly state: ActorItem["state"];
  readonly rate: number;
  readonly mailboxDepth: number;
  readonly restarts: number;
}

/** The tree short enough to read at a glance: long runs of quiet siblings become one line; who is in trouble stays. */
export const fold = (actors: readonly ActorItem[]): Line[] => {
  const children = new Map<string, number>();
  for (const a of actors) children.set(parentOf(a.path), (children.get(parentOf(a.path)) ?? 0) + 1);
  const folded = (path: string): string | null => {
    const parts = path.split("/");
    for (let i = 1; i < parts.length; i++) {
      const parent = parts.slice(0, i).join("/");
      if ((children.get(parent) ?? 0) > FOLD_BEYOND) return parent;
    }
    return null;
  };
  const lines: Line[] = [];
  const sums = new Map<string, { at: number; count: number }>();
  for (const a of actors) {
    const under = folded(a.path);
    const line: Line = { ...a, key: a.path, name: nameOf(a.path), depth: depthOf(a.path) };
    if (under === null || a.state !== "running") {
      lines.push(line);
      continue;
    }
    const sum = sums.get(under);
    if (!sum) {
      sums.set(under, { at: lines.length, count: 1 });
      lines.push({ ...line, key: `${under}/…`, name: "1 more", depth: depthOf(under) + 1 });
      continue;
    }
    sum.count += 1;
    const old = lines[sum.at] as Line;
    lines[sum.at] = {
      ...old,
      name: `${sum.count} running`,
      rate: old.rate + a.rate,
      mailboxDepth: old.mailboxDepth + a.mailboxDepth,
      restarts: old.restarts + a.restarts,
    };
  }
  return lines;
};

/** "47 actors, all running". */
export function ActorsAnswer() {
  const deck = useDeck();
  const all = () => deck.actors.keys.map((k) => deck.actors.byKey[k]).filter((a): a is ActorItem => a !== undefined);
  const ill = () => all().filter((a) => a.state !== "running").length;
  return (
    <Show when={deck.actors.ready}>
      {all().length === 0 ? "none yet" : `${all().length} actors, `}
      <span classList={{ down: ill() > 0 }}>
        {all().length === 0 ? "" : ill() === 0 ? "all running" : `${ill()} not running`}
      </span>
    </Show>
  );
}

/** The tree at a glance: who runs, how fast, who waits, who was restarted. */
export function ActorTree() {
  const deck = useDeck();
  const lines = createMemo(
    () =>
      new Map(
        fold(deck.actors.keys.map((k) => deck.actors.byKey[k]).filter((a): a is ActorItem => a !== undefined)).map((l) => [
          l.key,
          l,
        ]),
      ),
  );
  return (
    <Filled
      ready={deck.actors.ready}
      some={deck.actors.keys.length > 0}
      title="No actors"
      hint="The supervision tree reports here as soon as the core has started."
    >
      <table class="tree">
        <thead>
          <tr>
            <th>Actor</th>
            <th class="r">Per s</th>
            <th class="r">Waiting</th>
            <th class="r">Restarts</th>
          </tr>
        </thead>
        <tbody>
          <For each={[...lines().keys()]}>
            {(key) => <Show when={lines().get(key)}>{(line) => <TreeLine line={line()} />}</Show>}
          </For>
        </tbody>
      </table>
    </Filled>
  );
}

function TreeLine(props: { line: Line }) {
  return (
    <tr classList={{ ill: props.line.state !== "running" }}>
      <td class="clip fill name" style={{ "--depth": props.line.depth }} title={props.line.key}>
        {props.line.name}
        <Show when={props.line.state !== "running"}>
          {" "}
          <span class="chip warn">{stateWords(props.line.state)}</span>
        </Show>
      </td>
      <td class="r">
        <Figure text={short(props.line.rate)} />
      </td>
      <td class="r" classList={{ faint: props.line.mailboxDepth === 0 }}>
        {count(props.line.mailboxDepth)}
      </td>
      <td class="r" classList={{ faint: props.line.restarts === 0, restarted: props.line.restarts > 0 }}>
        {count(props.line.restarts)}
      </td>
    </tr>
  );
}
