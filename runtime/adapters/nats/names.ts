import { checkSubject } from "../../mechanisms/subjects.ts";

const bytesOf = new TextEncoder();

/** Any text as one word of `A-Z a-z 0-9 - _`, which subjects, keys, streams and buckets all allow. No two texts give the same. */
export const wordOf = (text: string): string => {
  let word = "";
  for (const byte of bytesOf.encode(text)) {
    const char = String.fromCharCode(byte);
    word += /[A-Za-z0-9-]/.test(char) ? char : `_${byte.toString(16).padStart(2, "0")}`;
  }
  if (word === "") throw new Error("an empty text names nothing");
  return word;
};

/** Before every subject of a namespace. @throws Error unless the namespace is empty or words joined by dots. */
export const subjectPrefix = (namespace: string): string => {
  if (namespace === "") return "";
  checkSubject(namespace);
  return `${namespace}.`;
};

/** The stream or bucket `name` of a namespace. */
export const storeName = (namespace: string, name: string): string => (namespace === "" ? name : `${wordOf(namespace)}-${name}`);
