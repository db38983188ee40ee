/** Where things are on the server. A stream's name is its key, so that `redis-cli XLEN news:raw` says what one expects. */
export interface Keys {
  readonly stream: (name: string) => string;
  readonly dead: (stream: string) => string;
  /** Newest epoch seen under a fence. */
  readonly epoch: (fence: string) => string;
  /** Of one stream under a fence: seq of its end, and the last write with its ids. */
  readonly tail: (fence: string, stream: string) => string;
  readonly value: (key: string) => string;
}

/** @param prefix goes before every key with a colon; "" for none. */
export const keysUnder = (prefix: string): Keys => {
  const under = prefix === "" ? "" : `${prefix}:`;
  return {
    stream: (name) => under + name,
    dead: (stream) => `${under}${stream}:dead`,
    epoch: (fence) => `${under}fence:${fence}`,
    tail: (fence, stream) => `${under}fence:${fence}:tail:${stream}`,
    value: (key) => `${under}value:${key}`,
  };
};
