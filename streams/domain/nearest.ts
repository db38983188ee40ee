/** Edits (insert, delete, replace) from one word to another. Ref: Levenshtein 1966. */
const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
};

/** What somebody probably meant: the closest of the words, or null when none is within a quarter of its letters. */
export const nearest = (word: string, words: readonly string[]): string | null => {
  let best: string | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const candidate of words) {
    const edits = distance(word.toUpperCase(), candidate.toUpperCase());
    if (edits < least && edits <= candidate.length / 4) [best, least] = [candidate, edits];
  }
  return best;
};
