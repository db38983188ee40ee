import { type ChartOptions, ColorType, CrosshairMode, type DeepPartial, type UTCTimestamp } from "lightweight-charts";
import { chartTime } from "../format.ts";
import { colour } from "../theme.ts";

/** New York wall time on the chart's axis. @param at epoch ms. */
export const axisTime = (at: number): UTCTimestamp => chartTime(at) as UTCTimestamp;

/** The theme's own colours; no vendor mark on the canvas (the credit with its link is in the help). */
export const chartTheme = (): DeepPartial<ChartOptions> => ({
  layout: {
    background: { type: ColorType.Solid, color: "transparent" },
    textColor: colour("faint"),
    fontFamily: getComputedStyle(document.documentElement).fontFamily,
    fontSize: 11,
    attributionLogo: false,
  },
  grid: { vertLines: { visible: false }, horzLines: { color: colour("line") } },
  crosshair: {
    mode: CrosshairMode.Magnet,
    vertLine: { color: colour("edge"), width: 1, labelBackgroundColor: colour("raised") },
    horzLine: { color: colour("edge"), width: 1, labelBackgroundColor: colour("raised") },
  },
  rightPriceScale: { borderVisible: false, scaleMargins: { top: 0.12, bottom: 0.08 }, entireTextOnly: true },
  timeScale: {
    borderVisible: false,
    timeVisible: true,
    secondsVisible: false,
    rightOffset: 2,
    minBarSpacing: 0.05,
    allowBoldLabels: false,
  },
});

/** `#rrggbb` made see-through. @param alpha 0 to 1. */
export const faded = (hex: string, alpha: number): string =>
  hex +
  Math.round(alpha * 255)
    .toString(16)
    .padStart(2, "0");
