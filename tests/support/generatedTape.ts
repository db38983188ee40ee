import { createTape } from "../../runtime/adapters/tape/writer.ts";
import type { TapeEvent } from "../../streams/domain/event.ts";
import { seq } from "../../streams/domain/units.ts";
import { generatedMarket } from "../../streams/market/generated.ts";
import { GeneratedMarketConfig, type GeneratedMarketSettings } from "../../streams/market/settings.ts";

/** Writes the generated market to a tape until it holds `entries`, ending with a whole moment. */
export const writeGeneratedTape = (path: string, settings: GeneratedMarketSettings, entries: number): void => {
  const market = generatedMarket(GeneratedMarketConfig.parse(settings));
  const writer = createTape(path, { kind: "market", source: "generated", run: null });
  while (writer.tail < entries)
    for (const event of market.next()) writer.append({ ...event, seq: seq(writer.tail + 1) } as TapeEvent);
  writer.close();
};
