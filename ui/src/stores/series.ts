import type { Observable } from "rxjs";
import { type Accessor, createSignal, onCleanup } from "solid-js";
import type { TopicMsg } from "../api/topicFeed.ts";

/** A curve: points in order of time. Kept plain, because a chart draws it and no row of it is a component. */
export interface Series<P> {
  /** Never written by readers. */
  readonly points: readonly P[];
  /** Grows with every change. */
  readonly version: Accessor<number>;
  /** Grows when what was drawn before is void: a snapshot, a late point, old ones dropped. */
  readonly era: Accessor<number>;
  readonly ready: Accessor<boolean>;
}

/** The store of a topic that is a curve and its only writer. @param keep the most points kept, the newest. */
export const createSeries = <P extends { readonly at: number }>(feed: Observable<TopicMsg<P>>, keep: number): Series<P> => {
  const points: P[] = [];
  const [version, setVersion] = createSignal(0);
  const [era, setEra] = createSignal(0);
  const heard = feed.subscribe((msg) => {
    if (msg.type === "snapshot") {
      points.splice(0, points.length, ...[...msg.items].sort((a, b) => a.at - b.at).slice(-keep));
      setEra((n) => n + 1);
    } else if (msg.type === "delta") {
      const last = points.at(-1);
      if (!last || msg.item.at > last.at) points.push(msg.item);
      else if (msg.item.at === last.at) points[points.length - 1] = msg.item;
      else return place(points, msg.item, () => setEra((n) => n + 1));
      if (points.length > keep * 1.25) {
        points.splice(0, points.length - keep);
        setEra((n) => n + 1);
      }
    }
    setVersion((n) => n + 1);
  });
  onCleanup(() => heard.unsubscribe());
  return { points, version, era, ready: () => era() > 0 };
};

/** The newest point, watched. */
export const lastOf = <P>(series: Series<P>): P | undefined => {
  series.version();
  series.era();
  return series.points.at(-1);
};

/** A late point: rare, so the chart is simply drawn anew. */
const place = <P extends { readonly at: number }>(points: P[], point: P, redraw: () => void): void => {
  const at = points.findIndex((p) => p.at >= point.at);
  points.splice(at, points[at]?.at === point.at ? 1 : 0, point);
  redraw();
};
