import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { ms } from "../../streams/domain/units.ts";
import type { SessionRecord, SessionStore, TokenCheck, Who } from "./ports.ts";

/** A session ends so long after its last use. */
export const SESSION_MS = 12 * 3_600_000;
/** A use moves the end only when it moves it by this much: a write a quarter of an hour is enough. */
const TOUCH_MS = 15 * 60_000;
export const SESSION_COOKIE = "tapedeck_session";
const OWNER = "owner";

export interface SignIn {
  /** A new one-time token; the one before it is worth nothing from now on. 256 bits. */
  issueToken(): string;
  /** `http://localhost:8080/signin?token=…`, with a new token: opened once, it signs that browser in. */
  link(origin: string): string;
  /** Spends the token: null when it is not the one, or was used before; else what goes into the cookie. */
  exchange(token: string): Promise<{ readonly cookie: string; readonly who: Who } | null>;
  /** Who a request's cookie or bearer token stands for. */
  whoIs(cookieHeader: string | undefined, authorization: string | undefined): Promise<Who | null>;
  /** Ends the session of this cookie header, if there is one. */
  signOut(cookieHeader: string | undefined): Promise<void>;
}

const sha256 = (text: string): Buffer => createHash("sha256").update(text).digest();
const secret = (): string => randomBytes(32).toString("base64url");

/** The value of one cookie of a Cookie header. */
export const cookieOf = (header: string | undefined, name: string): string | null => {
  for (const part of (header ?? "").split(";")) {
    const at = part.indexOf("=");
    if (at > 0 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim();
  }
  return null;
};

/** The Set-Cookie line; `value` null takes it away. Secure unless it is for this machine itself. */
export const setCookie = (value: string | null, secure: boolean): string =>
  `${SESSION_COOKIE}=${value ?? ""}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${value === null ? 0 : 30 * 86_400}${secure ? "; Secure" : ""}`;

export interface SignInOptions {
  readonly store: SessionStore;
  /** Epoch ms of the machine's clock. */
  readonly now: () => number;
  readonly checkToken?: TokenCheck;
}

/** Signing in with the link printed at start. Keeps hashes only: neither the token nor a session id can be read out of memory dumps or files. */
export const createSignIn = ({ store, now, checkToken }: SignInOptions): SignIn => {
  let pending: Buffer | null = null;
  const issueToken = (): string => {
    const token = secret();
    pending = sha256(token);
    return token;
  };
  const whoOf = (record: SessionRecord): Who => ({
    user: record.user,
    rights: ["read", "control"],
    by: "session",
    expiresAt: record.expiresAt,
  });
  const find = async (cookie: string | null): Promise<SessionRecord | null> => {
    if (cookie === null || cookie === "") return null;
    const record = await store.find(sha256(cookie).toString("hex"));
    if (!record || record.expiresAt <= now()) return null;
    const expiresAt = ms(now() + SESSION_MS);
    if (expiresAt - record.expiresAt < TOUCH_MS) return record;
    const touched = { ...record, expiresAt };
    await store.put(touched);
    return touched;
  };
  return {
    issueToken,
    link: (origin) => `${origin}/signin?token=${issueToken()}`,
    exchange: async (token) => {
      if (pending === null || !timingSafeEqual(pending, sha256(token))) return null;
      pending = null; // before the first await: it can be spent once
      const cookie = secret();
      const at = ms(now());
      const record = { hash: sha256(cookie).toString("hex"), user: OWNER, createdAt: at, expiresAt: ms(at + SESSION_MS) };
      await store.put(record);
      return { cookie, who: whoOf(record) };
    },
    whoIs: async (cookieHeader, authorization) => {
      const bearer = /^Bearer ([\w.~+/=-]{1,512})$/i.exec(authorization ?? "")?.[1];
      if (bearer !== undefined) return checkToken ? checkToken(bearer) : null;
      const record = await find(cookieOf(cookieHeader, SESSION_COOKIE));
      return record ? whoOf(record) : null;
    },
    signOut: async (cookieHeader) => {
      const cookie = cookieOf(cookieHeader, SESSION_COOKIE);
      if (cookie) await store.remove(sha256(cookie).toString("hex"));
    },
  };
};
