import { Subject } from "rxjs";
import { type ItemOf, type TopicName, topicSpec } from "../../../gateway/contract/push.ts";

/** What a store is told. A snapshot replaces everything. */
export type TopicMsg<I> =
  | { readonly type: "snapshot"; readonly items: readonly I[] }
  | { readonly type: "delta"; readonly item: I }
  | { readonly type: "gone"; readonly key: string };
export type TopicMsgOf<T extends TopicName> = TopicMsg<ItemOf<T>>;

/** What the line says of one topic, numbered. */
type Numbered =
  | { readonly type: "snapshot"; readonly seq: number; readonly life: string; readonly items: readonly unknown[] }
  | { readonly type: "delta"; readonly seq: number; readonly item: unknown }
  | { readonly type: "gone"; readonly seq: number; readonly key: string };

/** Where a reader stands in a topic: what to ask for after a break. */
export interface Place {
  readonly after: number;
  readonly life: string;
}

/**
 * One topic as heard over many connections: passes on what is in order, notices a gap, drops what does not fit the contract.
 * `accept` answers false when something is missing and the topic must be asked for again from `place()`.
 */
export class TopicFeed {
  readonly messages = new Subject<TopicMsg<unknown>>();
  /** Items that did not fit the contract, dropped. */
  refused = 0;
  readers = 0;
  readonly name: TopicName;
  #seq = 0;
  #life: string | null = null;
  #asked = false;

  constructor(name: TopicName) {
    this.name = name;
  }

  place(): Place | null {
    return this.#life === null ? null : { after: this.#seq, life: this.#life };
  }
  /** A new connection: whatever was asked for before is forgotten. */
  reopen(): void {
    this.#asked = false;
  }

  accept(msg: Numbered): boolean {
    if (msg.type === "snapshot") return this.#snapshot(msg.seq, msg.life, msg.items);
    if (this.#life === null || msg.seq <= this.#seq) return true;
    if (msg.seq > this.#seq + 1) {
      if (this.#asked) return true;
      this.#asked = true;
      return false;
    }
    this.#seq = msg.seq;
    this.#asked = false;
    if (msg.type === "gone") this.messages.next({ type: "gone", key: msg.key });
    else {
      const item = this.#item(msg.item);
      if (item !== undefined) this.messages.next({ type: "delta", item });
    }
    return true;
  }

  #snapshot(seq: number, life: string, items: readonly unknown[]): true {
    this.#seq = seq;
    this.#life = life;
    this.#asked = false;
    this.messages.next({ type: "snapshot", items: items.map((i) => this.#item(i)).filter((i) => i !== undefined) });
    return true;
  }

  #item(raw: unknown): unknown {
    const parsed = topicSpec(this.name)?.item.safeParse(raw);
    if (parsed?.success) return parsed.data;
    this.refused += 1;
    return undefined;
  }
}
