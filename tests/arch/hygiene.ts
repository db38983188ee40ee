import ts from "typescript";
import { at, type Check, nodes } from "./sources.ts";

const MAX_LINES = 400;
const SILENCERS = /@ts-(ignore|expect-error|nocheck)|biome-ignore|eslint-disable/;

/** The comments of a file, not what looks like one in a string. */
const comments = (source: ts.SourceFile): readonly string[] => {
  const ranges = new Map<number, string>();
  const text = source.text;
  const keep = (found: readonly ts.CommentRange[] | undefined) => {
    for (const range of found ?? []) ranges.set(range.pos, text.slice(range.pos, range.end));
  };
  const visit = (node: ts.Node): void => {
    keep(ts.getLeadingCommentRanges(text, node.getFullStart()));
    keep(ts.getTrailingCommentRanges(text, node.getEnd()));
    for (const child of node.getChildren(source)) visit(child);
  };
  visit(source);
  return [...ranges.values()];
};

/** No type that says nothing, no checker told to look away, no file too long to read. */
export const hygiene: Check = (source) => {
  const lines = source.text.split("\n").length - 1;
  return [
    ...nodes(source).flatMap((node) => (node.kind === ts.SyntaxKind.AnyKeyword ? [at(node, "says any")] : [])),
    ...comments(source).flatMap((text) =>
      SILENCERS.test(text) ? [`${source.fileName}: tells a checker to look away (${text})`] : [],
    ),
    ...(lines > MAX_LINES ? [`${source.fileName}: has ${lines} lines, more than ${MAX_LINES}`] : []),
  ];
};
