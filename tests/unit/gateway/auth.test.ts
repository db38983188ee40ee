import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { limiter } from "../../../gateway/auth/limiter.ts";
import { fileSessions, memorySessions } from "../../../gateway/auth/sessions.ts";
import { cookieOf, createSignIn, SESSION_COOKIE, SESSION_MS } from "../../../gateway/auth/signIn.ts";

let folder: string;
let at: number;
const now = () => at;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tapedeck-auth-"));
  at = 1_000_000;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const header = (cookie: string | undefined) => `other=1; ${SESSION_COOKIE}=${cookie ?? ""}; more=2`;

describe("signing in with the link", () => {
  it("spends a token once, even when two ask at the same time", async () => {
    const signIn = createSignIn({ store: memorySessions(), now });
    const token = signIn.issueToken();
    const both = await Promise.all([signIn.exchange(token), signIn.exchange(token)]);
    expect(both.filter((s) => s !== null)).toHaveLength(1);
    expect(await signIn.exchange(token)).toBeNull();
  });
  it("takes the latest link only", async () => {
    const signIn = createSignIn({ store: memorySessions(), now });
    const first = new URL(signIn.link("http://localhost:1")).searchParams.get("token") ?? "";
    const second = new URL(signIn.link("http://localhost:1")).searchParams.get("token") ?? "";
    expect(first).not.toBe(second);
    expect(Buffer.from(second, "base64url")).toHaveLength(32);
    expect(await signIn.exchange(first)).toBeNull();
    expect(await signIn.exchange(second)).not.toBeNull();
  });
  it("keeps a session for twelve hours after its last use", async () => {
    const signIn = createSignIn({ store: memorySessions(), now });
    const cookie = header((await signIn.exchange(signIn.issueToken()))?.cookie);
    at += SESSION_MS - 1;
    expect(await signIn.whoIs(cookie, undefined)).toMatchObject({ user: "owner", rights: ["read", "control"] });
    at += SESSION_MS - 1;
    expect(await signIn.whoIs(cookie, undefined)).not.toBeNull();
    at += SESSION_MS;
    expect(await signIn.whoIs(cookie, undefined)).toBeNull();
  });
  it("ends a session when asked to", async () => {
    const signIn = createSignIn({ store: memorySessions(), now });
    const cookie = header((await signIn.exchange(signIn.issueToken()))?.cookie);
    await signIn.signOut(cookie);
    expect(await signIn.whoIs(cookie, undefined)).toBeNull();
  });
  it("knows nobody by an empty, made-up or missing cookie or token", async () => {
    const signIn = createSignIn({ store: memorySessions(), now });
    for (const cookie of [undefined, "", header(""), header("made-up"), SESSION_COOKIE])
      expect(await signIn.whoIs(cookie, undefined)).toBeNull();
    for (const bearer of ["Bearer x", "Bearer ", "Basic eA=="]) expect(await signIn.whoIs(undefined, bearer)).toBeNull();
    expect(cookieOf("a=b; tapedeck_session=x=y", SESSION_COOKIE)).toBe("x=y");
  });
});

describe("sessions in a file", () => {
  it("outlive the process, without the secret and for the owner's eyes only", async () => {
    const path = join(folder, "sessions.json");
    const before = createSignIn({ store: await fileSessions(path, now), now });
    const cookie = (await before.exchange(before.issueToken()))?.cookie;
    expect(readFileSync(path, "utf8")).not.toContain(cookie);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const after = createSignIn({ store: await fileSessions(path, now), now });
    expect(await after.whoIs(header(cookie), undefined)).not.toBeNull();
    await after.signOut(header(cookie));
    expect(JSON.parse(readFileSync(path, "utf8"))).toEqual([]);
  });
  it("make the folder that they are to lie in", async () => {
    const path = join(folder, "not", "there", "sessions.json");
    const signIn = createSignIn({ store: await fileSessions(path, now), now });
    expect(await signIn.exchange(signIn.issueToken())).not.toBeNull();
    expect(statSync(path).isFile()).toBe(true);
  });
  it("that cannot be read any more sign everybody out", async () => {
    const path = join(folder, "sessions.json");
    writeFileSync(path, '[{"hash":');
    const signIn = createSignIn({ store: await fileSessions(path, now), now });
    expect(await signIn.whoIs(header("x"), undefined)).toBeNull();
    expect(await signIn.exchange(signIn.issueToken())).not.toBeNull();
  });
});

describe("the limiter", () => {
  it("counts each address for itself and forgets after its window", () => {
    const tooMany = limiter(2, 1_000, now);
    expect([tooMany("a"), tooMany("a"), tooMany("a"), tooMany("b")]).toEqual([false, false, true, false]);
    at += 1_000;
    expect(tooMany("a")).toBe(false);
  });
});
