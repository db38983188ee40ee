/** Figures are read as kinds, and compared where a headline sets one beside another. */
const isDigit = (c: number): boolean => c >= 48 && c <= 57;
const isLetter = (c: number): boolean => (c >= 97 && c <= 122) || (c >= 65 && c <= 90) || (c >= 0xc0 && c <= 0x24f);
const isSpace = (c: number): boolean => c === 32 || (c >= 9 && c <= 13) || c === 0xa0;

const SCALES: ReadonlyMap<string, number> = new Map([
  ["k", 1e3],
  ["m", 1e6],
  ["mm", 1e6],
  ["mln", 1e6],
  ["million", 1e6],
  ["b", 1e9],
  ["bn", 1e9],
  ["bln", 1e9],
  ["billion", 1e9],
  ["t", 1e12],
  ["trillion", 1e12],
]);
const NOT = "not";

interface Figure {
  value: number;
  /** Index in the words of the word just before it. */
  after: number;
}

/** A reader of headlines. Holds its own scratch space: one reader, one headline at a time. */
export class WordReader {
  private text = "";
  private at = 0;
  private words: string[] = [];
  private last: Figure = { value: Number.NaN, after: -1 };

  /**
   * Words in lower case, without links, tickers, hashtag signs and possessives; `<n>`, `<usd>`, `<pct>`, `<+pct>`, `<-pct>` for
   * figures; `<above>` or `<below>` after "5 vs 4", "to 52 from 50", "from 50 to 52"; `<?>` for a question; `not` for n't.
   */
  read(headline: string): readonly string[] {
    this.text = headline;
    this.at = 0;
    this.words = [];
    this.last = { value: Number.NaN, after: -1 };
    while (this.at < headline.length) this.token();
    return this.words;
  }

  private token(): void {
    const { text } = this;
    const c = text.charCodeAt(this.at);
    if (isLetter(c)) this.word();
    else if (isDigit(c)) this.figure(0);
    else if (c === 36 || c === 163 || c === 8364) this.dollar();
    else if (c === 63) {
      this.words.push("<?>");
      this.at++;
    } else if (c === 0xd83d) this.emoji();
    else if (c === 64) this.skipHandle();
    else this.at++;
  }

  /** A chart that rises or falls. */
  private emoji(): void {
    const low = this.text.charCodeAt(this.at + 1);
    if (low === 0xdcc8) this.words.push("<up>");
    if (low === 0xdcc9) this.words.push("<down>");
    this.at += 2;
  }

  private skipHandle(): void {
    this.at++;
    while (this.at < this.text.length && !isSpace(this.text.charCodeAt(this.at))) this.at++;
  }

  private dollar(): void {
    const next = this.text.charCodeAt(this.at + 1);
    if (isLetter(next)) {
      // A cashtag: whose it is says nothing about the mood.
      this.at++;
      while (this.at < this.text.length && isLetter(this.text.charCodeAt(this.at))) this.at++;
    } else if (isDigit(next) || next === 46) this.figure(1);
    else this.at++;
  }

  private word(): void {
    const { text } = this;
    const start = this.at;
    while (this.at < text.length && isLetter(text.charCodeAt(this.at))) this.at++;
    let word = text.slice(start, this.at).toLowerCase();
    if ((word === "http" || word === "https" || word === "www") && (text[this.at] === ":" || text[this.at] === ".")) {
      while (this.at < text.length && !isSpace(text.charCodeAt(this.at))) this.at++;
      return;
    }
    const c = text.charCodeAt(this.at);
    if ((c === 39 || c === 8217) && isLetter(text.charCodeAt(this.at + 1))) {
      const from = this.at + 1;
      this.at = from;
      while (this.at < text.length && isLetter(text.charCodeAt(this.at))) this.at++;
      const tail = text.slice(from, this.at).toLowerCase();
      if (tail === "t") {
        this.words.push(NOT);
        return;
      }
      if (tail !== "s") word += tail;
    } else if (isDigit(c) && word.length === 1) {
      // Q3, H1: the quarter does not matter.
      while (this.at < text.length && isDigit(text.charCodeAt(this.at))) this.at++;
      word = `${word}#`;
    }
    this.words.push(word);
  }

  private sign(start: number): number {
    const before = this.text.charCodeAt(start - 1);
    const further = this.text.charCodeAt(start - 2);
    if (before === 40) return -1; // ($0.20)
    if (before === 43) return 2;
    const minus = before === 45 || before === 8722 || before === 8211;
    return minus && (start < 2 || isSpace(further) || further === 40) ? -1 : 1;
  }

  /** @param prefix length of a currency sign. */
  private figure(prefix: number): void {
    const { text } = this;
    const start = this.at;
    const sign = this.sign(start);
    this.at += prefix;
    const from = this.at;
    while (this.at < text.length) {
      const c = text.charCodeAt(this.at);
      const within = (c === 44 || c === 46) && isDigit(text.charCodeAt(this.at + 1));
      if (!isDigit(c) && !within) break;
      this.at++;
    }
    let value = Number(text.slice(from, this.at).replaceAll(",", "")) * (sign < 0 ? -1 : 1);
    if (this.at === from) {
      this.at++;
      return;
    }
    if (text.charCodeAt(this.at) === 37) {
      this.at++;
      this.words.push(sign === 2 ? "<+pct>" : sign === -1 ? "<-pct>" : "<pct>");
    } else {
      value *= this.scale();
      this.words.push(prefix > 0 ? "<usd>" : "<n>");
    }
    this.compare(value);
  }

  /** "1.5B", "2.3 bln": swallows the scale. */
  private scale(): number {
    const { text } = this;
    let from = this.at;
    if (isSpace(text.charCodeAt(from))) from++;
    let to = from;
    while (to < text.length && to - from < 9 && isLetter(text.charCodeAt(to))) to++;
    if (to === from || (to - from < 2 && from !== this.at)) return 1;
    const scale = SCALES.get(text.slice(from, to).toLowerCase());
    if (scale === undefined) return 1;
    this.at = to;
    return scale;
  }

  private compare(value: number): void {
    const { words, last } = this;
    const n = words.length;
    const link = words[n - 2];
    if (!Number.isNaN(last.value) && last.value !== value && n - last.after <= 4) {
      const before = words[last.after];
      if (link === "vs" || link === "versus" || (link === "from" && before === "to"))
        words.push(last.value > value ? "<above>" : "<below>");
      else if (link === "to" && before === "from") words.push(value > last.value ? "<above>" : "<below>");
    }
    this.last = { value, after: n - 2 };
  }
}
