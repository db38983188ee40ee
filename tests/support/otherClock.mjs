// Preloaded into a process: its clock stands nine years ahead and runs at double speed, and its chance is another.
const began = Date.now();
const RealDate = Date;
const now = () => began + 9 * 365 * 86_400_000 + 2 * (RealDate.now() - began);
globalThis.Date = class extends RealDate {
  constructor(...args) {
    super(...(args.length === 0 ? [now()] : args));
  }
  static now = now;
};
Math.random = () => 0.123;
