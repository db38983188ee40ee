import {
  AreaSeries,
  createChart,
  createSeriesMarkers,
  type IChartApi,
  LineSeries,
  LineStyle,
  type SeriesMarker,
  type UTCTimestamp,
} from "lightweight-charts";
import { createEffect, onCleanup, onMount, untrack } from "solid-js";
import type { EquityItem } from "../../../gateway/contract/items.ts";
import { money, short } from "../format.ts";
import type { Series } from "../stores/series.ts";
import { colour, theme } from "../theme.ts";
import { axisTime, chartTheme, faded } from "./chart.ts";

/** A fill on the curve. */
export interface FillMark {
  readonly at: number;
  readonly side: "buy" | "sell";
}
export type Span = "day" | "all";

/** As many marks as the curve can carry. Of those closer together the first stands for all. */
const MAX_MARKS = 48;

/** The markers: where an order filled. Shape and place tell the side; green and red are kept for money. */
const marksOf = (fills: readonly FillMark[], points: readonly EquityItem[]): SeriesMarker<UTCTimestamp>[] => {
  const from = points[0]?.at ?? Number.POSITIVE_INFINITY;
  const to = points.at(-1)?.at ?? 0;
  const every = Math.max(1, Math.floor(points.length / MAX_MARKS));
  let at = 0;
  let free = 0;
  const apart = (f: FillMark): boolean => {
    while (at < points.length - 1 && (points[at + 1]?.at ?? 0) <= f.at) at += 1;
    if (at < free) return false;
    free = at + every;
    return true;
  };
  return fills
    .filter((f) => f.at >= from && f.at <= to + 60_000)
    .sort((a, b) => a.at - b.at)
    .filter(apart)
    .map((f) => ({
      time: axisTime(Math.min(f.at, to)),
      position: f.side === "buy" ? "belowBar" : "aboveBar",
      shape: f.side === "buy" ? "arrowUp" : "arrowDown",
      color: colour("faint"),
      size: 0.5,
    }));
};

/** How many points the axis has: those that share a second are one. */
const seconds = (points: readonly EquityItem[]): number => {
  let n = 0;
  let last = -1;
  for (const p of points) {
    const second = Math.floor(p.at / 1000);
    if (second !== last) n += 1;
    last = second;
  }
  return n;
};

/** Points may share a second; the axis takes one each, the last. */
const drawable = (points: readonly EquityItem[], value: (p: EquityItem) => number | null) => {
  const out: { time: UTCTimestamp; value: number }[] = [];
  for (const p of points) {
    const v = value(p);
    if (v === null) continue;
    const time = axisTime(p.at);
    const last = out.at(-1);
    if (last && last.time >= time) out[out.length - 1] = { time: last.time, value: v };
    else out.push({ time, value: v });
  }
  return out;
};

export function EquityChart(props: {
  equity: Series<EquityItem>;
  fills: readonly FillMark[];
  span: Span;
  /** Whether the benchmark is drawn; without it the curve has the scale to itself. */
  compare: boolean;
  dayOpen: number | null;
}) {
  let box!: HTMLDivElement;
  let chart: IChartApi | undefined;
  /** The newest point stays in sight until a person looks elsewhere; choosing a span follows again. */
  let following = true;
  const leave = () => {
    following = false;
  };
  onMount(() => {
    const made = createChart(box, {
      ...chartTheme(),
      autoSize: true,
      localization: { priceFormatter: (v: number) => (Math.abs(v) >= 1e6 ? short(v) : money(v.toFixed(2), 0)) },
    });
    chart = made;
    const bench = made.addSeries(LineSeries, {
      lineWidth: 1,
      lineStyle: LineStyle.LargeDashed,
      priceLineVisible: false,
      lastValueVisible: false,
      crosshairMarkerVisible: false,
    });
    const area = made.addSeries(AreaSeries, { lineWidth: 2, priceLineVisible: false });
    const markers = createSeriesMarkers(area, []);
    createEffect(() => {
      theme();
      made.applyOptions(chartTheme());
      bench.applyOptions({ color: colour("edge") });
      const amber = colour("amber");
      area.applyOptions({
        lineColor: amber,
        topColor: faded(amber, 0.2),
        bottomColor: faded(amber, 0),
        crosshairMarkerBackgroundColor: amber,
      });
    });
    createEffect(() => {
      props.equity.era();
      const ordered = props.equity.points;
      untrack(() => {
        area.setData(drawable(ordered, (p) => p.equity));
        bench.setData(drawable(ordered, (p) => p.benchmark));
        frame(made, ordered);
      });
    });
    createEffect(() => {
      props.equity.version();
      const last = props.equity.points.at(-1);
      if (!last) return;
      const time = axisTime(last.at);
      const drawn = area.data().at(-1)?.time as number | undefined;
      if (drawn !== undefined && drawn > time) return;
      area.update({ time, value: last.equity });
      if (last.benchmark !== null) bench.update({ time, value: last.benchmark });
      untrack(() => frame(made, props.equity.points));
    });
    createEffect(() => {
      props.equity.era();
      markers.setMarkers(
        marksOf(
          props.fills,
          untrack(() => props.equity.points),
        ),
      );
    });
    createEffect(() => bench.applyOptions({ visible: props.compare }));
    createEffect(() => {
      following = Boolean(props.span);
      untrack(() => frame(made, props.equity.points));
    });
  });
  onCleanup(() => chart?.remove());
  /** Shows the day or everything. */
  const frame = (on: IChartApi, points: readonly EquityItem[]): void => {
    const first = points[0];
    const last = points.at(-1);
    if (!following || !first || !last || first.at === last.at) return;
    const open = props.dayOpen;
    const from = props.span === "day" && open !== null && open < last.at ? points.findIndex((p) => p.at >= open) : 0;
    const drawn = seconds(points);
    const start = Math.max(0, drawn - (points.length - from));
    // A little air at the right, so that the last time and the last marker are not cut.
    on.timeScale().setVisibleLogicalRange({ from: start, to: drawn - 1 + (drawn - start) * 0.02 });
  };
  return (
    <div
      class="chart"
      ref={box}
      onWheel={leave}
      onPointerDown={leave}
      role="img"
      aria-label="Equity over time, with the benchmark dashed and fills marked"
    />
  );
}
