import { ZodError } from "zod";
import { UnknownStrategy } from "../streams/strategies/registry.ts";
import { TapeUnreadable } from "./adapters/tape/errors.ts";

/** Wrong usage or bad input: exit 2. The message says what, where, and what would be right, in one line. */
export class BadInput extends Error {
  constructor(message: string) {
    super(message);
    this.name = "BadInput";
  }
}

/** A run that failed: exit 1. */
export class RunFailed extends Error {
  constructor(message: string) {
    super(message);
    this.name = "RunFailed";
  }
}

/** 0 success, 1 a failed run, 2 wrong usage or bad input. */
export const exitCodeOf = (error: unknown): 1 | 2 =>
  [BadInput, TapeUnreadable, UnknownStrategy, ZodError].some((kind) => error instanceof kind) ? 2 : 1;

/** What a schema found wrong, each with the field at fault first. */
export const faultsOf = (error: ZodError): string =>
  error.issues.map(({ path, message }) => (path.length > 0 ? `${path.join(".")}: ${message}` : message)).join("; ");

const told = new WeakSet<object>();
/** The log has it: it need not be said again at the end. */
export const markTold = (error: unknown): void => {
  if (typeof error === "object" && error !== null) told.add(error);
};
export const wasTold = (error: unknown): boolean => typeof error === "object" && error !== null && told.has(error);

/** One line for stderr. */
export const lineOf = (error: unknown): string => {
  if (error instanceof ZodError) return faultsOf(error);
  if (error instanceof Error) return error.message.replace(/\s*\n\s*/g, " ");
  return String(error);
};
