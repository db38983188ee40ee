import { For, type JSX, type ParentProps, Show, untrack } from "solid-js";
import type { NewsItem, OrderItem, SignalItem, VerdictView } from "../../../gateway/contract/items.ts";
import { age, clock, money, number, percent, prose, shares, signed } from "../format.ts";
import { type Deck, useDeck } from "../stores/deck.tsx";
import { Score } from "./Marks.tsx";

function Step(props: ParentProps<{ name: string }>) {
  return (
    <div class="step">
      <span>{props.name}</span>
      <div>{props.children}</div>
    </div>
  );
}

/** "STALE_DATA" → "stale data". */
export const words = (code: string): string => code.toLowerCase().replaceAll("_", " ");

/** A number of a denial in its own unit: the contract names it by its field. */
const inUnits = (field: string, value: unknown): string => {
  if (field.endsWith("Ms")) return age(Number(value));
  if (typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value)) return `${money(value)} USD`;
  return String(value);
};
const fieldName = (field: string): string =>
  field
    .replace(/Ms$/, "")
    .replace(/([A-Z])/g, " $1")
    .toLowerCase();

type Denied = NonNullable<VerdictView["denial"]>;
/** Codes that read better as a sentence than as a list of their fields. */
const SENTENCES: Readonly<Record<string, (d: Denied) => string>> = {
  OPPOSES_BOOK: (d) => `opposes what ${String(d.book)} holds or opens`,
  LIMIT_EXCEEDED: (d) =>
    `${String(d.limit)} limit exceeded by ${String(d.ticker)} (${money(String(d.value))} of ${money(String(d.most))} USD)`,
  CLOSING: (d) => `being closed by ${String(d.by)}: only exits until it is flat`,
  BUYING_POWER_EXCEEDED: (d) =>
    `buying power exceeded (needs ${money(String(d.needed))} of ${money(String(d.available))} USD that are free)`,
};

/** "position exceeds limit (notional 24,180.50 USD, limit 20,000.00 USD)". */
export const denialText = (denial: Denied): string => {
  const sentence = SENTENCES[denial.code];
  if (sentence !== undefined) return sentence(denial);
  const numbers = Object.entries(denial)
    .filter(([field]) => field !== "code")
    .map(([field, value]) => `${fieldName(field)} ${inUnits(field, value)}`)
    .join(", ");
  return words(denial.code) + (numbers ? ` (${numbers})` : "");
};

/** "approved", or what was cut and by which number. */
function VerdictText(props: { verdict: VerdictView }) {
  return (
    <>
      <b>{props.verdict.outcome}</b>
      <Show when={props.verdict.outcome !== "approved"}>
        {`: ${shares(props.verdict.granted)} of ${shares(props.verdict.asked)} shares`}
      </Show>
      <Show when={props.verdict.denial}>{(denial) => <span>{`, ${denialText(denial())}`}</span>}</Show>
      <span class="faint"> · seq {props.verdict.seq}</span>
    </>
  );
}

/** The headlines among the causes of a signal; bars among them are only numbers. */
function Headlines(props: { causes: readonly number[]; ticker: string }) {
  const deck = useDeck();
  const found = (): NewsItem[] => {
    const seqs = new Set(props.causes);
    return deck.news.keys.map((k) => deck.news.byKey[k]).filter((n): n is NewsItem => n !== undefined && seqs.has(n.seq));
  };
  return (
    <For each={found()}>
      {(n) => (
        <Step name="Headline">
          <Score value={n.score} /> {n.headline}{" "}
          <span class="faint">{`${n.source} · ${clock(n.at)} · ${n.scorer ?? "unscored"}`}</span>
        </Step>
      )}
    </For>
  );
}

/** A signal's own words and what it rests on. */
export function SignalWhy(props: { signal: SignalItem }) {
  return (
    <div class="chain">
      <Step name="Reason">{prose(props.signal.reason)}</Step>
      <Step name="View">
        {`score ${signed(props.signal.score)}, confidence ${percent(props.signal.confidence, 0)} · seq ${props.signal.seq}`}
      </Step>
      <Headlines causes={props.signal.causes} ticker={props.signal.ticker} />
      <Step name="Rests on">
        <span class="dim">
          {props.signal.causes.length === 0
            ? "no recorded cause"
            : `tape ${props.signal.causes.length === 1 ? "entry" : "entries"} ${props.signal.causes.slice(-8).join(", ")}${props.signal.causes.length > 8 ? " …" : ""}`}
        </span>
      </Step>
    </div>
  );
}

/** What a bracket leg is; null for any other order. */
export const legName = (id: string): string | null =>
  id.endsWith(".sl") ? "stop loss of its entry" : id.endsWith(".tp") ? "take profit of its entry" : null;

/** The views that stood when an order was made: the newest signal of each strategy on its ticker, up to its origin. */
export const viewsAt = (signals: readonly SignalItem[], ticker: string, origin: number): SignalItem[] => {
  const newest = new Map<string, SignalItem>();
  for (const s of signals) {
    if (s.ticker !== ticker || s.seq > origin) continue;
    const known = newest.get(s.strategy);
    if (!known || s.seq > known.seq) newest.set(s.strategy, s);
  }
  return [...newest.values()].sort((a, b) => b.seq - a.seq);
};

/** The views behind an order, of the signals kept on this screen. Reads without watching: what stood then does not change. */
export const viewsOf = (order: OrderItem, deck: Deck): SignalItem[] =>
  untrack(() => {
    const all = deck.signals.keys.map((k) => deck.signals.byKey[k]).filter((s): s is SignalItem => s !== undefined);
    return viewsAt(all, order.ticker, order.origin || order.seq);
  });

/** From a fill back to the headline: fill, verdict, the signals with their weights, what those rest on. */
export function OrderWhy(props: { order: OrderItem }) {
  const deck = useDeck();
  const views = () => viewsOf(props.order, deck);
  const causes = () => views().flatMap((s) => s.causes);
  const filled = () => Number(props.order.filled) > 0;
  return (
    <div class="chain">
      <Show when={filled()}>
        <Step name="Fill">
          {`${shares(props.order.filled)} shares at ${money(props.order.avgPx ?? "0")}, commission ${money(props.order.commission)} USD`}
        </Step>
      </Show>
      <Show when={props.order.reason}>{(reason) => <Step name="Reason">{reason()}</Step>}</Show>
      <Show
        when={props.order.verdict}
        fallback={<Step name="Verdict">{legName(props.order.id) === null ? "none yet" : "that of its entry"}</Step>}
      >
        {(verdict) => (
          <Step name="Verdict">
            <VerdictText verdict={verdict()} />
          </Step>
        )}
      </Show>
      <Step name="Asked by">
        {props.order.by} <span class="faint">{`· from seq ${props.order.origin}`}</span>
      </Step>
      <Show
        when={views().length > 0}
        fallback={
          <Step name="Signals">
            <span class="dim">older than the signals kept on this screen</span>
          </Step>
        }
      >
        <Step name="Signals">
          <SignalTable views={views()} />
        </Step>
      </Show>
      <Headlines causes={causes()} ticker={props.order.ticker} />
      <Step name="Order">
        <span class="mono dim">{props.order.id}</span>
      </Step>
    </div>
  );
}

function SignalTable(props: { views: readonly SignalItem[] }): JSX.Element {
  const deck = useDeck();
  return (
    <table>
      <thead>
        <tr>
          <th>Strategy</th>
          <th class="r">Weight</th>
          <th class="r">Score</th>
          <th class="r">Confidence</th>
          <th>Reason</th>
        </tr>
      </thead>
      <tbody>
        <For each={props.views}>
          {(s) => (
            <tr>
              <td>{s.strategy}</td>
              <td class="r">{number(deck.strategies.byKey[s.strategy]?.weight ?? Number.NaN)}</td>
              <td class="r">{signed(s.score)}</td>
              <td class="r">{percent(s.confidence, 0)}</td>
              <td class="reason">{prose(s.reason)}</td>
            </tr>
          )}
        </For>
      </tbody>
    </table>
  );
}
