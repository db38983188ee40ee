import { Random } from "./random.ts";

export const SECTORS = [
  "technology",
  "health",
  "energy",
  "finance",
  "retail",
  "industry",
  "media",
  "materials",
  "transport",
] as const;
export type SectorName = (typeof SECTORS)[number];

/** A company of the generated market. Invented: no such company is listed. */
export interface Company {
  readonly ticker: string;
  /** As headlines call it. */
  readonly name: string;
  /** null: an index fund, which moves with the market alone. */
  readonly sector: SectorName | null;
  /** The price around which it lives for years, USD. */
  readonly price: number;
  /** Sensitivity to the market's return. */
  readonly beta: number;
  /** Yearly standard deviation of its own return, as a fraction. */
  readonly idio: number;
  /** Shares traded on a usual day, in millions. */
  readonly volume: number;
  /** Half of the usual spread, in basis points of the price. */
  readonly halfSpread: number;
  /** 0 … 1: how strongly it trends over dozens of bars. */
  readonly momentum: number;
  /** 0 … 1: how strongly it swings around its fair price. */
  readonly reversion: number;
  /** How hard headlines move it, 1 = as usual. */
  readonly nerves: number;
  /** What its headlines speak of. */
  readonly product: string;
}

type Row = readonly [
  ticker: string,
  name: string,
  sector: SectorName,
  price: number,
  beta: number,
  idio: number,
  volume: number,
  halfSpread: number,
  momentum: number,
  reversion: number,
  nerves: number,
  product: string,
];

const rows: readonly Row[] = [
  ["HLXN", "Helixon", "health", 84, 0.9, 0.34, 3.1, 1.6, 0.3, 0.3, 1.6, "its lead antibody"],
  ["PNTA", "Pentara Bio", "health", 17.5, 1.2, 0.55, 2.2, 4.0, 0.5, 0.1, 2.2, "its gene therapy"],
  ["CLVR", "Cloverly Care", "health", 132, 0.7, 0.2, 2.6, 1.0, 0.1, 0.7, 0.8, "home nursing"],
  ["KOBT", "Kobalt Systems", "technology", 212, 1.3, 0.28, 9.5, 0.5, 0.8, 0.1, 1.0, "data-centre switches"],
  ["NMBS", "Nimbus Logic", "technology", 96, 1.45, 0.36, 7.4, 0.8, 0.9, 0.0, 1.2, "accelerator chips"],
  ["ORYN", "Oryn Software", "technology", 318, 1.15, 0.26, 4.4, 0.6, 0.5, 0.2, 1.0, "its cloud suite"],
  ["SLTE", "Slatewell", "technology", 41, 1.35, 0.42, 5.0, 1.5, 0.2, 0.6, 1.3, "payment terminals"],
  ["VLTR", "Voltaire Motors", "transport", 58, 1.7, 0.5, 14.0, 0.9, 0.9, 0.0, 1.5, "its electric van"],
  ["TRLK", "Trelok Freight", "transport", 73, 1.0, 0.22, 2.1, 1.4, 0.1, 0.8, 0.7, "parcel volumes"],
  ["NRTH", "Northgate Air", "transport", 29, 1.4, 0.33, 6.2, 1.8, 0.3, 0.4, 1.0, "summer bookings"],
  ["FRNW", "Fernwood Bank", "finance", 47, 1.1, 0.19, 8.3, 0.8, 0.0, 0.9, 0.8, "consumer lending"],
  ["ASHB", "Ashbourne Capital", "finance", 164, 1.2, 0.21, 2.9, 0.9, 0.2, 0.6, 0.8, "wealth management"],
  ["MARQ", "Marquette Re", "finance", 108, 0.6, 0.18, 1.2, 2.0, 0.0, 0.8, 0.7, "storm cover"],
  ["GRVL", "Gravelle Energy", "energy", 66, 0.9, 0.27, 7.7, 0.9, 0.6, 0.2, 0.9, "its shale fields"],
  ["TIDL", "Tidalis Power", "energy", 22, 1.0, 0.38, 4.1, 2.6, 0.7, 0.1, 1.2, "offshore turbines"],
  ["PYRX", "Pyrexa Fuel", "energy", 9.4, 1.5, 0.6, 6.8, 7.0, 0.4, 0.4, 1.6, "hydrogen stations"],
  ["BRCK", "Bricklane Stores", "retail", 52, 0.8, 0.24, 4.6, 1.2, 0.1, 0.7, 1.0, "same-store sales"],
  ["WYLD", "Wylde Outdoors", "retail", 34, 1.1, 0.37, 2.4, 2.2, 0.4, 0.3, 1.3, "its winter line"],
  ["HRTH", "Hearthside Foods", "retail", 61, 0.5, 0.15, 3.3, 1.1, 0.0, 0.9, 0.6, "frozen meals"],
  ["LUMO", "Lumora Media", "media", 27, 1.2, 0.35, 5.9, 1.9, 0.6, 0.2, 1.3, "streaming subscriptions"],
  ["RVNA", "Ravenna Games", "media", 88, 1.1, 0.4, 3.7, 1.3, 0.5, 0.3, 1.4, "its new franchise"],
  ["DUNE", "Dunemore Steel", "materials", 38, 1.3, 0.29, 5.2, 1.3, 0.5, 0.4, 0.9, "rolled steel"],
  ["CNDR", "Cinder Mining", "materials", 6.2, 1.1, 0.52, 9.1, 9.0, 0.6, 0.3, 1.4, "its copper pit"],
  ["GLDR", "Gladstone Rotor", "industry", 187, 1.0, 0.22, 1.9, 1.2, 0.3, 0.5, 0.9, "turbine blades"],
];

/** The fund that follows the generated market. */
const INDEX: Company = {
  ticker: "TDX",
  name: "Tapedeck Index Fund",
  sector: null,
  price: 412,
  beta: 1,
  idio: 0.004,
  volume: 42,
  halfSpread: 0.15,
  momentum: 0,
  reversion: 0,
  nerves: 0,
  product: "the index",
};

/** Twenty-four companies, then the index fund. */
export const COMPANIES: readonly Company[] = [
  ...rows.map(
    ([ticker, name, sector, price, beta, idio, volume, halfSpread, momentum, reversion, nerves, product]): Company => ({
      ticker,
      name,
      sector,
      price,
      beta,
      idio,
      volume,
      halfSpread,
      momentum,
      reversion,
      nerves,
      product,
    }),
  ),
  INDEX,
];

/** A company for any ticker: the known one, or one with a character drawn from the letters of its ticker. */
export const companyOf = (ticker: string, name?: string): Company => {
  const known = COMPANIES.find((c) => c.ticker === ticker);
  if (known) return known;
  const chance = new Random(0, `company ${ticker}`);
  const nervous = chance.next();
  const price = Math.round(chance.between(12, 260) * 100) / 100;
  return {
    ticker,
    name: name ?? ticker,
    sector: chance.pick(SECTORS),
    price,
    beta: chance.between(0.6, 1.5),
    idio: 0.17 + 0.3 * nervous,
    volume: chance.between(1.5, 11),
    halfSpread: chance.between(0.6, 2.5),
    momentum: chance.chance(0.5) ? chance.between(0.4, 0.9) : chance.between(0, 0.2),
    reversion: chance.chance(0.5) ? chance.between(0.4, 0.9) : chance.between(0, 0.2),
    nerves: 0.7 + 0.8 * nervous,
    product: "its core business",
  };
};
