import { createSignal } from "solid-js";

export type Theme = "dark" | "light";
const KEY = "tapedeck.theme";

const light = matchMedia("(prefers-color-scheme: light)");
const kept = (): Theme | null => {
  const value = localStorage.getItem(KEY);
  return value === "dark" || value === "light" ? value : null;
};
const [theme, setTheme] = createSignal<Theme>(kept() ?? (light.matches ? "light" : "dark"));

export { theme };

const show = (next: Theme): void => {
  document.documentElement.dataset.theme = next;
  setTheme(next);
};
/** The system's wish holds until a person chose. */
export const startTheme = (): void => {
  show(theme());
  light.addEventListener("change", () => kept() ?? show(light.matches ? "light" : "dark"));
};
export const toggleTheme = (): void => {
  const next = theme() === "dark" ? "light" : "dark";
  localStorage.setItem(KEY, next);
  show(next);
};
/** A colour of the current theme, for charts, which draw on canvas. */
export const colour = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
