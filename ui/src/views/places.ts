/** The views: where they are, what they are called, the key after `g`. */
export const PLACES = [
  { path: "/", name: "Portfolio", key: "p" },
  { path: "/trades", name: "Trades", key: "t" },
  { path: "/strategies", name: "Strategies", key: "s" },
  { path: "/news", name: "News", key: "n" },
  { path: "/actors", name: "Actors", key: "a" },
] as const;
export type PlaceName = (typeof PLACES)[number]["name"];
