import ts from "typescript";
import { at, type Check, importedFrom, nodes } from "./sources.ts";

/** Operators that wait or tell the time. Without a scheduler they do so on the machine's clock, and fall silent in a replay. */
const TIMED = new Set([
  ...["interval", "timer", "debounceTime", "throttleTime", "auditTime", "sampleTime", "bufferTime", "windowTime"],
  ...["delay", "timeout", "timeoutWith", "timeInterval", "timestamp"],
]);
/** They take a number and no scheduler: a notifier on one is the way. */
const NOTIFIED = new Set(["retry", "repeat"]);
/** The machine's clock, or the world, under other names. */
const NEVER = new Set([
  ...["asyncScheduler", "async", "asapScheduler", "asap", "animationFrameScheduler", "animationFrame", "animationFrames"],
  ...["ajax", "webSocket", "fromFetch", "fromEvent", "firstValueFrom", "lastValueFrom"],
]);

const isScheduler = (node: ts.Expression): boolean =>
  (ts.isPropertyAccessExpression(node) && node.name.text === "scheduler") ||
  (ts.isIdentifier(node) && /scheduler$/i.test(node.text)) ||
  (ts.isObjectLiteralExpression(node) &&
    node.properties.some(
      (p) => p.name?.getText() === "scheduler" && (ts.isShorthandPropertyAssignment(p) || ts.isPropertyAssignment(p)),
    ));

/** `retry(3)` and `retry({ count: 3, delay: () => … })` are good; `retry({ delay: 500 })` is not. */
const waitsByNumber = (call: ts.CallExpression): boolean =>
  call.arguments.some(
    (arg) =>
      ts.isObjectLiteralExpression(arg) &&
      arg.properties.some(
        (p) =>
          p.name?.getText() === "delay" &&
          !(ts.isPropertyAssignment(p) && (ts.isArrowFunction(p.initializer) || ts.isFunctionExpression(p.initializer))),
      ),
  );

const faultOf = (name: string, call: ts.CallExpression | ts.NewExpression): string | null => {
  const args = call.arguments ?? [];
  if (TIMED.has(name) && !args.some(isScheduler)) return `waits on the machine: ${name} without a scheduler`;
  if (NOTIFIED.has(name) && ts.isCallExpression(call) && waitsByNumber(call))
    return `waits on the machine: ${name} with a delay that is no function`;
  if ((name === "shareReplay" || name === "ReplaySubject") && args.length === 2)
    return `forgets by the machine's clock: ${name} without a scheduler`;
  return null;
};

/** No RxJS operator that runs on the machine's clock. */
export const timed: Check = (source) => {
  const names = importedFrom(source, /^rxjs(\/|$)/);
  return nodes(source).flatMap((node) => {
    if (ts.isNamespaceImport(node) && names.has(node.name.text))
      return [at(node, "imports all of rxjs under one name, which hides what it uses")];
    if (ts.isImportSpecifier(node) && names.get(node.name.text) !== undefined) {
      const name = names.get(node.name.text) ?? "";
      return NEVER.has(name) ? [at(node, `uses ${name}: time and the outside come as messages`)] : [];
    }
    if ((ts.isCallExpression(node) || ts.isNewExpression(node)) && ts.isIdentifier(node.expression)) {
      const fault = faultOf(names.get(node.expression.text) ?? "", node);
      return fault === null ? [] : [at(node, fault)];
    }
    return [];
  });
};

/** Where only the kernel may subscribe to what is composed here. */
export const isComposed = (path: string): boolean => /^(streams|actors|runtime\/(core|replay))\//.test(path);
export const subscribes: Check = (source) =>
  nodes(source).flatMap((node) =>
    ts.isPropertyAccessExpression(node) && node.name.text === "subscribe" ? [at(node, "subscribes: only the kernel does")] : [],
  );
