import { posix } from "node:path";
import ts from "typescript";
import { at, type Check, nodes } from "./sources.ts";

interface Folder {
  readonly of: RegExp;
  /** Paths it may import besides itself. */
  readonly paths: RegExp;
  /** Packages it may import, and built-ins as `node:`. */
  readonly packages: RegExp;
}
const NOTHING = /^$/;
const ANY = /./;
/** The first that fits a file counts. */
const FOLDERS: readonly Folder[] = [
  { of: /^streams\/domain\//, paths: NOTHING, packages: /^zod$/ },
  { of: /^streams\//, paths: NOTHING, packages: /^(rxjs|zod)$/ },
  { of: /^actors\/ports\//, paths: /^streams\/domain\//, packages: /^(rxjs|zod)$/ },
  { of: /^actors\//, paths: /^streams\//, packages: /^(rxjs|zod)$/ },
  { of: /^gateway\/contract\//, paths: /^streams\/domain\//, packages: /^zod$/ },
  { of: /^gateway\/(server|auth)\//, paths: /^(streams|actors|gateway)\//, packages: ANY },
  { of: /^gateway\//, paths: /^(streams|actors)\//, packages: /^(rxjs|zod)$/ },
  { of: /^runtime\/kernel\//, paths: /^(actors\/(actor\.ts$|ports\/)|streams\/domain\/)/, packages: /^rxjs$/ },
  { of: /^runtime\/core\//, paths: /^(runtime\/kernel|actors|streams)\//, packages: /^(rxjs|zod)$/ },
  { of: /^runtime\/replay\//, paths: /^(runtime\/(kernel|core)|actors|streams)\//, packages: /^(rxjs|zod)$/ },
  { of: /^runtime\/bridge\.ts$/, paths: /^(actors\/ports|streams\/domain)\//, packages: /^rxjs$/ },
  { of: /^runtime\/mechanisms\//, paths: /^(actors\/ports|streams\/domain)\//, packages: NOTHING },
  {
    of: /^runtime\/adapters\//,
    paths: /^(runtime\/mechanisms\/|actors\/(actor\.ts$|ports\/)|streams\/|gateway\/(server|auth)\/ports?\.ts$)/,
    packages: ANY,
  },
  { of: /^runtime\/version\.ts$/, paths: /^package\.json$/, packages: NOTHING },
  { of: /^runtime\/cli\//, paths: /^(runtime|gateway|actors|streams)\//, packages: ANY },
  {
    of: /^runtime\/(backtests|telemetry)\//,
    paths: /^(runtime\/(?!(cli|live)\/|main\.ts$)|(gateway|actors|streams)\/)/,
    packages: ANY,
  },
  { of: /^runtime\/live\//, paths: /^(runtime\/(?!cli\/|main\.ts$)|(gateway|actors|streams)\/)/, packages: ANY },
  { of: /^runtime\/([^/]+\/|[^/]+$)/, paths: /^(runtime\/(?!cli\/)|(gateway|actors|streams)\/)/, packages: ANY },
  { of: /^ui\//, paths: /^(streams\/domain|gateway\/contract)\//, packages: /^(?!node:)/ },
  { of: /^tests\//, paths: ANY, packages: ANY },
];
/** The part of the tree that is "itself": the folder that its entry names, and for an adapter its own. */
const homeOf = (path: string, folder: Folder): string =>
  /^runtime\/adapters\/[^/]+\//.exec(path)?.[0] ?? path.match(folder.of)?.[0] ?? "";

const specifierOf = (node: ts.Node): ts.Expression | undefined => {
  if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier) return node.moduleSpecifier;
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) return node.arguments[0];
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument) && ts.isStringLiteral(node.argument.literal))
    return node.argument.literal;
  return undefined;
};
/** `@solidjs/router/x` → `@solidjs/router`; a built-in keeps its `node:`. */
const packageOf = (specifier: string): string => /^(@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier;

/** Files of ours that a file imports, as paths from the root. */
export const targetsOf = (source: ts.SourceFile): readonly string[] =>
  nodes(source).flatMap((node) => {
    const specifier = specifierOf(node);
    return specifier !== undefined && ts.isStringLiteralLike(specifier) && specifier.text.startsWith(".")
      ? [posix.join(posix.dirname(source.fileName), specifier.text)]
      : [];
  });

/** Imports by folder, as DESIGN says, found without the tool that the other check uses. */
export const imports: Check = (source) => {
  const path = source.fileName;
  const folder = FOLDERS.find(({ of }) => of.test(path));
  if (!folder) return [`${path}:1 is in no folder of the layout`];
  const home = homeOf(path, folder);
  return nodes(source).flatMap((node) => {
    const specifier = specifierOf(node);
    if (specifier === undefined) return [];
    if (!ts.isStringLiteralLike(specifier))
      return folder.packages === ANY ? [] : [at(node, "imports what only shows when it runs")];
    const text = specifier.text;
    if (!text.startsWith(".")) return folder.packages.test(packageOf(text)) ? [] : [at(node, `may not import ${text}`)];
    const target = posix.join(posix.dirname(path), text);
    return target.startsWith(home) || folder.paths.test(target) ? [] : [at(node, `may not import ${target}`)];
  });
};
