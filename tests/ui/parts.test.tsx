import { createSignal, type JSX } from "solid-js";
import { render } from "solid-js/web";
import { afterEach, describe, expect, it } from "vitest";
import type { SignalItem } from "../../gateway/contract/items.ts";
import type { ActorItem } from "../../gateway/contract/systemItems.ts";
import { fold } from "../../ui/src/parts/ActorTree.tsx";
import { Change } from "../../ui/src/parts/Change.tsx";
import { Filled } from "../../ui/src/parts/Empty.tsx";
import { Figure } from "../../ui/src/parts/Figure.tsx";
import { Filter, focusFilter, matches } from "../../ui/src/parts/Filter.tsx";
import { Panel } from "../../ui/src/parts/Panel.tsx";
import { WhyRow } from "../../ui/src/parts/Rows.tsx";
import { Tabs } from "../../ui/src/parts/Tabs.tsx";
import { denialText, viewsAt } from "../../ui/src/parts/Why.tsx";

let stop: (() => void) | null = null;
const show = (part: () => JSX.Element): HTMLElement => {
  const box = document.createElement("div");
  document.body.append(box);
  const dispose = render(part, box);
  stop = () => {
    dispose();
    box.remove();
  };
  return box;
};
afterEach(() => {
  stop?.();
  stop = null;
});

describe("a figure", () => {
  it("glows when its text changes, not when it appears or stays", () => {
    const [text, setText] = createSignal("1.00");
    const span = show(() => <Figure text={text()} />).querySelector("span");
    expect(span?.className).not.toContain("glow");
    setText("1.00");
    expect(span?.className).not.toContain("glow");
    setText("1.01");
    expect(span?.className).toContain("glow");
    expect(span?.textContent).toBe("1.01");
  });
});

describe("money won or lost", () => {
  it("says so by arrow and colour, and zero by neither", () => {
    const [amount, setAmount] = createSignal("412.8");
    const span = show(() => <Change amount={amount()} />).querySelector("span");
    expect([span?.textContent, span?.classList.contains("up")]).toEqual(["▲ 412.80", true]);
    setAmount("-88.2");
    expect([span?.textContent, span?.classList.contains("down")]).toEqual(["▼ 88.20", true]);
    setAmount("0");
    expect([span?.textContent, span?.classList.contains("down")]).toEqual(["0.00", false]);
  });
});

describe("a panel's content", () => {
  it("is a shape while loading, a hint when empty, then the content", () => {
    const [ready, setReady] = createSignal(false);
    const [some, setSome] = createSignal(false);
    const box = show(() => (
      <Filled ready={ready()} some={some()} title="No orders" hint="They come when …">
        <p>rows</p>
      </Filled>
    ));
    expect(box.querySelector("[aria-busy]")).not.toBeNull();
    setReady(true);
    expect(box.textContent).toBe("No ordersThey come when …");
    setSome(true);
    expect(box.textContent).toBe("rows");
  });

  it("breaks alone, says why, and can be tried again", () => {
    const [broken, setBroken] = createSignal(true);
    const Risky = () => {
      if (broken()) throw new Error("the figures do not add up");
      return <p>fine</p>;
    };
    const box = show(() => (
      <Panel title="Risky">
        <Risky />
      </Panel>
    ));
    expect(box.querySelector("[role=alert]")?.textContent).toContain("the figures do not add up");
    setBroken(false);
    box.querySelector("button")?.click();
    expect(box.querySelector(".body")?.textContent).toBe("fine");
  });
});

describe("a row", () => {
  it("opens to its cause by a click or its button, and closes again", () => {
    const box = show(() => (
      <table>
        <tbody>
          <WhyRow columns={1} label="order AAPL" cells={<td>AAPL</td>} why={() => <p>because</p>} />
        </tbody>
      </table>
    ));
    const button = box.querySelector("button");
    expect([button?.getAttribute("aria-expanded"), button?.getAttribute("aria-label")]).toEqual(["false", "Why: order AAPL"]);
    box.querySelector("tr")?.click();
    expect([button?.getAttribute("aria-expanded"), box.querySelector(".why")?.textContent]).toEqual(["true", "because"]);
    button?.click();
    expect(box.querySelector(".why")).toBeNull();
  });
});

describe("tabs", () => {
  it("move with the arrow keys and go round", () => {
    const [chosen, setChosen] = createSignal<"a" | "b">("a");
    const tabs = [
      { id: "a", name: "A" },
      { id: "b", name: "B" },
    ] as const;
    const box = show(() => <Tabs label="Letters" tabs={tabs} chosen={chosen()} onChoose={setChosen} />);
    const press = (key: string) =>
      box.querySelector("[aria-selected=true]")?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
    press("ArrowRight");
    expect(chosen()).toBe("b");
    press("ArrowRight");
    expect(chosen()).toBe("a");
  });
});

describe("the filter", () => {
  it("takes the focus when asked, while it is on screen", () => {
    expect(focusFilter()).toBe(false);
    const box = show(() => <Filter text="" onText={() => undefined} hint="ticker" />);
    expect(focusFilter()).toBe(true);
    expect(document.activeElement).toBe(box.querySelector("input"));
  });
  it("wants every word, in any case", () => {
    expect(matches("aapl FILLED", "AAPL buy filled ensemble")).toBe(true);
    expect(matches("aapl sell", "AAPL buy filled")).toBe(false);
    expect(matches("", "anything")).toBe(true);
  });
});

const actor = (path: string, state: ActorItem["state"] = "running", rate = 10): ActorItem => ({
  path,
  state,
  group: false,
  mailboxDepth: 1,
  mailboxAgeMs: 0,
  messages: 0,
  rate,
  p50Us: null,
  p99Us: null,
  restarts: 0,
  conflated: 0,
  lastError: null,
  lastErrorAt: null,
});

describe("the compact tree", () => {
  it("sums many quiet siblings into one line and keeps the one in trouble", () => {
    const tickers = Array.from({ length: 10 }, (_, i) => actor(`deck/market/T${i}`, i === 4 ? "backing_off" : "running"));
    const lines = fold([actor("deck"), actor("deck/market"), ...tickers, actor("deck/news")]);
    expect(lines.map((l) => [l.name, l.rate, l.mailboxDepth])).toEqual([
      ["deck", 10, 1],
      ["market", 10, 1],
      ["9 running", 90, 9],
      ["T4", 10, 1],
      ["news", 10, 1],
    ]);
  });
  it("shows few siblings one by one", () =>
    expect(fold([actor("deck"), actor("deck/a"), actor("deck/b")]).map((l) => l.name)).toEqual(["deck", "a", "b"]));
});

describe("a cause", () => {
  const signal = (seq: number, strategy: string, ticker = "AAPL"): SignalItem => ({
    seq,
    at: seq,
    ticker,
    strategy,
    score: 0.5,
    confidence: 1,
    reason: "",
    causes: [],
  });
  it("is the newest view of each strategy on the ticker that stood at the time", () => {
    const all = [
      signal(1, "momentum"),
      signal(3, "momentum"),
      signal(9, "momentum"),
      signal(2, "newsDriven"),
      signal(4, "x", "KO"),
    ];
    expect(viewsAt(all, "AAPL", 5).map((s) => s.seq)).toEqual([3, 2]);
  });
  it("names the numbers of a denial in their own units", () => {
    expect(denialText({ code: "STALE_DATA", ageMs: 900_000, limitMs: 60_000 }).replaceAll("\u202f", " ")).toBe(
      "stale data (age 15 min, limit 60 s)",
    );
    expect(denialText({ code: "POSITION_EXCEEDS_LIMIT", notional: "24180.5", limit: "20000" })).toBe(
      "position exceeds limit (notional 24,180.50 USD, limit 20,000.00 USD)",
    );
    expect(denialText({ code: "BUYING_POWER_EXCEEDED", needed: "12000", available: "11500.5" })).toBe(
      "buying power exceeded (needs 12,000.00 of 11,500.50 USD that are free)",
    );
    expect(denialText({ code: "OPPOSES_BOOK", book: "rsiBracket" })).toBe("opposes what rsiBracket holds or opens");
    expect(denialText({ code: "LIMIT_EXCEEDED", ticker: "AAPL", limit: "gross", value: "21000", most: "20000" })).toBe(
      "gross limit exceeded by AAPL (21,000.00 of 20,000.00 USD)",
    );
    expect(denialText({ code: "CLOSING", by: "ana" })).toBe("being closed by ana: only exits until it is flat");
    expect(denialText({ code: "TOO_MANY_POSITIONS", open: 20, limit: 20 })).toBe("too many positions (open 20, limit 20)");
  });
});
