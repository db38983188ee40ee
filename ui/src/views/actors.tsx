import { createResource, createSignal, For, Show, Suspense } from "solid-js";
import { routes } from "../../../gateway/contract/http.ts";
import type { ActorItem } from "../../../gateway/contract/systemItems.ts";
import { call } from "../api/http.ts";
import { age, clock, count, moment, short, took } from "../format.ts";
import { ActorsAnswer, depthOf, nameOf, stateWords } from "../parts/ActorTree.tsx";
import { Empty, Filled, Ghost } from "../parts/Empty.tsx";
import { Figure } from "../parts/Figure.tsx";
import { Filter, matches } from "../parts/Filter.tsx";
import { Panel } from "../parts/Panel.tsx";
import { Rows } from "../parts/Rows.tsx";
import { useDeck } from "../stores/deck.tsx";
import { createLog } from "../stores/log.ts";

/** The whole tree with its figures, what was set aside, and what happened. */
export function Actors() {
  const deck = useDeck();
  const [query, setQuery] = createSignal("");
  const keys = () =>
    deck.actors.keys.filter((k) =>
      matches(query(), `${k} ${deck.actors.byKey[k]?.state ?? ""} ${deck.actors.byKey[k]?.lastError ?? ""}`),
    );
  return (
    <div class="grid actors-view">
      <Panel
        title="Actors"
        answer={<ActorsAnswer />}
        tools={<Filter text={query()} onText={setQuery} hint="path, state, error" />}
      >
        <Filled
          ready={deck.actors.ready}
          some={keys().length > 0}
          title={query() ? "No actor matches" : "No actors"}
          hint={query() ? "Clear the filter with Escape." : "The supervision tree reports here as soon as the core has started."}
          rows={14}
        >
          <table class="tree whole">
            <thead>
              <tr>
                <th>Actor</th>
                <th>State</th>
                <th class="r">Per s</th>
                <th class="r">Waiting</th>
                <th class="r c-age">Age</th>
                <th class="r c-time">p50</th>
                <th class="r c-time">p99</th>
                <th class="r">Restarts</th>
                <th class="c-error">Last error</th>
                <th class="c-do">
                  <span class="unseen">Actions</span>
                </th>
              </tr>
            </thead>
            <Rows keys={keys()} columns={10}>
              {(key) => <Show when={deck.actors.byKey[key]}>{(a) => <ActorRow actor={a()} />}</Show>}
            </Rows>
          </table>
        </Filled>
      </Panel>
      <DeadLetters />
      <Log />
    </div>
  );
}

function ActorRow(props: { actor: ActorItem }) {
  const deck = useDeck();
  const act = (action: "restart" | "pause" | "resume" | "stop") => (
    <button
      type="button"
      class="button small"
      disabled={!deck.mayControl()}
      aria-label={`${action} ${props.actor.path}`}
      onClick={() => void deck.controls.actor(props.actor.path, action)}
    >
      {action}
    </button>
  );
  return (
    <tr classList={{ ill: props.actor.state !== "running" }}>
      <td
        class="name"
        classList={{ group: props.actor.group }}
        style={{ "--depth": depthOf(props.actor.path) }}
        title={props.actor.path}
      >
        {nameOf(props.actor.path)}
      </td>
      <td classList={{ dim: props.actor.state === "running" }}>{stateWords(props.actor.state)}</td>
      <td class="r">
        <Figure text={short(props.actor.rate)} />
      </td>
      <td class="r" classList={{ faint: props.actor.mailboxDepth === 0 }}>
        {count(props.actor.mailboxDepth)}
      </td>
      <td class="r c-age" classList={{ faint: props.actor.mailboxAgeMs === 0 }}>
        {props.actor.mailboxAgeMs === 0 ? "–" : age(props.actor.mailboxAgeMs)}
      </td>
      <td class="r dim c-time">{took(props.actor.p50Us)}</td>
      <td class="r dim c-time">{took(props.actor.p99Us)}</td>
      <td class="r" classList={{ faint: props.actor.restarts === 0, restarted: props.actor.restarts > 0 }}>
        {count(props.actor.restarts)}
      </td>
      <td class="fill clip c-error" title={props.actor.lastError ?? ""}>
        <Show when={props.actor.lastError}>
          <span class="faint">{props.actor.lastErrorAt ? `${clock(props.actor.lastErrorAt)} ` : ""}</span>
          {props.actor.lastError}
        </Show>
      </td>
      <td class="c-do">
        <div class="acts">
          {act("restart")}
          <Show when={props.actor.state === "paused" || props.actor.state === "stopped"} fallback={act("pause")}>
            {act("resume")}
          </Show>
          <Show when={props.actor.state !== "stopped"}>{act("stop")}</Show>
        </div>
      </td>
    </tr>
  );
}

function DeadLetters() {
  const deck = useDeck();
  const [letters, { refetch }] = createResource(() => call(routes.deadLetters));
  const retry = async (id: number) => {
    await deck.controls.retry(id);
    await refetch();
  };
  return (
    <Panel
      title="Dead letters"
      answer="messages that crashed their actor twice"
      tools={
        <button type="button" class="button small" onClick={() => void refetch()}>
          Refresh
        </button>
      }
    >
      <Suspense fallback={<Ghost rows={3} />}>
        <Show
          when={(letters()?.items.length ?? 0) > 0}
          fallback={
            <Empty
              title="None"
              hint="A message that crashes its actor twice is set aside here with its error; the actor goes on."
            />
          }
        >
          <table>
            <tbody>
              <For each={letters()?.items}>
                {(l) => (
                  <tr>
                    <td class="dim" title={moment(l.at)}>
                      {clock(l.at)}
                    </td>
                    <td>{l.path}</td>
                    <td class="fill clip" title={JSON.stringify(l.message)}>
                      {l.error}
                    </td>
                    <td class="r">
                      <button type="button" class="button small" disabled={!deck.mayControl()} onClick={() => void retry(l.id)}>
                        Retry
                      </button>
                    </td>
                  </tr>
                )}
              </For>
            </tbody>
          </table>
        </Show>
      </Suspense>
    </Panel>
  );
}

function Log() {
  const deck = useDeck();
  const log = createLog(deck.socket);
  return (
    <Panel title="Log" answer="births, crashes, kills, refusals">
      <Filled
        ready={log.ready}
        some={log.keys.length > 0}
        title="Quiet"
        hint="Starts, crashes, restarts and refusals are told here."
      >
        <table>
          <Rows keys={log.keys} columns={3} max={100}>
            {(key) => (
              <Show when={log.byKey[key]}>
                {(l) => (
                  <tr>
                    <td class="dim" title={moment(l().at)}>
                      {clock(l().at)}
                    </td>
                    <td>
                      <span class="chip" classList={{ warn: l().level === "warn", bad: l().level === "error" }}>
                        {l().kind}
                      </span>
                    </td>
                    <td class="fill clip" title={l().text}>
                      {l().text}
                    </td>
                  </tr>
                )}
              </Show>
            )}
          </Rows>
        </table>
      </Filled>
    </Panel>
  );
}
