import { describe, expect, it } from "vitest";
import { WordReader } from "../../../../streams/news/words.ts";

const words = (headline: string) => [...new WordReader().read(headline)];

describe("the words of a headline", () => {
  it("are lower case, without links, tickers and possessives", () => {
    expect(words("Apple's $AAPL iPhone sales didn't grow https://x.co/a @cnbc")).toEqual([
      "apple",
      "iphone",
      "sales",
      "not",
      "grow",
    ]);
  });

  it("say which of two figures is the greater", () => {
    expect(words("EPS $1.10 vs $1.05")).toEqual(["eps", "<usd>", "vs", "<usd>", "<above>"]);
    expect(words("EPS $(0.20) vs. $(0.10)")).toContain("<below>");
    expect(words("sales of 1.2 bln versus 900 mln")).toContain("<above>");
    expect(words("target to $52 from $60")).toContain("<below>");
    expect(words("from 50 to 52")).toContain("<above>");
    expect(words("5 to 7 stores")).not.toContain("<above>");
  });

  it("keep the sign of a percentage and a question", () => {
    expect(words("up +5%, then -3%, 7%?")).toEqual(["up", "<+pct>", "then", "<-pct>", "<pct>", "<?>"]);
  });
});
