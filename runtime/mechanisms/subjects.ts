const WORD = String.raw`[^\s.*>]+`;
const SUBJECT = new RegExp(`^${WORD}(\\.${WORD})*$`);
const PATTERN = new RegExp(`^(${WORD}|\\*)(\\.(${WORD}|\\*))*(\\.>)?$|^>$`);

/** @throws Error unless it is words joined by dots. */
export const checkSubject = (subject: string): void => {
  if (!SUBJECT.test(subject)) throw new Error(`${JSON.stringify(subject)} is no subject: words joined by dots`);
};

/** @throws Error unless it is words and `*` joined by dots, perhaps with `>` at the end. */
export const checkPattern = (pattern: string): void => {
  if (!PATTERN.test(pattern))
    throw new Error(`${JSON.stringify(pattern)} is no pattern: words or * joined by dots, > at the end`);
};

/** Both split at their dots. */
export const patternFits = (pattern: readonly string[], subject: readonly string[]): boolean => {
  for (let i = 0; i < pattern.length; i++) {
    const word = pattern[i];
    if (word === ">") return subject.length > i;
    if (i >= subject.length || (word !== "*" && word !== subject[i])) return false;
  }
  return pattern.length === subject.length;
};
