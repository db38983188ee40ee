import type { TapeEvent } from "../../streams/domain/event.ts";

/** An incremental sha256, or another digest. It is fed line by line: it should gather small texts itself. */
export interface Digest {
  update(text: string): void;
  hex(): string;
}

/** An order's or fill's id without the name of the run it begins with: what a run is called decides nothing. */
const withoutRun = (id: string): string => id.slice(id.indexOf("-") + 1);

/** The canonical line of a decision (or of a fill), or null for events that are neither. Fields are separated by tabs, amounts are µ-integers. */
export const decisionLine = (e: TapeEvent): string | null => {
  switch (e.type) {
    case "signal.generated":
      return `S\t${e.tSeen}\t${e.ticker}\t${e.strategy}\t${e.score}\t${e.confidence}\n`;
    case "risk.verdict":
      return `V\t${e.tSeen}\t${withoutRun(e.orderId)}\t${e.outcome}\t${e.asked}\t${e.granted}\t${e.denial?.code ?? ""}\n`;
    case "order.submitted": {
      const o = e.order;
      return `O\t${e.tSeen}\t${withoutRun(o.id)}\t${o.ticker}\t${o.side}\t${o.kind}\t${o.qty}\t${o.cashFraction ?? ""}\t${o.limitPx ?? ""}\t${o.stopPx ?? ""}\t${o.bracket?.stopLoss ?? ""}\t${o.bracket?.takeProfit ?? ""}\t${o.tif}\n`;
    }
    case "order.filled":
      return `F\t${e.tSeen}\t${withoutRun(e.orderId)}\t${withoutRun(e.fillId)}\t${e.side}\t${e.qty}\t${e.px}\t${e.commission}\n`;
    default:
      return null;
  }
};

/** sha256 over the ordered decisions: signals, verdicts, orders, fills. Two runs that decided alike have the same one. */
export class DecisionsHash {
  private readonly digest: Digest;

  constructor(digest: Digest) {
    this.digest = digest;
  }

  note(event: TapeEvent): void {
    const line = decisionLine(event);
    if (line !== null) this.digest.update(line);
  }

  hex(): string {
    return this.digest.hex();
  }
}
