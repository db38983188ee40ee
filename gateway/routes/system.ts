import type { Who } from "../auth/ports.ts";
import type { routes, Session } from "../contract/http.ts";
import { openApi } from "../contract/openapi.ts";
import type { Readiness } from "../ports.ts";
import { docsPage } from "./docsPage.ts";
import { type Handlers, refuse } from "./handler.ts";

type Part = Pick<typeof routes, "health" | "ready" | "metrics" | "openapi" | "docs" | "session" | "signIn" | "logout">;

export interface SystemPorts {
  readonly version: string;
  readonly readiness: Readiness;
  /** Prometheus text. */
  readonly metrics: () => Promise<string>;
  readonly exchange: (token: string) => Promise<{ readonly cookie: string; readonly who: Who } | null>;
  readonly signOut: (cookieHeader: string | undefined) => Promise<void>;
}

const sessionOf = (who: Who | null): Session => ({
  signedIn: who !== null,
  user: who?.user ?? null,
  rights: [...(who?.rights ?? [])],
  expiresAt: who?.expiresAt ?? null,
});

/** What is there before anybody signs in, and what describes the rest. */
export const systemRoutes = (ports: SystemPorts): Handlers<Part> => {
  const description = openApi(ports.version);
  const page = docsPage(description);
  return {
    health: async () => ({ status: "ok", version: ports.version }),
    ready: async () => {
      const checks = (await ports.readiness.checks()).map((c) => ({ ...c }));
      const bad = checks.filter((c) => !c.ok);
      if (bad.length === 0) return { ready: true, checks };
      return refuse("NOT_READY", `waiting for ${bad.map((c) => c.name).join(", ")}`, { ready: false, checks });
    },
    metrics: ports.metrics,
    openapi: async () => description,
    docs: async () => page,
    session: async ({ who }) => sessionOf(who),
    signIn: async ({ body, setSession }) => {
      const signedIn = await ports.exchange(body.token);
      if (!signedIn)
        return refuse("TOKEN_INVALID", "this token was used already, or is not the latest: start again for a new one");
      setSession(signedIn.cookie);
      return sessionOf(signedIn.who);
    },
    logout: async ({ cookieHeader, setSession }) => {
      await ports.signOut(cookieHeader);
      setSession(null);
      return sessionOf(null);
    },
  };
};
