import { Route, Router, type RouteSectionProps, useLocation } from "@solidjs/router";
import { createEffect, createSignal, ErrorBoundary, Match, onMount, type ParentProps, Show, Suspense, Switch } from "solid-js";
import { routes } from "../../gateway/contract/http.ts";
import { perFrame } from "./api/frames.ts";
import { call } from "./api/http.ts";
import { browserLine, DeckSocket } from "./api/socket.ts";
import { useKeys } from "./keys.ts";
import { Dialogs } from "./parts/Dialogs.tsx";
import { ErrorNote } from "./parts/ErrorNote.tsx";
import { Notice } from "./parts/Notice.tsx";
import { Rail } from "./parts/Rail.tsx";
import { TapeBar } from "./parts/TapeBar.tsx";
import { Toasts } from "./parts/Toasts.tsx";
import { TopBar } from "./parts/TopBar.tsx";
import { DeckProvider, useDeck } from "./stores/deck.tsx";
import { createSession, type SessionStore } from "./stores/session.ts";
import { Actors } from "./views/actors.tsx";
import { News } from "./views/news.tsx";
import { Portfolio } from "./views/portfolio.tsx";
import { SignedOut, SignIn, Unreachable } from "./views/signin.tsx";
import { Strategies } from "./views/strategies.tsx";
import { TickerPage } from "./views/ticker.tsx";
import { Trades } from "./views/trades.tsx";

const openSocket = (): DeckSocket =>
  new DeckSocket({
    open: browserLine,
    signedIn: async () => (await call(routes.session)).signedIn,
    soon: perFrame(),
    now: Date.now,
    chance: Math.random,
  });

/** The frame around every view. */
function Shell(props: ParentProps) {
  const deck = useDeck();
  useKeys(deck);
  createEffect(() => {
    if (deck.link().state === "signedOut") deck.session.lost();
  });
  return (
    <div class="shell">
      <a class="skip" href="#view">
        To the view
      </a>
      <Rail />
      <TopBar />
      <Notice />
      <main id="view" class="view" classList={{ stale: deck.offline() && deck.tape() !== null }} tabIndex={-1}>
        <ErrorBoundary fallback={(error: unknown, again) => <ErrorNote error={error} again={again} />}>
          <Suspense>{props.children}</Suspense>
        </ErrorBoundary>
      </main>
      <TapeBar />
      <Toasts />
      <Dialogs />
    </div>
  );
}

/** Asks who is there; the deck itself is built only for who is signed in. */
function Gate(props: ParentProps<{ session: SessionStore }>) {
  const here = useLocation();
  const [socket] = createSignal(openSocket());
  onMount(() => void (here.pathname === "/signin" || props.session.ask()));
  return (
    <Switch>
      <Match when={here.pathname === "/signin"}>
        <SignIn session={props.session} />
      </Match>
      <Match when={props.session.who().state === "in"}>
        <DeckProvider socket={socket()} session={props.session}>
          <Shell>{props.children}</Shell>
        </DeckProvider>
      </Match>
      <Match when={props.session.who().state === "out"}>
        <SignedOut session={props.session} />
      </Match>
      <Match when={props.session.who().state === "unreachable"}>
        <Unreachable session={props.session} />
      </Match>
    </Switch>
  );
}

/** The ticker's page, made anew for each. */
function Followed(props: RouteSectionProps) {
  return (
    <Show when={props.params.ticker} keyed>
      {(t) => <TickerPage ticker={t} />}
    </Show>
  );
}

export function App() {
  const session = createSession();
  return (
    <Router root={(props) => <Gate session={session}>{props.children}</Gate>}>
      <Route path="/" component={Portfolio} />
      <Route path="/trades" component={Trades} />
      <Route path="/strategies" component={Strategies} />
      <Route path="/news" component={News} />
      <Route path="/actors" component={Actors} />
      <Route path="/tickers/:ticker" component={Followed} />
      <Route path="/signin" component={() => null} />
      <Route
        path="*"
        component={() => (
          <div class="state">
            <b>No such page</b>
            <p>The views are at the side; ⌘K or Ctrl K finds the rest.</p>
          </div>
        )}
      />
    </Router>
  );
}
