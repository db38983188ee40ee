import { LEXICON } from "./lexicon.ts";

/** Words after which the next few mean the opposite. */
const DENIALS = ["not", "no", "never", "without", "denies", "deny", "denied", "neither", "nor", "isn", "doesn"];
const INTENSIFIERS = ["very", "sharply", "strongly", "significantly", "massively", "heavily", "hugely", "deeply", "steeply"];
const HEDGES = [
  "may",
  "might",
  "could",
  "rumour",
  "rumor",
  "rumoured",
  "rumored",
  "reportedly",
  "possible",
  "talk",
  "speculation",
  "unconfirmed",
];
const REACH = 2;
const NONE = -1;
const DENIED = -0.6;
const INTENSE = 1.3;
/** More different words than any lexicon of this format: a pair is one number, first × PAIR + second. */
const PAIR = 16_384;

/** A lexicon in memory. Every word that occurs in it, alone or in a pair, has an index. */
export interface Sense {
  readonly index: ReadonlyMap<string, number>;
  /** Words outside the index → the index of their stem or −1. Memo of a pure function, emptied when full. */
  readonly memo: Map<string, number>;
  /** By word index, or pair → slot of the two weights; −1 none. */
  readonly single: Int32Array;
  readonly pairs: ReadonlyMap<number, number>;
  /** Good minus bad, and how much it is an opinion at all; by slot. Slot 0 is what every headline has. */
  readonly polarity: Float64Array;
  readonly opinion: Float64Array;
  /** Role by word index: 1 denial, 2 intensifier, 3 hedge. */
  readonly role: Uint8Array;
}

/** Builds a lexicon from entries of one or two words; the entry "" is the base. */
export const buildSense = (entries: readonly (readonly [key: string, polarity: number, opinion: number])[]): Sense => {
  const index = new Map<string, number>();
  const idOf = (word: string): number => {
    const known = index.get(word);
    if (known !== undefined) return known;
    index.set(word, index.size);
    return index.size - 1;
  };
  const roles: readonly (readonly string[])[] = [DENIALS, INTENSIFIERS, HEDGES];
  for (const words of roles) for (const w of words) idOf(w);
  const pairs = new Map<number, number>();
  const singles: [number, number][] = [];
  const polarity = new Float64Array(entries.length + 1);
  const opinion = new Float64Array(entries.length + 1);
  entries.forEach(([key, p, o], k) => {
    const slot = key === "" ? 0 : k + 1;
    polarity[slot] = p;
    opinion[slot] = o;
    const [first, second] = key.split(" ");
    if (first === undefined || first === "") return;
    if (second === undefined) singles.push([idOf(first), slot]);
    else pairs.set(idOf(first) * PAIR + idOf(second), slot);
  });
  const single = new Int32Array(index.size).fill(NONE);
  for (const [id, slot] of singles) single[id] = slot;
  const role = new Uint8Array(index.size);
  roles.forEach((words, r) => {
    for (const w of words) role[index.get(w) as number] = r + 1;
  });
  return { index, memo: new Map(), single, pairs, polarity, opinion, role };
};

/** "key polarity opinion" a line, weights in tenths. */
export const parseLexicon = (text: string): readonly (readonly [string, number, number])[] =>
  text
    .trim()
    .split(/\n|; /)
    .map((line) => {
      const parts = line.split(" ");
      const [p, o] = parts.slice(-2).map((n) => Number(n) / 10) as [number, number];
      const key = parts.slice(0, -2).join(" ");
      return [key === "*" ? "" : key, p, o] as const;
    });

const stemmed = (index: ReadonlyMap<string, number>, word: string): number => {
  const n = word.length;
  if (n < 5) return -1;
  if (word.charCodeAt(n - 1) === 115)
    return index.get(word.slice(0, n - 1)) ?? (word.endsWith("es") ? (index.get(word.slice(0, n - 2)) ?? -1) : -1);
  if (word.endsWith("ed")) {
    const stem = word.slice(0, n - 2);
    return index.get(stem) ?? index.get(`${stem}e`) ?? index.get(`${stem}s`) ?? -1;
  }
  if (word.endsWith("ing")) {
    const stem = word.slice(0, n - 3);
    return index.get(stem) ?? index.get(`${stem}e`) ?? index.get(`${stem}s`) ?? index.get(`${stem}es`) ?? -1;
  }
  return index.get(`${word}s`) ?? index.get(`${word}ed`) ?? -1;
};

const MEMO_WORDS = 20_000;

/** A word as the lexicon has it: itself, or with a common ending taken off or put on. −1: unknown. */
const lookUp = (index: ReadonlyMap<string, number>, memo: Map<string, number>, word: string): number => {
  const known = index.get(word) ?? memo.get(word);
  if (known !== undefined) return known;
  if (memo.size >= MEMO_WORDS) memo.clear();
  const id = stemmed(index, word);
  memo.set(word, id);
  return id;
};

/** What words add up to. */
export interface Reading {
  polarity: number;
  opinion: number;
  /** Slots known. */
  known: number;
  hedged: boolean;
  asked: boolean;
}

/** Sums the weights of words and pairs of neighbours; a word within two of a denial counts against itself. */
export const readWords = (sense: Sense, words: readonly string[]): Reading => {
  const { index, memo, single, pairs, role } = sense;
  const reading: Reading = {
    polarity: sense.polarity[0] as number,
    opinion: sense.opinion[0] as number,
    known: 0,
    hedged: false,
    asked: false,
  };
  let denied = 0;
  let intense = false;
  let previous = -1;
  for (const word of words) {
    const id = lookUp(index, memo, word);
    if (word === "<?>") reading.asked = true;
    if (id >= 0) {
      const turn = turnOf(denied, intense);
      count(sense, reading, single[id] as number, turn);
      if (previous >= 0) count(sense, reading, pairs.get(previous * PAIR + id) ?? NONE, turn);
    }
    const part = id < 0 ? 0 : (role[id] as number);
    if (part === 3) reading.hedged = true;
    intense = part === 2;
    denied = part === 1 ? REACH : denied > 0 ? denied - 1 : 0;
    previous = id;
  }
  return reading;
};

const turnOf = (denied: number, intense: boolean): number => (denied > 0 ? DENIED : 1) * (intense ? INTENSE : 1);

const count = (sense: Sense, reading: Reading, slot: number, turn: number): void => {
  if (slot === NONE) return;
  reading.polarity += (sense.polarity[slot] as number) * turn;
  reading.opinion += sense.opinion[slot] as number;
  reading.known++;
};

/** The committed lexicon. */
export const builtinSense: Sense = buildSense(parseLexicon(LEXICON));
