import ts from "typescript";
import { at, type Check, isPropertyName, membersTaken, nodes } from "./sources.ts";

/** Where numbers become decisions: the same bits on every machine and engine, or a replay differs. */
export const isNumeric = (path: string): boolean =>
  /^streams\/(strategies|indicators|ensemble|risk|execution|portfolio|learning|market)\//.test(path);

/** Those that IEEE 754 or the language define to the last bit. The others are approximations, each engine's own. Ref: ECMA-262 §21.3. */
const EXACT = new Set([
  ...["abs", "ceil", "floor", "round", "trunc", "sign", "min", "max", "sqrt", "fround", "imul", "clz32"],
  ...["PI", "E", "LN2", "LN10", "LOG2E", "LOG10E", "SQRT2", "SQRT1_2"],
]);

const isWhole = (node: ts.Expression): boolean => ts.isNumericLiteral(node) && Number.isInteger(Number(node.text));
/** `x ** 2` and `10 ** 6` are exact; other powers are approximations. */
const isExactPower = (base: ts.Expression, exponent: ts.Expression): boolean =>
  isWhole(exponent) && (isWhole(base) || exponent.getText() === "2");

const POWERS = new Set([ts.SyntaxKind.AsteriskAsteriskToken, ts.SyntaxKind.AsteriskAsteriskEqualsToken]);

export const floats: Check = (source) =>
  nodes(source).flatMap((node) => {
    if (ts.isIdentifier(node) && node.text === "Math" && !isPropertyName(node)) {
      const exact = membersTaken(node)?.every((name) => EXACT.has(name)) ?? false;
      return exact ? [] : [at(node, `is not the same in every engine (${node.parent.getText().slice(0, 40)})`)];
    }
    if (ts.isBinaryExpression(node) && POWERS.has(node.operatorToken.kind) && !isExactPower(node.left, node.right))
      return [at(node, `is not the same in every engine (${node.getText().slice(0, 40)})`)];
    return [];
  });
