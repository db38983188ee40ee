import { createSignal, onCleanup } from "solid-js";
import { routes } from "../../../gateway/contract/http.ts";
import { call, onSignedOut } from "../api/http.ts";

export type Who =
  | { readonly state: "asking" }
  | { readonly state: "in"; readonly user: string; readonly mayControl: boolean }
  | { readonly state: "out" }
  | { readonly state: "unreachable" };

/** Who is signed in. */
export const createSession = () => {
  const [who, setWho] = createSignal<Who>({ state: "asking" });
  const ask = async (): Promise<void> => {
    try {
      const s = await call(routes.session);
      setWho(s.signedIn ? { state: "in", user: s.user ?? "you", mayControl: s.rights.includes("control") } : { state: "out" });
    } catch {
      setWho({ state: "unreachable" });
    }
  };
  /** @throws ApiError TOKEN_INVALID for a link that was used or is old. */
  const signIn = async (token: string): Promise<void> => {
    await call(routes.signIn, { body: { token } });
    await ask();
  };
  const signOut = async (): Promise<void> => {
    await call(routes.logout).catch(() => undefined);
    setWho({ state: "out" });
  };
  onCleanup(onSignedOut(() => setWho({ state: "out" })));
  return { who, ask, signIn, signOut, lost: () => setWho({ state: "out" }) };
};
export type SessionStore = ReturnType<typeof createSession>;
