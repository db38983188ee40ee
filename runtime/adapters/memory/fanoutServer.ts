import type { FanoutMessage } from "../../../actors/ports/fanout.ts";
import type { Inbox } from "../../mechanisms/inbox.ts";
import { patternFits } from "../../mechanisms/subjects.ts";

export interface Listener {
  readonly pattern: string;
  readonly words: readonly string[];
  readonly queue: string | undefined;
  readonly inbox: Inbox<FanoutMessage>;
}

export type Answer = (body: Uint8Array) => Promise<Uint8Array> | Uint8Array;

/** Who answers on a subject, and what is being answered. */
export class Responder {
  readonly subject: string;
  readonly #answer: Answer;
  readonly #working = new Set<Promise<unknown>>();

  constructor(subject: string, answer: Answer) {
    this.subject = subject;
    this.#answer = answer;
  }

  answer(body: Uint8Array): Promise<Uint8Array> {
    const answer = Promise.resolve(body).then(this.#answer);
    this.#working.add(answer);
    const done = () => this.#working.delete(answer);
    answer.then(done, done);
    return answer;
  }

  async idle(): Promise<void> {
    await Promise.allSettled(this.#working);
  }
}

/** Members of one queue on one pattern; each message goes to the next. */
interface Queue {
  readonly members: Listener[];
  next: number;
}
interface Route {
  readonly all: readonly Listener[];
  readonly queues: readonly Queue[];
}

/** Routes kept; past it they are found again. */
const ROUTES = 50_000;

/** What several clients in one process share: who listens to what. */
export class MemoryFanoutServer {
  readonly #listeners = new Set<Listener>();
  readonly #queues = new Map<string, Queue>();
  readonly #responders = new Map<string, Responder[]>();
  readonly #routes = new Map<string, Route>();

  add(listener: Listener): void {
    this.#listeners.add(listener);
    this.#routes.clear();
  }

  remove(listener: Listener): void {
    this.#listeners.delete(listener);
    this.#queues.clear();
    this.#routes.clear();
  }

  publish(message: FanoutMessage): void {
    const route = this.#routeOf(message.subject);
    for (const listener of route.all) listener.inbox.offer(message);
    for (const queue of route.queues) {
      queue.next = (queue.next + 1) % queue.members.length;
      queue.members[queue.next]?.inbox.offer(message);
    }
  }

  addResponder(responder: Responder): void {
    this.#responders.set(responder.subject, [...(this.#responders.get(responder.subject) ?? []), responder]);
  }

  removeResponder(responder: Responder): void {
    const left = (this.#responders.get(responder.subject) ?? []).filter((other) => other !== responder);
    if (left.length > 0) this.#responders.set(responder.subject, left);
    else this.#responders.delete(responder.subject);
  }

  /** The one whose turn it is. */
  responderOf(subject: string): Responder | undefined {
    const responders = this.#responders.get(subject);
    const first = responders?.shift();
    if (responders && first) responders.push(first);
    return first;
  }

  #routeOf(subject: string): Route {
    const known = this.#routes.get(subject);
    if (known) return known;
    const words = subject.split(".");
    const fitting = [...this.#listeners].filter((listener) => patternFits(listener.words, words));
    const queues = new Set(fitting.flatMap((l) => (l.queue === undefined ? [] : [this.#queueOf(l.queue, l.pattern)])));
    const route = { all: fitting.filter((l) => l.queue === undefined), queues: [...queues] };
    if (this.#routes.size >= ROUTES) this.#routes.clear();
    this.#routes.set(subject, route);
    return route;
  }

  /** One for all subjects that its pattern fits, so that turns are kept across them. */
  #queueOf(name: string, pattern: string): Queue {
    const key = `${name} ${pattern}`;
    const members = [...this.#listeners].filter((l) => l.queue === name && l.pattern === pattern);
    const queue = this.#queues.get(key);
    if (queue && queue.members.length === members.length) return queue;
    const made = { members, next: 0 };
    this.#queues.set(key, made);
    return made;
  }
}
