import { type Accessor, createContext, createSignal, from, onCleanup, type ParentProps, useContext } from "solid-js";
import type { DeckSocket, Link } from "../api/socket.ts";
import { createActors } from "./actors.ts";
import { createBars } from "./bars.ts";
import { createClock } from "./clock.ts";
import { createControl } from "./control.ts";
import { createControls } from "./controls.ts";
import { createEquity } from "./equity.ts";
import { createFeeds } from "./feeds.ts";
import { createNews } from "./news.ts";
import { createOrders } from "./orders.ts";
import { createPortfolio } from "./portfolio.ts";
import { createPositions } from "./positions.ts";
import { createRisk } from "./risk.ts";
import type { SessionStore } from "./session.ts";
import { createSignals } from "./signals.ts";
import { createStrategies } from "./strategies.ts";
import { createTape } from "./tape.ts";
import { createTrades } from "./trades.ts";

/** Everything that every view may need, alive while somebody is signed in. What one view alone needs is made there. */
const createDeck = (socket: DeckSocket, session: SessionStore) => {
  const now = createClock();
  const tape = createTape(socket);
  const control = createControl(socket);
  const [dialog, setDialog] = createSignal<"kill" | "unkill" | "closeAll" | "help" | "palette" | null>(null);
  const link = from<Link>((set) => {
    const heard = socket.link.subscribe(set);
    return () => heard.unsubscribe();
  }) as Accessor<Link>;
  const offline = () => link().state !== "open";
  const mayControl = () => {
    const who = session.who();
    return who.state === "in" && who.mayControl && !offline();
  };
  return {
    socket,
    session,
    now,
    link,
    offline,
    /** How long the screen has been without news from the deck, ms. */
    silentMs: () => (socket.lastHeard === 0 ? Number.POSITIVE_INFINITY : now() - socket.lastHeard),
    tape,
    control,
    risk: createRisk(socket),
    portfolio: createPortfolio(socket),
    equity: createEquity(socket),
    positions: createPositions(socket),
    orders: createOrders(socket),
    trades: createTrades(socket),
    signals: createSignals(socket),
    strategies: createStrategies(socket),
    news: createNews(socket),
    actors: createActors(socket),
    feeds: createFeeds(socket),
    bars: createBars(socket),
    controls: createControls({ tape, control, mayControl }),
    mayControl,
    dialog,
    setDialog,
  };
};
export type Deck = ReturnType<typeof createDeck>;

const DeckContext = createContext<Deck>();
export const useDeck = (): Deck => {
  const deck = useContext(DeckContext);
  if (!deck) throw new Error("useDeck outside DeckProvider");
  return deck;
};

export function DeckProvider(props: ParentProps<{ socket: DeckSocket; session: SessionStore }>) {
  // Both are for life: who signs in again gets a new provider.
  const deck = createDeck(props.socket, props.session);
  props.socket.connect();
  onCleanup(() => props.socket.stop());
  return <DeckContext.Provider value={deck}>{props.children}</DeckContext.Provider>;
}
