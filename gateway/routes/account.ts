import type { routes } from "../contract/http.ts";
import type { PortfolioItem, PositionItem, RiskItem, StrategyItem } from "../contract/items.ts";
import type { History, ViewSource } from "../ports.ts";
import { type Handlers, refuse } from "./handler.ts";

type Part = Pick<
  typeof routes,
  "portfolio" | "positions" | "risk" | "strategies" | "orders" | "trades" | "fills" | "signals" | "news" | "learning" | "equity"
>;
type Kind = Parameters<History["list"]>[0];
type Query = Parameters<History["list"]>[1];

/** `undefined` members left out: the port knows absence only. */
const defined = <T extends object>(given: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(given).filter(([, v]) => v !== undefined)) as { [K in keyof T]?: Exclude<T[K], undefined> };

/** Now from the deck, the past from the tables. */
export const accountRoutes = (views: ViewSource, history: History): Handlers<Part> => {
  const list =
    (kind: Kind) =>
    async ({ query }: { readonly query: { readonly [K in keyof Query]: Query[K] | undefined } }) => {
      const page = await history.list(kind, defined(query));
      return { items: [...page.items], cursor: page.cursor };
    };
  return {
    portfolio: async () => {
      const item = views.items("portfolio")[0] as PortfolioItem | undefined;
      return item ?? refuse("NO_ACCOUNT", "no account is open yet");
    },
    positions: async ({ query }) => {
      const items = views.items("positions") as readonly PositionItem[];
      return { items: items.filter((p) => query.ticker === undefined || p.ticker === query.ticker) };
    },
    risk: async () => views.items("risk")[0] as RiskItem,
    strategies: async () => ({ items: views.items("strategies") as StrategyItem[] }),
    orders: list("orders"),
    trades: list("trades"),
    fills: list("fills"),
    signals: list("signals"),
    news: list("news"),
    learning: list("outcomes"),
    equity: async ({ query }) => ({
      points: (await history.equity(defined(query))).map(([at, usd]) => [at, usd] as [number, number]),
    }),
  };
};
