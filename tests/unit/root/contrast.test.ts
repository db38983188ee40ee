import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const css = readFileSync("ui/src/style/tokens.css", "utf8");

const themeOf = (name: string): Record<string, string> => {
  const block = new RegExp(`\\[data-theme="${name}"\\] \\{([^}]*)\\}`).exec(css)?.[1] ?? "";
  return Object.fromEntries([...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map((m) => [m[1] ?? "", m[2] ?? ""]));
};

/** Relative luminance, WCAG 2.2. */
const luminance = (hex: string): number => {
  const [r, g, b] = [1, 3, 5].map((i) => {
    const c = Number.parseInt(hex.slice(i, i + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const contrast = (a: string, b: string): number => {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (high + 0.05) / (low + 0.05);
};

const GROUNDS = ["bg", "panel", "raised"];
/** Text on its ground: 4.5 to 1. */
const TEXT: readonly (readonly [string, string])[] = [
  ...["ink", "dim", "faint", "accent", "up", "down"].flatMap((ink) => GROUNDS.map((ground) => [ink, ground] as const)),
  ["accent", "accent-soft"],
  ["up", "up-soft"],
  ["down", "down-soft"],
  ["on-accent", "accent"],
  ["on-danger", "danger-strong"],
];
/** What must be seen but is not read (lines of charts, dots, outlines of fields): 3 to 1. */
const SHAPES: readonly (readonly [string, string])[] = ["amber", "danger", "edge", "accent", "up", "down"].flatMap((shape) =>
  GROUNDS.map((ground) => [shape, ground] as const),
);

describe.each(["dark", "light"])("the %s theme", (name) => {
  const theme = themeOf(name);
  const between = (a: string, b: string) => contrast(theme[a] ?? "#000000", theme[b] ?? "#000000");
  it("defines every colour that a pair names", () =>
    expect([...TEXT, ...SHAPES].flat().filter((token) => !(token in theme))).toEqual([]));
  it("defines the colours of the other", () => expect(Object.keys(theme)).toEqual(Object.keys(themeOf("dark"))));
  it.each(TEXT)("reads %s on %s (4.5)", (ink, ground) => expect(between(ink, ground)).toBeGreaterThanOrEqual(4.5));
  it.each(SHAPES)("shows %s on %s (3)", (shape, ground) => expect(between(shape, ground)).toBeGreaterThanOrEqual(3));
});
