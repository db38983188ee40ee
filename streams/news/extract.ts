import { Ticker } from "../domain/units.ts";

/** Which companies there are: what turns the words of a headline into tickers. */
export interface Directory {
  readonly tickers: ReadonlySet<string>;
  /** First word of a name, in the spellings that headlines use → the names that begin with it, longest first. */
  readonly names: ReadonlyMap<string, readonly NamedTicker[]>;
}
interface NamedTicker {
  readonly words: readonly string[];
  readonly ticker: Ticker;
}

const SUFFIXES: ReadonlySet<string> = new Set(
  "inc incorporated corp corporation co company companies ltd limited plc llc lp sa ag nv se ab asa spa group holdings holding trust fund etf adr the de class cl common stock".split(
    " ",
  ),
);
/** Capitals that are seldom a ticker when they stand alone. */
const PLAIN: ReadonlySet<string> = new Set(
  (
    "AI AM AN AND ANY API ARE AS AT BE BIG BUY BY CAN CEO CFO COO CPI CTO DC DD DOW EPS ESG EST ET ETF EU EV EVS FAQ FBI FCC FDA FED FOMC FOR FTC FX " +
    "FY GAAP GDP GO GOOD HAS HE HOT IMF IN IPO IPOS IRS IS IT ITS LA LLC LOW M A ME MD MOM NEW NEXT NFL NO NOW NYC NYSE OF OIL OK ON ONE OPEC OR OUT PC PE PM PMI PR " +
    "PT PTS Q QE REAL RE SEC SEE SELL SO SOLO STAY THE TO TRUE TV UBS UK UN UP US USA USD VS WAY WE WELL WHO WTI YOU YOY ALL LIVE FAST LIFE CASH BEST NICE PLAY"
  ).split(" "),
);
/** Company names that are ordinary words: believed only with a word beside them that says so. */
const ORDINARY: ReadonlySet<string> = new Set(
  (
    "target gap visa block match best ball news fox key ally progressive general national american united first southern international global ross dollar home capital " +
    "energy health digital pool waters advance discovery corporate prime life pinnacle citizens regions principal republic loop range snap square box zoom unity open " +
    "express service range sun sky star delta summit liberty premier universal allied simply root lemonade opera fiverr match ameren public a"
  ).split(" "),
);
const VOUCHERS: ReadonlySet<string> = new Set("inc corp co ltd plc shares stock ceo cfo earnings reports says".split(" "));

const cleanWords = (name: string): string[] =>
  name
    .toLowerCase()
    .replace(/[’']s\b/g, "")
    .split(/[^a-z0-9&]+/)
    .filter((w) => w.length > 0);

/** The words of a company's name that headlines use: without "Inc", "Corp" and the like. */
const nameWords = (name: string): string[] => {
  const words = cleanWords(name);
  while (words.length > 1 && SUFFIXES.has(words[0] as string)) words.shift();
  while (words.length > 1 && SUFFIXES.has(words.at(-1) as string)) words.pop();
  return words;
};

/** "abbvie" of "AbbVie Inc" → abbvie, Abbvie, ABBVIE, AbbVie. */
const spellings = (first: string, name: string): readonly string[] => {
  const at = name.toLowerCase().indexOf(first);
  const own = at < 0 ? first : name.slice(at, at + first.length);
  return [first, first.charAt(0).toUpperCase() + first.slice(1), first.toUpperCase(), own];
};

/** Names that are only their ticker find nothing by name. The first company of a name keeps it. */
export const directoryOf = (companies: readonly { readonly ticker: string; readonly name: string }[]): Directory => {
  const tickers = new Set<string>();
  const names = new Map<string, NamedTicker[]>();
  for (const c of companies) {
    const ticker = Ticker.safeParse(c.ticker);
    if (!ticker.success) continue;
    tickers.add(ticker.data);
    const words = nameWords(c.name);
    const first = words[0];
    if (first === undefined || (words.length === 1 && (first.length < 3 || first.toUpperCase() === c.ticker))) continue;
    const same = names.get(first) ?? [];
    if (same.some((n) => n.words.join(" ") === words.join(" "))) continue;
    same.push({ words, ticker: ticker.data });
    for (const spelling of spellings(first, c.name)) names.set(spelling, same);
  }
  for (const same of new Set(names.values())) same.sort((a, b) => b.words.length - a.words.length);
  return { tickers, names };
};

export const noDirectory: Directory = { tickers: new Set(), names: new Map() };

const CASHTAG = /\$([A-Z]{1,5}(?:\.[A-Z])?)(?![A-Za-z0-9])/g;
const LISTED =
  /[([](?:NYSE(?:\s?(?:American|Arca|MKT))?|NASDAQ|Nasdaq(?:GS|GM|CM)?|AMEX|Amex|CBOE|BATS)\s*:\s*([A-Z]{1,5}(?:\.[A-Z])?)\s*[)\]]/gi;
const BRACKETED = /[([]([A-Z]{1,5}(?:\.[A-Z])?)[)\]]/g;
const LOWER = /[a-z]/;

/** Adds what a pattern finds. The shape is checked by the pattern itself. */
const collect = (headline: string, pattern: RegExp, take: (symbol: string) => boolean, into: Set<Ticker>): void => {
  for (const m of headline.matchAll(pattern)) {
    const symbol = (m[1] as string).toUpperCase();
    if (take(symbol)) into.add(symbol as Ticker);
  }
};

const isUpper = (c: number): boolean => c >= 65 && c <= 90;
const isWordPart = (c: number): boolean => isUpper(c) || (c >= 97 && c <= 122) || (c >= 48 && c <= 57) || c === 38;

/** The longest of the names that begin with a word. @param rest what follows the word. */
const nameAt = (candidates: readonly NamedTicker[], rest: string): NamedTicker | null => {
  const following = cleanWords(rest.slice(0, 80));
  for (const n of candidates) {
    let k = 1;
    while (k < n.words.length && n.words[k] === following[k - 1]) k++;
    if (k < n.words.length) continue;
    const doubtful = k === 1 && ORDINARY.has(n.words[0] as string);
    if (!doubtful || VOUCHERS.has(following[0] ?? "")) return n;
  }
  return null;
};

/** Company names, and capitals on their own, in one pass over the words that begin with a capital or a digit. */
const collectWords = (headline: string, directory: Directory, into: Set<Ticker>): void => {
  const shouted = !LOWER.test(headline);
  const n = headline.length;
  for (let at = 0; at < n; at++) {
    if (!isWordPart(headline.charCodeAt(at))) continue;
    const from = at;
    let capitals = true;
    for (; at < n && isWordPart(headline.charCodeAt(at)); at++) capitals = capitals && isUpper(headline.charCodeAt(at));
    if (headline.charCodeAt(from) >= 97) continue;
    const word = headline.slice(from, at);
    const candidates = directory.names.get(word);
    const name = candidates ? nameAt(candidates, headline.slice(at)) : null;
    if (name) into.add(name.ticker);
    const before = headline.charCodeAt(from - 1);
    // Not the end of a cashtag, of a hyphened word or of an abbreviation.
    if (!capitals || shouted || word.length < 2 || before === 36 || before === 45 || before === 46) continue;
    if (headline.charCodeAt(at) !== 45 && directory.tickers.has(word) && !PLAIN.has(word)) into.add(word as Ticker);
  }
};

/**
 * The tickers a headline is about, in the order of certainty: cashtags and "(NYSE: XYZ)", whatever the directory knows; then
 * "(XYZ)", capitals on their own and company names, of the directory only. Capitals that are usual words (IT, ALL, A) or stand in
 * a headline all of capitals are left aside.
 */
export const extractTickers = (headline: string, directory: Directory = noDirectory): readonly Ticker[] => {
  const found = new Set<Ticker>();
  if (headline.includes("$")) collect(headline, CASHTAG, () => true, found);
  const bracket = headline.includes("(") || headline.includes("[");
  if (bracket && headline.includes(":")) collect(headline, LISTED, () => true, found);
  if (directory.tickers.size > 0) {
    if (bracket) collect(headline, BRACKETED, (s) => directory.tickers.has(s) && (s.length > 1 || !PLAIN.has(s)), found);
    collectWords(headline, directory, found);
  }
  return [...found];
};
