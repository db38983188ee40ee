import { concatMap, from, merge, type Observable } from "rxjs";
import { z } from "zod";
import type { Message } from "../../../actors/ports/streams.ts";
import type { TapeEvent } from "../../../streams/domain/event.ts";
import { type Seq, seq } from "../../../streams/domain/units.ts";
import type { BoundStrategy, StrategyInputs, View } from "../../../streams/strategies/define.ts";
import { BadChunk, type Placed } from "./chunk.ts";

/** What an input is called where its `seq` is not known yet: its moment and its place in it, or a headline's id. */
export type InputKey = string;
export const placeKey = (tSeen: number, place: number): InputKey => `${tSeen}.${place}`;
export const newsKey = (id: string): InputKey => `n.${id}`;

/** A view, its causes by key, or by `seq` where they were on the tape already. */
const FarView = z.object({
  score: z.number(),
  confidence: z.number(),
  reason: z.string(),
  causes: z.array(z.union([z.string(), z.int()])),
});
export type FarView = z.output<typeof FarView>;

/** What one strategy said of one ticker on one input. */
const Answer = z.object({ on: z.string(), tSeen: z.int(), strategy: z.string(), ticker: z.string(), views: z.array(FarView) });
export type Answer = z.output<typeof Answer>;

const whole = z.string().regex(/^\d{1,16}$/);
const Label = z.object({
  run: z.string(),
  shard: whole.transform(Number),
  prev: whole.transform(Number),
  through: whole.transform(Number),
});

/** Answers of one shard, (`prev`, `through`]. */
export const encodeAnswers = (
  label: {
    readonly run: string;
    readonly shard: number;
    readonly epoch: number;
    readonly prev: number;
    readonly through: number;
  },
  answers: readonly Answer[],
): Message => ({
  headers: {
    run: label.run,
    shard: String(label.shard),
    epoch: String(label.epoch),
    prev: String(label.prev),
    through: String(label.through),
    n: String(answers.length),
  },
  body: Buffer.from(JSON.stringify(answers)),
});

const parse = (message: Message): readonly Answer[] => {
  try {
    return z.array(Answer).parse(JSON.parse(Buffer.from(message.body).toString()));
  } catch (error) {
    throw new BadChunk(error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error));
  }
};

/** Causes older than so many inputs of a ticker are not named any more. */
const REMEMBERED = 4_096;

/** Views that were computed elsewhere, until the inputs they are about come through the door. */
export class Answers {
  readonly #through: number[];
  readonly #early = new Map<number, { readonly prev: number; readonly through: number; readonly answers: readonly Answer[] }[]>();
  readonly #byMoment = new Map<number, Map<string, readonly FarView[]>>();
  readonly #keys = new WeakMap<object, InputKey>();

  constructor(shards: number) {
    this.#through = Array.from({ length: shards }, () => 0);
  }

  /** `tSeen` through which every shard has answered. */
  get through(): number {
    return Math.min(...this.#through);
  }

  /** The `through` of an entry; null when it is of another run, or was known. @throws BadChunk */
  take(message: Message, run: string): number | null {
    const label = Label.safeParse(message.headers);
    if (!label.success) throw new BadChunk("an answer without shard and span");
    const { shard, prev, through } = label.data;
    const here = this.#through[shard];
    if (label.data.run !== run || here === undefined || through <= here) return null;
    const early = this.#early.get(shard) ?? [];
    this.#early.set(shard, early);
    early.push({ prev, through, answers: parse(message) });
    this.#join(shard, early);
    return through;
  }

  /** Answers given in this process. */
  add(answers: readonly Answer[]): void {
    for (const a of answers) {
      let moment = this.#byMoment.get(a.tSeen);
      if (!moment) {
        moment = new Map();
        this.#byMoment.set(a.tSeen, moment);
      }
      moment.set(`${a.on} ${a.strategy} ${a.ticker}`, a.views);
    }
  }

  /** Everything seen before `after` is behind the core: shards go on from there. */
  begin(after: number): void {
    this.#through.fill(after);
    this.forget(after);
  }

  /** Inputs that are about to enter are known by their keys from now on. */
  know(inputs: readonly Placed[]): void {
    for (const { event, place } of inputs) this.#keys.set(event, placeKey(event.tSeen, place));
  }

  /** What was said of moments before `tSeen` is not needed any more. */
  forget(tSeen: number): void {
    for (const moment of this.#byMoment.keys()) if (moment < tSeen) this.#byMoment.delete(moment);
  }

  /** A strategy whose views come from here: it says on each input what was computed for it. */
  standIn(strategy: BoundStrategy): BoundStrategy {
    return { ...strategy, start: (inputs) => this.#start(strategy, inputs) };
  }

  #start(strategy: BoundStrategy, { ticker, bars$, quotes$, news$ }: StrategyInputs): Observable<View> {
    const seqs = new Map<InputKey, Seq>();
    const inputs$: Observable<TapeEvent> = strategy.quotes ? merge(bars$, news$, quotes$) : merge(bars$, news$);
    return inputs$.pipe(
      concatMap((event) => {
        const key = event.type === "news.scored" ? newsKey(event.id) : this.#keys.get(event);
        if (key === undefined) return [];
        seqs.set(key, event.seq);
        if (seqs.size > REMEMBERED) seqs.delete(seqs.keys().next().value as InputKey);
        const views = this.#byMoment.get(event.tSeen)?.get(`${key} ${strategy.name} ${ticker}`) ?? [];
        return from(views.map((v) => near(v, seqs)));
      }),
    );
  }

  #join(shard: number, early: { readonly prev: number; readonly through: number; readonly answers: readonly Answer[] }[]): void {
    for (;;) {
      const at = early.findIndex((e) => e.prev <= (this.#through[shard] as number));
      const next = early[at];
      if (!next) return;
      early.splice(at, 1);
      if (next.through <= (this.#through[shard] as number)) continue;
      this.add(next.answers);
      this.#through[shard] = next.through;
    }
  }
}

const near = (view: FarView, seqs: ReadonlyMap<InputKey, Seq>): View => ({
  score: view.score,
  confidence: view.confidence,
  reason: view.reason,
  causes: view.causes.flatMap((c) => (typeof c === "number" ? [seq(c)] : (seqs.get(c) ?? []))),
});
