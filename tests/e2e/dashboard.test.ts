import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Deck, startDeck } from "./startDeck.ts";

const CHROMIUM = process.env.CHROMIUM_PATH ?? "/usr/bin/chromium";
const ARGS = [
  "--no-sandbox",
  "--headless",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
const FIRST_FILL_MS = 60_000;

let deck: Deck;
let browser: Browser;
let context: BrowserContext;
let page: Page;
/** Everything the page complained of. What a test expects, it takes out. */
let complaints: string[] = [];

/** The text of the first match, "" without one. */
const read = async (selector: string): Promise<string> => (await page.locator(selector).first().textContent()) ?? "";
const equity = () => read(".s-equity b");
const text = (selector: string) => page.locator(selector).first();
const waitFor = (selector: string, timeout = 15_000) => text(selector).waitFor({ timeout });
/** Waits until what is read differs from what it was. */
const untilChanged = async (look: () => Promise<string>, timeout = 30_000): Promise<void> => {
  const before = await look();
  await expect.poll(look, { timeout, interval: 200 }).not.toBe(before);
};
/** Until the first figures are there. */
const live = () => expect.poll(equity, { timeout: FIRST_FILL_MS, interval: 100 }).toMatch(/\d/);
const go = async (path: string) => {
  await page.goto(deck.origin + path);
  await live();
};

beforeAll(async () => {
  deck = await startDeck();
  browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGS });
  context = await browser.newContext({ viewport: { width: 1440, height: 900 }, colorScheme: "dark" });
  page = await context.newPage();
  page.on("console", (m) => {
    if (m.type() === "error") complaints.push(m.text());
  });
  page.on("pageerror", (e) => complaints.push(e.message));
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await deck?.remove();
});
afterEach(() => {
  const said = complaints;
  complaints = [];
  expect(said).toEqual([]);
});

describe("signing in", () => {
  it("tells a stranger how, and shows nothing of the account", async () => {
    await page.goto(deck.origin);
    await waitFor(".gate");
    expect(await read(".gate")).toContain("/signin?token=");
    expect(await page.locator(".top").count()).toBe(0);
  });

  it("takes the printed link once, and keeps no token in the address", async () => {
    const link = deck.link();
    await page.goto(link);
    await live();
    expect(page.url()).not.toContain("token");
    const other = await browser.newContext();
    const again = await other.newPage();
    await again.goto(link);
    await again.goto(deck.origin);
    await again.locator(".gate").waitFor();
    await other.close();
  });
});

describe("the day on screen", () => {
  it("shows which money it is, and moves", async () => {
    await go("/");
    expect(await read(".badge")).toBe("SIMULATED");
    await untilChanged(() => read(".clock b"));
    await untilChanged(equity, FIRST_FILL_MS);
  });

  it("fills orders and holds positions within a minute", async () => {
    await go("/");
    await page
      .locator(".orders .chip", { hasText: /^filled/ })
      .first()
      .waitFor({ timeout: FIRST_FILL_MS });
    await waitFor(".positions tbody tr", FIRST_FILL_MS);
    await untilChanged(() => read(".positions tbody"));
    expect(await page.locator(".chart canvas").count()).toBeGreaterThan(0);
    expect(await page.locator(".headline").count()).toBeGreaterThan(0);
    expect(await page.locator(".tree tbody tr").count()).toBeGreaterThan(3);
  });

  it("answers why: an order opens to its verdict and its signals", async () => {
    await go("/trades");
    await page.getByRole("tab", { name: "Fills" }).click();
    await page.locator("tr.opens").first().click();
    const why = await read("tr.why");
    for (const step of ["Fill", "Verdict", "Asked by", "Order"]) expect(why).toContain(step);
  });

  it("leads from a ticker anywhere to its own page", async () => {
    await go("/");
    await page.locator(".positions a.tick").first().click();
    await page.waitForURL(/\/tickers\//);
    await waitFor(".a-price .price", 30_000);
    expect(await page.locator(".a-price canvas").count()).toBeGreaterThan(0);
  });

  it.each(["/trades", "/strategies", "/news", "/actors"])("fills %s without a complaint", async (path) => {
    await go(path);
    await expect.poll(() => page.locator(".view tbody tr, .view .headline").count(), { timeout: 30_000 }).toBeGreaterThan(0);
  });
});

describe("the brakes", () => {
  it("pause trading with P, say so unmistakably, and let it go on", async () => {
    await go("/");
    await page.keyboard.press("p");
    await waitFor(".notice.paused");
    expect(await read(".top .brakes")).toContain("Resume");
    await page.keyboard.press("p");
    await page.locator(".notice").waitFor({ state: "detached" });
  });

  it("ask before they kill, and do nothing on Escape", async () => {
    await go("/");
    await page.keyboard.press("Shift+K");
    await page.getByRole("dialog").waitFor();
    expect(await page.getByRole("dialog").textContent()).toContain("closed at the market");
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    expect(await page.locator(".notice").count()).toBe(0);
  });

  it("stop and play the tape with space", async () => {
    await go("/");
    await page.keyboard.press("Space");
    await page.locator(".tape .chip", { hasText: "tape paused" }).waitFor();
    await page.keyboard.press("Space");
    await page.locator(".tape .chip").waitFor({ state: "detached" });
    await untilChanged(() => read(".clock b"));
  });
});

describe("the keyboard", () => {
  it("reaches every view, the filter, the palette and the help", async () => {
    await go("/");
    for (const [key, path] of [
      ["t", "/trades"],
      ["s", "/strategies"],
      ["n", "/news"],
      ["a", "/actors"],
      ["p", "/"],
    ] as const) {
      await page.keyboard.press("g");
      await page.keyboard.press(key);
      await page.waitForURL(deck.origin + path);
    }
    await page.keyboard.press("g");
    await page.keyboard.press("n");
    await page.keyboard.press("/");
    expect(await page.locator("input.filter:focus").count()).toBe(1);
    await page.keyboard.type("no such headline");
    await page.getByText("No headline matches").waitFor();
    await page.keyboard.press("Escape");
    await page.keyboard.press("Control+k");
    await page.keyboard.type("strat");
    await page.keyboard.press("Enter");
    await page.waitForURL(`${deck.origin}/strategies`);
    await page.keyboard.press("?");
    await page.getByRole("dialog").getByText("Keys", { exact: true }).waitFor();
    await page.keyboard.press("Escape");
  });

  it("shows where it is", async () => {
    await go("/");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    const outline = await page.evaluate("getComputedStyle(document.activeElement).outlineStyle");
    expect(outline).toBe("solid");
  });
});

describe("the room there is", () => {
  it.each([
    [390, 844],
    [720, 900],
    [1024, 768],
    [1920, 1080],
  ])("is used without a sideways scroll at %d × %d", async (width, height) => {
    await page.setViewportSize({ width, height });
    for (const path of ["/", "/trades", "/strategies", "/news", "/actors"]) {
      await go(path);
      expect(
        await page.evaluate("document.querySelector('.view').scrollWidth - document.querySelector('.view').clientWidth"),
      ).toBe(0);
      for (const part of [".badge", ".s-equity", ".s-today", ".s-draw", ".s-risk", ".brakes"]) {
        const box = await page.locator(part).boundingBox();
        expect(box && box.x >= 0 && box.x + box.width <= width, `${part} on ${path}`).toBe(true);
      }
    }
    await page.setViewportSize({ width: 1440, height: 900 });
  });

  it("puts the views at the bottom of a phone and keeps ticker and result", async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await go("/");
    const rail = await page.locator(".rail").boundingBox();
    expect(rail?.y).toBeGreaterThan(700);
    await waitFor(".positions tbody tr", FIRST_FILL_MS);
    expect(await page.locator(".positions th:visible").allTextContents()).toEqual(["Ticker", "Shares", "P&L, USD"]);
    await page.setViewportSize({ width: 1440, height: 900 });
  });
});

describe("dark and light", () => {
  it("follow the system until a person chooses, and remember the choice", async () => {
    const shown = () => page.evaluate("document.documentElement.dataset.theme");
    await page.emulateMedia({ colorScheme: "light" });
    await go("/");
    await expect.poll(shown).toBe("light");
    await page.emulateMedia({ colorScheme: "dark" });
    await expect.poll(shown).toBe("dark");
    await page.getByRole("button", { name: "Switch to light" }).click();
    expect(await shown()).toBe("light");
    await go("/");
    expect(await shown()).toBe("light");
    await page.getByRole("button", { name: "Switch to dark" }).click();
  });
});

describe("a deck that goes away", () => {
  it("leaves the last figures, says how old they are, and comes back by itself", async () => {
    await go("/");
    await untilChanged(equity, FIRST_FILL_MS);
    await deck.stop();
    await waitFor(".notice.offline");
    expect(await read(".notice")).toMatch(/reconnecting in/);
    expect(await equity()).toMatch(/\d/);
    await waitFor(".view.stale");
    await deck.start();
    await page.locator(".notice.offline").waitFor({ state: "detached", timeout: 60_000 });
    await untilChanged(() => read(".clock b"), FIRST_FILL_MS);
    complaints = complaints.filter((c) => !/ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|WebSocket connection/.test(c));
  }, 180_000);
});
