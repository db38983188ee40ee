import {
  CandlestickSeries,
  createChart,
  createSeriesMarkers,
  HistogramSeries,
  type IChartApi,
  type SeriesMarker,
  type UTCTimestamp,
} from "lightweight-charts";
import { createEffect, onCleanup, onMount, untrack } from "solid-js";
import type { BarItem } from "../../../gateway/contract/items.ts";
import { number } from "../format.ts";
import type { Series } from "../stores/series.ts";
import { colour, theme } from "../theme.ts";
import { axisTime, chartTheme, faded } from "./chart.ts";

/** Something that happened at a moment of the chart: a headline or a fill. */
export interface BarMark {
  readonly at: number;
  readonly kind: "news" | "buy" | "sell";
  readonly text: string;
}

const markOf = (mark: BarMark, bars: readonly BarItem[]): SeriesMarker<UTCTimestamp> | null => {
  const bar = bars.findLast((b) => b.at <= mark.at);
  if (!bar) return null;
  const time = axisTime(bar.at);
  if (mark.kind === "news")
    return { time, position: "aboveBar", shape: "circle", color: colour("amber"), size: 0.5, text: mark.text };
  return mark.kind === "buy"
    ? { time, position: "belowBar", shape: "arrowUp", color: colour("ink"), size: 1, text: mark.text }
    : { time, position: "aboveBar", shape: "arrowDown", color: colour("ink"), size: 1, text: mark.text };
};

export function BarsChart(props: { bars: Series<BarItem>; marks: readonly BarMark[] }) {
  let box!: HTMLDivElement;
  let chart: IChartApi | undefined;
  onMount(() => {
    const made = createChart(box, {
      ...chartTheme(),
      autoSize: true,
      localization: { priceFormatter: (v: number) => number(v) },
    });
    chart = made;
    const volume = made.addSeries(HistogramSeries, { priceScaleId: "volume", priceLineVisible: false, lastValueVisible: false });
    volume.priceScale().applyOptions({ scaleMargins: { top: 0.82, bottom: 0 } });
    const candles = made.addSeries(CandlestickSeries, { borderVisible: false });
    candles.priceScale().applyOptions({ scaleMargins: { top: 0.1, bottom: 0.22 } });
    const markers = createSeriesMarkers(candles, []);
    const candle = (b: BarItem) => ({ time: axisTime(b.at), open: b.open, high: b.high, low: b.low, close: b.close });
    const column = (b: BarItem) => ({ time: axisTime(b.at), value: b.volume });
    createEffect(() => {
      theme();
      made.applyOptions(chartTheme());
      candles.applyOptions({
        upColor: colour("up"),
        downColor: colour("down"),
        wickUpColor: colour("up"),
        wickDownColor: colour("down"),
      });
      volume.applyOptions({ color: faded(colour("edge"), 0.35) });
    });
    createEffect(() => {
      props.bars.era();
      candles.setData(props.bars.points.map(candle));
      volume.setData(props.bars.points.map(column));
    });
    createEffect(() => {
      props.bars.version();
      const last = props.bars.points.at(-1);
      if (!last) return;
      const drawn = candles.data().at(-1)?.time as number | undefined;
      if (drawn !== undefined && drawn > axisTime(last.at)) return;
      candles.update(candle(last));
      volume.update(column(last));
    });
    createEffect(() => {
      props.bars.era();
      const found = props.marks
        .map((m) =>
          markOf(
            m,
            untrack(() => props.bars.points),
          ),
        )
        .filter((m) => m !== null);
      markers.setMarkers(found.sort((a, b) => a.time - b.time));
    });
  });
  onCleanup(() => chart?.remove());
  return <div class="chart" ref={box} role="img" aria-label="Prices, with headlines and fills marked" />;
}
