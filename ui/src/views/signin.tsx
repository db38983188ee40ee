import { useNavigate, useSearchParams } from "@solidjs/router";
import { createSignal, onMount, type ParentProps, Show } from "solid-js";
import { ApiError } from "../api/http.ts";
import { Logo } from "../parts/icons.tsx";
import type { SessionStore } from "../stores/session.ts";

function Card(props: ParentProps<{ title: string }>) {
  return (
    <main class="gate">
      <div class="card">
        <h1>
          <Logo />
          {props.title}
        </h1>
        {props.children}
      </div>
    </main>
  );
}

/** Takes a pasted link or the token alone. */
const tokenOf = (text: string): string => /[?#&]token=([^&\s]+)/.exec(text)?.[1] ?? text.trim();

function Paste(props: { session: SessionStore; onDone: () => void }) {
  const [error, setError] = createSignal<string | null>(null);
  const [text, setText] = createSignal("");
  const submit = async (e: SubmitEvent) => {
    e.preventDefault();
    setError(null);
    try {
      await props.session.signIn(decodeURIComponent(tokenOf(text())));
      props.onDone();
    } catch (x) {
      setError(x instanceof ApiError ? x.message : String(x));
    }
  };
  return (
    <form onSubmit={(e) => void submit(e)}>
      <input
        class="field"
        aria-label="Sign-in link or token"
        placeholder="paste the link or its token"
        autocomplete="off"
        value={text()}
        onInput={(e) => setText(e.currentTarget.value)}
      />
      <button type="submit" class="button primary" disabled={text().trim() === ""}>
        Sign in
      </button>
      <Show when={error()}>
        <span class="down" role="alert">
          {error()}
        </span>
      </Show>
    </form>
  );
}

function HowTo() {
  return (
    <>
      <p>
        The deck prints a sign-in link when it starts. It works once; every start prints a new one. Look in the terminal for a
        line like
      </p>
      <code>{`${location.origin}/signin?token=…`}</code>
      <p>and open it in this browser, or paste it here.</p>
    </>
  );
}

/** Nobody is signed in: how to get in. */
export function SignedOut(props: { session: SessionStore }) {
  return (
    <Card title="Signed out">
      <HowTo />
      <Paste session={props.session} onDone={() => undefined} />
    </Card>
  );
}

/** Nobody answers. */
export function Unreachable(props: { session: SessionStore }) {
  return (
    <Card title="The deck does not answer">
      <p>This page is here, the deck behind it is not. Start it and try again:</p>
      <code>npm start</code>
      <button type="button" class="button primary" onClick={() => void props.session.ask()}>
        Try again
      </button>
    </Card>
  );
}

/** Exchanges the one-time token of the printed link for a session, and takes it out of the address. */
export function SignIn(props: { session: SessionStore }) {
  const go = useNavigate();
  const [query] = useSearchParams();
  const [failed, setFailed] = createSignal<string | null>(null);
  onMount(async () => {
    const token = tokenOf(location.hash) || String(query.token ?? "");
    history.replaceState(null, "", "/signin");
    if (!token) {
      setFailed("");
      return;
    }
    try {
      await props.session.signIn(decodeURIComponent(token));
      go("/", { replace: true });
    } catch (e) {
      await props.session.ask();
      if (props.session.who().state === "in") go("/", { replace: true });
      else setFailed(e instanceof ApiError ? e.message : String(e));
    }
  });
  return (
    <Show when={failed() !== null} fallback={<Card title="Signing in …">{null}</Card>}>
      <Card title={failed() ? "This link did not work" : "Sign in"}>
        <Show when={failed()}>
          <p class="down" role="alert">
            {failed()}
          </p>
        </Show>
        <HowTo />
        <Paste session={props.session} onDone={() => go("/", { replace: true })} />
      </Card>
    </Show>
  );
}
