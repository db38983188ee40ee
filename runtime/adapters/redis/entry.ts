import type { Message, StreamDeadLetter, StreamEntry } from "../../../actors/ports/streams.ts";

/** What a command takes, and what an entry is made of: name, value, name, value. */
export type Field = string | Buffer;
/** An entry as the server tells it: id, then names and values. */
export type RawEntry = readonly [id: Buffer, fields: readonly Buffer[]];

/** Field of the body. Always the first we write, so that a header may have the same name. */
const BODY = "b";
/** Fields of a dead letter before those of the entry it was: reason, from, group. */
const LETTER_FIELDS = 6;

const bytesOf = (body: Uint8Array): Buffer => Buffer.from(body.buffer, body.byteOffset, body.byteLength);

/** Shares the bytes of the body. */
export const toFields = (message: Message): Field[] => {
  const fields: Field[] = [BODY, bytesOf(message.body)];
  for (const name of Object.keys(message.headers)) fields.push(name, message.headers[name] ?? "");
  return fields;
};

/** Bytes a message keeps in memory, about: texts are counted by character. */
export const sizeOf = (message: Message): number => {
  let size = message.body.byteLength;
  for (const name of Object.keys(message.headers)) size += name.length + (message.headers[name]?.length ?? 0);
  return size;
};

const isBody = (name: Buffer | undefined): boolean => name?.length === 1 && name[0] === 0x62;

/** null when there is no body: no entry of ours. */
export const parseEntry = ([id, fields]: RawEntry): StreamEntry | null => {
  let body: Buffer | null = null;
  const headers: Record<string, string> = {};
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const value = fields[i + 1] as Buffer;
    if (body === null && isBody(fields[i])) body = value;
    else headers[String(fields[i])] = value.toString();
  }
  return body === null ? null : { id: id.toString("latin1"), headers, body };
};

/** For those who only look: an entry that somebody else wrote without a body is shown with an empty one. */
export const parseAny = (raw: RawEntry): StreamEntry =>
  parseEntry(raw) ?? (parseEntry([raw[0], [Buffer.from(BODY), Buffer.alloc(0), ...raw[1]]]) as StreamEntry);

/** Names and values of an entry's letter: what it is about, then the entry's own fields as they are. */
export const letterFields = (reason: string, from: string, group: string, fields: readonly Field[]): Field[] => [
  "reason",
  reason,
  "from",
  from,
  "group",
  group,
  ...fields,
];

export const parseLetter = ([id, fields]: RawEntry): StreamDeadLetter => ({
  ...parseAny([id, fields.slice(LETTER_FIELDS)]),
  reason: String(fields[1] ?? ""),
  from: String(fields[3] ?? ""),
  group: String(fields[5] ?? ""),
});
