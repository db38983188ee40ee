const MONEY = "deck/money";

/** Whether trading needs the actor at a path: portfolio, executor, risk, and the groups that they are in. */
export const tradingNeeds = (path: string): boolean =>
  path === MONEY || path.startsWith(`${MONEY}/`) || MONEY.startsWith(`${path}/`);
