import { existsSync, readdirSync, readFileSync } from "node:fs";
import ts from "typescript";

/** Our own folders of code. */
const FOLDERS = ["streams", "actors", "gateway", "runtime", "ui", "tests"] as const;

/** Paths from the root of the project, with forward slashes, sorted. */
export const sourceFiles = (): readonly string[] =>
  FOLDERS.flatMap((folder) =>
    existsSync(folder)
      ? readdirSync(folder, { recursive: true, encoding: "utf8" }).map((path) => `${folder}/${path.replaceAll("\\", "/")}`)
      : [],
  )
    .filter((path) => /\.(ts|tsx|mts|mjs|js)$/.test(path) && !path.startsWith("tests/fixtures/"))
    .sort();

export const parse = (path: string, text: string = readFileSync(path, "utf8")): ts.SourceFile =>
  ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true, path.endsWith("x") ? ts.ScriptKind.TSX : ts.ScriptKind.TS);

/** Looks at one file; what is wrong with it, one line a fault. */
export type Check = (source: ts.SourceFile) => readonly string[];

/** `streams/market/bars.ts:12 reads the clock (Date.now)`. */
export const at = (node: ts.Node, fault: string): string => {
  const source = node.getSourceFile();
  return `${source.fileName}:${source.getLineAndCharacterOfPosition(node.getStart()).line + 1} ${fault}`;
};

/** Every node of a file, parents first. */
export const nodes = (root: ts.Node): readonly ts.Node[] => {
  const all: ts.Node[] = [];
  const visit = (node: ts.Node): void => {
    all.push(node);
    ts.forEachChild(node, visit);
  };
  visit(root);
  return all;
};

/** Whether this identifier is only the name of a property (`x.process`, `{ process: 1 }`), not a thing in itself. */
export const isPropertyName = (id: ts.Identifier): boolean => {
  const { parent } = id;
  return (
    (ts.isPropertyAccessExpression(parent) && parent.name === id) ||
    (ts.isQualifiedName(parent) && parent.right === id) ||
    (ts.isBindingElement(parent) && parent.propertyName === id) ||
    ((ts.isPropertyAssignment(parent) ||
      ts.isPropertySignature(parent) ||
      ts.isPropertyDeclaration(parent) ||
      ts.isMethodDeclaration(parent) ||
      ts.isMethodSignature(parent) ||
      ts.isJsxAttribute(parent)) &&
      parent.name === id)
  );
};

/** What a file imports from where: local name → name in the package. */
export const importedFrom = (source: ts.SourceFile, from: RegExp): ReadonlyMap<string, string> => {
  const names = new Map<string, string>();
  for (const statement of source.statements) {
    if (!ts.isImportDeclaration(statement) || !ts.isStringLiteral(statement.moduleSpecifier)) continue;
    const bindings = statement.importClause?.namedBindings;
    if (!from.test(statement.moduleSpecifier.text) || !bindings) continue;
    if (ts.isNamespaceImport(bindings)) names.set(bindings.name.text, "*");
    else for (const one of bindings.elements) names.set(one.name.text, (one.propertyName ?? one.name).text);
  }
  return names;
};

/** Which members of an object like Math a mention of it takes: `Math.max`, `const { max, min } = Math`. Null: it cannot be seen. */
export const membersTaken = (id: ts.Identifier): readonly string[] | null => {
  const { parent } = id;
  if (ts.isPropertyAccessExpression(parent)) return [parent.name.text];
  if (!ts.isVariableDeclaration(parent) || !ts.isObjectBindingPattern(parent.name)) return null;
  const { elements } = parent.name;
  return elements.some((e) => e.dotDotDotToken) ? null : elements.map((e) => (e.propertyName ?? e.name).getText());
};
