/** A made-up trading day for the dashboard's own tests: the shapes of the contract, numbers from a seed, no rules of trading. */
const TICKERS =
  "AAPL AMD AMZN AVGO BAC CAT COST CRM CVX DIS GOOGL GS HD IBM INTC JNJ JPM KO LLY MA META MRK MSFT NFLX NVDA ORCL PEP PFE TSLA XOM".split(
    " ",
  );
const STRATEGIES = ["momentum", "meanReversion", "newsDriven"];
const OPEN = Date.UTC(2026, 10, 20, 14, 30);
const CLOSE = Date.UTC(2026, 10, 20, 21, 0);
const HEADLINES = [
  "lifts its full-year outlook after a strong quarter",
  "loses a large order to a rival, two customers say",
  "opens a second plant in Ohio",
  "faces a longer review of its licence than expected",
  "raises its dividend by a tenth",
  "supplier checks point to a slower holiday season",
];

export interface Change {
  readonly topic: string;
  readonly item?: unknown;
  readonly gone?: string;
}
type Item = Record<string, unknown>;

const seeded = (seed: number) => {
  let s = seed;
  return () => {
    s = (s * 16807) % 2147483647;
    return s / 2147483647;
  };
};

export const makeDay = (empty: boolean) => {
  const rnd = seeded(7);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(rnd() * list.length)] as T;
  const topics = new Map<string, Map<string, Item>>();
  const changes: Change[] = [];
  let now = OPEN + 42 * 60_000;
  let seq = 1_204_000;
  let equity = 100_000;
  let bench = 100_000;
  let halted: string | null = null;
  let playing = true;
  let speed: number | "max" = 60;
  const px = new Map(TICKERS.map((t) => [t, 40 + rnd() * 300]));
  const spark = new Map(TICKERS.map((t) => [t, [px.get(t) ?? 1]]));

  const put = (topic: string, key: string, item: Item) => {
    const all = topics.get(topic) ?? new Map<string, Item>();
    topics.set(topic, all);
    all.set(key, item);
    changes.push({ topic, item });
  };
  const dec = (n: number) => n.toFixed(2);

  const move = () => {
    for (const t of TICKERS) {
      const p = (px.get(t) ?? 1) * (1 + (rnd() - 0.498) * 0.0025);
      px.set(t, p);
      const s = [...(spark.get(t) ?? []), p].slice(-32);
      spark.set(t, s);
    }
  };
  const bars = (t: string, at: number) => {
    const p = px.get(t) ?? 1;
    const o = spark.get(t)?.at(-2) ?? p;
    const item = {
      ticker: t,
      seq,
      at,
      seenAt: at + 60_000,
      open: o,
      high: Math.max(o, p) * 1.0006,
      low: Math.min(o, p) * 0.9994,
      close: p,
      volume: Math.round(rnd() * 40_000),
      barMs: 60_000,
    };
    put("bars", t, item);
    put(`bars.${t}`, String(at), item);
  };
  const quote = (t: string) => {
    const p = px.get(t) ?? 1;
    put("quotes", t, {
      ticker: t,
      at: now,
      bid: p * 0.9998,
      ask: p * 1.0002,
      bidSize: 100 * Math.ceil(rnd() * 9),
      askSize: 100 * Math.ceil(rnd() * 9),
    });
  };
  const position = (t: string, shares: number, entry: number, by: string) => {
    const mark = px.get(t) ?? 1;
    const pnl = shares * (mark - entry);
    put("positions", t, {
      ticker: t,
      shares: String(shares),
      entryPx: dec(entry),
      mark,
      markAt: now,
      unrealised: dec(pnl),
      realised: "0",
      dayPnl: dec(pnl),
      weight: (shares * mark) / equity,
      openedAt: now,
      openedBy: `run-${t}`,
      by,
      mood: t === "KO" ? null : Math.max(-1, Math.min(1, pnl / 400 + 0.1)),
      spark: spark.get(t) ?? [],
    });
  };
  const held = new Map<string, { shares: number; entry: number; by: string }>();
  const decide = () => {
    const t = pick(TICKERS);
    const by = pick(STRATEGIES);
    const score = rnd() * 2 - 1;
    seq += 3;
    put("signals", String(seq), {
      seq,
      at: now,
      ticker: t,
      strategy: by,
      score,
      confidence: 0.4 + rnd() * 0.6,
      reason: score > 0 ? "fast average 101.20 crossed above slow 100.95" : "2.1 deviations above its mean, fading it",
      causes: [seq - 2, seq - 1],
    });
    put("strategies", by, strategy(by, { seq, at: now, ticker: t, score }));
    if (rnd() > 0.55) return;
    const origin = seq + 1;
    seq += 4;
    const id = `deck-${t}-${origin}`;
    const shares = Math.ceil(rnd() * 90) * (score > 0 ? 1 : -1);
    const fate = rnd();
    const outcome = fate > 0.85 ? "denied" : fate > 0.7 ? "resized" : "approved";
    const granted = outcome === "denied" ? 0 : outcome === "resized" ? Math.ceil(Math.abs(shares) / 2) : Math.abs(shares);
    const denial = outcome === "approved" ? null : { code: "POSITION_EXCEEDS_LIMIT", notional: "24180.50", limit: "20000" };
    const p = px.get(t) ?? 1;
    put("orders", id, {
      id,
      ticker: t,
      side: outcome === "denied" ? null : score > 0 ? "buy" : "sell",
      kind: outcome === "denied" ? null : "market",
      qty: String(granted || Math.abs(shares)),
      cashFraction: null,
      limitPx: null,
      stopPx: null,
      tif: outcome === "denied" ? null : "day",
      bracket: null,
      reduceOnly: false,
      by: "ensemble",
      origin,
      status: outcome === "denied" ? "denied" : "filled",
      filled: String(granted),
      avgPx: granted ? dec(p) : null,
      commission: dec(granted * 0.005),
      verdict: { outcome, asked: String(Math.abs(shares)), granted: String(granted), denial, seq: origin + 1 },
      reason: null,
      at: now,
      updatedAt: now,
      seq: origin,
    });
    if (granted === 0) return;
    const old = held.get(t);
    if (old) {
      held.delete(t);
      topics.get("positions")?.delete(t);
      changes.push({ topic: "positions", gone: t });
      put("trades", String(seq), {
        seq,
        ticker: t,
        shares: String(old.shares),
        entryPx: dec(old.entry),
        exitPx: dec(p),
        entryAt: OPEN,
        exitAt: now,
        pnl: dec(old.shares * (p - old.entry)),
        gain: p / old.entry - 1,
        commission: "1.20",
        entryOrder: id,
        exitOrder: id,
        exitFill: seq,
        by,
      });
      put("learning", String(seq), {
        seq,
        at: now,
        ticker: t,
        trade: seq,
        strategy: by,
        credit: old.shares * (p - old.entry),
        weight: 1,
      });
    } else held.set(t, { shares: score > 0 ? granted : -granted, entry: p, by });
  };
  const strategy = (name: string, last: Item | null): Item => ({
    name,
    weight: name === "newsDriven" ? 1.2 : 1,
    enabled: true,
    signals: topics.get("signals")?.size ?? 0,
    lastSignal: last,
    credit: (rnd() - 0.4) * 900,
    outcomes: topics.get("learning")?.size ?? 0,
  });
  const news = () => {
    const t = pick(TICKERS);
    seq += 1;
    const score = rnd() * 2 - 1;
    put("news", `n${seq}`, {
      id: `n${seq}`,
      seq,
      at: now,
      publishedAt: now - (rnd() > 0.8 ? 240_000 : 2_000),
      source: pick(["Wire", "Market Desk", "reddit/stocks"]),
      tickers: rnd() > 0.15 ? [t] : [],
      headline: `${t} ${pick(HEADLINES)}`,
      url: null,
      score: rnd() > 0.1 ? score : null,
      confidence: 0.8,
      scorer: "builtin",
    });
  };
  const actors = () => {
    const figure = (path: string, group: boolean, rate: number): Item => {
      const ill = path === "deck/market/AMD" && Math.floor(now / 120_000) % 2 === 0;
      return {
        path,
        state: ill ? "backing_off" : "running",
        group,
        mailboxDepth: rnd() > 0.9 ? Math.ceil(rnd() * 4) : 0,
        mailboxAgeMs: 0,
        messages: Math.round(rate * 60),
        rate: ill ? 0 : rate * (0.8 + rnd() * 0.4),
        p50Us: group ? null : 2.5,
        p99Us: group ? null : 31,
        restarts: path === "deck/market/AMD" ? 3 : 0,
        conflated: 0,
        lastError: path === "deck/market/AMD" ? "RangeError: not a decimal amount" : null,
        lastErrorAt: path === "deck/market/AMD" ? now - 60_000 : null,
      };
    };
    const paths: [string, boolean, number][] = [
      ["deck", true, 4100],
      ["deck/market", true, 3200],
    ];
    for (const t of TICKERS) {
      paths.push([`deck/market/${t}`, true, 110]);
      for (const s of STRATEGIES) paths.push([`deck/market/${t}/${s}`, false, 36]);
    }
    paths.push(
      ["deck/news", false, 14],
      ["deck/sentiment", false, 14],
      ["deck/money", true, 61],
      ["deck/money/ensemble", false, 40],
      ["deck/money/risk", false, 21],
      ["deck/money/executor", false, 11],
      ["deck/money/portfolio", false, 130],
      ["deck/money/learner", false, 2],
    );
    for (const [path, group, rate] of paths) put("actors", path, figure(path, group, rate));
  };
  const account = () => {
    const unrealised = [...held].reduce((sum, [t, h]) => sum + h.shares * ((px.get(t) ?? 1) - h.entry), 0);
    equity = 100_000 + unrealised + (now - OPEN) / 60_000;
    bench *= 1 + (rnd() - 0.49) * 0.0004;
    const gross = [...held].reduce((sum, [t, h]) => sum + Math.abs(h.shares) * (px.get(t) ?? 1), 0) / equity;
    put("portfolio", "only", {
      equity: dec(equity),
      cash: dec(equity / 2),
      startEquity: "100000",
      dayStartEquity: "100000",
      dayPnl: dec(equity - 100_000),
      dayPnlFraction: equity / 100_000 - 1,
      realised: "412.18",
      unrealised: dec(unrealised),
      commissions: "31.40",
      grossExposure: gross,
      netExposure: gross / 3,
      drawdown: 0.008,
      openPositions: held.size,
      riskBudgetUsed: { fraction: Math.min(1, gross), limit: "maxGrossExposure" },
      at: now,
    });
    put("equity", String(now), { at: now, equity, benchmark: bench });
  };
  const system = () => {
    put("tape", "only", {
      run: "demo",
      mode: "simulated",
      source: "generated",
      playable: true,
      playing,
      speed,
      tSeen: now,
      seq,
      sessionOpen: OPEN,
      sessionClose: CLOSE,
      from: OPEN,
      to: null,
      backlog: Math.floor(rnd() * 40),
      eventsPerSecond: playing ? 900 + rnd() * 200 : 0,
      version: "0.1.0",
    });
    put("risk", "only", {
      halted: halted !== null,
      reason: halted,
      haltedTickers: [],
      limits: [
        { name: "gross exposure", used: 0.41, limit: 1, unit: "fraction" },
        { name: "open positions", used: held.size, limit: 20, unit: "count" },
        { name: "daily loss", used: 0.004, limit: 0.03, unit: "fraction" },
      ],
      denials: { POSITION_EXCEEDS_LIMIT: 4, STALE_DATA: 1 },
      at: now,
    });
    const feed = (name: string, ageMs: number | null, state: string) =>
      put("feeds", name, { name, lastSeenAt: ageMs === null ? null : now - ageMs, ageMs, state });
    feed("Prices", 300, "ok");
    feed("News", 12_000, "ok");
    feed("Reddit", 240_000, "late");
    feed("Broker", 800, "ok");
  };
  const tick = () => {
    if (playing) {
      now += 15_000;
      seq += 40;
      move();
      if (Math.floor(now / 60_000) !== Math.floor((now - 15_000) / 60_000))
        for (const t of TICKERS) bars(t, Math.floor(now / 60_000) * 60_000);
      for (const t of TICKERS) if (rnd() > 0.4) quote(t);
      if (rnd() > 0.55 && halted === null) decide();
      if (rnd() > 0.8) news();
      for (const [t, h] of held) position(t, h.shares, h.entry, h.by);
      account();
    }
    system();
    if (rnd() > 0.7) actors();
  };

  if (empty) {
    system();
    for (const t of ["positions", "orders", "trades", "signals", "news", "equity", "learning", "log", "strategies", "actors"])
      topics.set(t, new Map());
    topics.set("feeds", new Map());
  } else {
    for (const s of STRATEGIES) put("strategies", s, strategy(s, null));
    put("log", "1", { id: 1, at: OPEN, level: "info", kind: "actor.started", text: "deck started", path: "deck", seq: null });
    put("log", "2", {
      id: 2,
      at: OPEN + 1000,
      level: "error",
      kind: "actor.crashed",
      text: "RangeError: not a decimal amount; again in 1.2 s",
      path: "deck/market/AMD",
      seq,
    });
    now = OPEN;
    for (let i = 0; i < 700; i++) tick();
    actors();
  }
  return {
    items: (topic: string): Item[] => [...(topics.get(topic)?.values() ?? [])],
    step: (): Change[] => {
      changes.length = 0;
      if (empty) system();
      else tick();
      return changes.slice();
    },
    deadLetters: [
      { id: 1, path: "deck/market/AMD", at: OPEN, error: "RangeError: not a decimal amount", message: { type: "market.bar" } },
    ],
    command: (path: string, body: Record<string, unknown>): void => {
      if (path.endsWith("/pause") && path.includes("control")) halted = String(body.reason ?? "asked");
      if (path.endsWith("/resume")) halted = null;
      if (path.endsWith("/kill")) halted = String(body.reason ?? "kill");
      if (typeof body.playing === "boolean") playing = body.playing;
      if (body.speed !== undefined) speed = body.speed as number | "max";
    },
  };
};
