export interface Deferred {
  readonly promise: Promise<void>;
  done(): void;
  fail(error: unknown): void;
}

/** A promise with its ends outside. A rejection nobody waits for yet is not an accident. */
export const deferred = (): Deferred => {
  let done: () => void = () => {};
  let fail: (error: unknown) => void = () => {};
  const made = new Promise<void>((resolve, reject) => {
    done = resolve;
    fail = reject;
  });
  made.catch(() => {});
  return { promise: made, done: () => done(), fail: (error) => fail(error) };
};
