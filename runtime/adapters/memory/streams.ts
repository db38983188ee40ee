import type {
  Consumer,
  DurableStreams,
  Fence,
  GroupOptions,
  Message,
  ServerState,
  StreamDeadLetter,
  StreamEntry,
  StreamFigures,
  TrimBounds,
} from "../../../actors/ports/streams.ts";
import { Fenced, StaleTail, StreamsUnavailable } from "../../../actors/ports/streams.ts";
import { MemoryConsumer } from "./streamConsumer.ts";
import { StreamState } from "./streamState.ts";

interface MemoryStreamsOptions {
  /** Epoch ms, for ids, idle times and ages. Waits take real time. Default the machine's. */
  readonly now?: () => number;
}

/** The end of a stream under a fence. */
interface Tail {
  readonly epoch: number;
  readonly after: number;
  readonly to: number;
  readonly id: string;
  readonly message: Message;
}

/** What a server would keep: clients that are connected to one see the same. Gone with the process; grows unless trimmed. */
export class MemoryStreamServer {
  readonly now: () => number;
  readonly epochs = new Map<string, number>();
  readonly values = new Map<string, string>();
  readonly #streams = new Map<string, StreamState>();
  readonly #tails = new Map<string, Tail>();

  constructor(options: MemoryStreamsOptions = {}) {
    this.now = options.now ?? Date.now;
  }

  connect(): DurableStreams {
    return new MemoryStreams(this);
  }

  of(name: string): StreamState {
    const known = this.#streams.get(name);
    if (known) return known;
    const made = new StreamState(name, this.now);
    this.#streams.set(name, made);
    return made;
  }

  tail(stream: string, fence: string): Tail | null {
    return this.#tails.get(JSON.stringify([stream, fence])) ?? null;
  }
  setTail(stream: string, fence: string, tail: Tail): void {
    this.#tails.set(JSON.stringify([stream, fence]), tail);
  }

  takeFence(name: string, epoch: number): void {
    const newest = this.epochs.get(name) ?? 0;
    if (newest > epoch) throw new Fenced(name, epoch, newest);
    this.epochs.set(name, epoch);
  }
}

export const memoryStreamServer = (options?: MemoryStreamsOptions): MemoryStreamServer => new MemoryStreamServer(options);
/** Streams of one process, for itself. */
export const memoryStreams = (options?: MemoryStreamsOptions): DurableStreams => new MemoryStreamServer(options).connect();

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, i) => byte === b[i]);

class MemoryStreams implements DurableStreams {
  readonly state: ServerState = "ready";
  readonly buffered = 0;
  readonly #server: MemoryStreamServer;
  readonly #consumers = new Set<Consumer>();
  #isClosed = false;

  constructor(server: MemoryStreamServer) {
    this.#server = server;
  }

  async append(stream: string, messages: readonly Message[]): Promise<readonly string[]> {
    return this.#of(stream).append(messages);
  }

  async appendFenced(stream: string, fence: Fence, message: Message): Promise<string> {
    const { name, epoch, after, to } = fence;
    if (!(to > after)) throw new RangeError(`a fenced message goes on from a seq to a later one, not from ${after} to ${to}`);
    const entries = this.#of(stream);
    const newest = this.#server.epochs.get(name) ?? 0;
    if (newest > epoch) throw new Fenced(name, epoch, newest);
    const tail = this.#server.tail(stream, name);
    const isThis = tail !== null && tail.epoch === epoch && tail.after === after && tail.to === to;
    if (isThis && sameBytes(tail.message.body, message.body)) return tail.id;
    if ((tail?.to ?? 0) !== after) throw new StaleTail(stream, after, tail?.to ?? 0);
    this.#server.epochs.set(name, epoch);
    const [id = ""] = entries.append([message]);
    this.#server.setTail(stream, name, { epoch, after, to, id, message: entries.last ?? message });
    return id;
  }

  async takeFence(name: string, epoch: number): Promise<void> {
    this.#check();
    this.#server.takeFence(name, epoch);
  }

  async tailOf(stream: string, fenceName: string): Promise<number> {
    this.#check();
    return this.#server.tail(stream, fenceName)?.to ?? 0;
  }

  async read(stream: string, after: string, max: number): Promise<readonly StreamEntry[]> {
    return this.#of(stream).read(after, max);
  }

  async last(stream: string): Promise<StreamEntry | null> {
    return this.#of(stream).last;
  }

  async length(stream: string): Promise<number> {
    return this.#of(stream).length;
  }

  async consume(stream: string, group: string, consumer: string, options: GroupOptions = {}): Promise<Consumer> {
    const made = new MemoryConsumer(this.#of(stream), group, consumer, this.#server.now, options);
    this.#consumers.add(made);
    return made;
  }

  async dropGroup(stream: string, group: string): Promise<void> {
    this.#of(stream).groups.delete(group);
  }

  async trim(stream: string, bounds: TrimBounds): Promise<number> {
    return this.#of(stream).trim({ ...bounds, keep: Math.max(0, Math.floor(bounds.keep)) });
  }

  async deadLetters(stream: string, max: number): Promise<readonly StreamDeadLetter[]> {
    return this.#of(stream).letters.slice(0, Math.max(0, max));
  }

  async retry(stream: string, deadLetterId: string): Promise<boolean> {
    const { letters } = this.#of(stream);
    const index = letters.findIndex(({ id }) => id === deadLetterId);
    const [letter] = index < 0 ? [] : letters.splice(index, 1);
    if (letter) this.#of(stream).append([letter]);
    return letter !== undefined;
  }

  async figures(streams: readonly string[]): Promise<readonly StreamFigures[]> {
    return streams.map((stream) => this.#of(stream).figures());
  }

  async put(key: string, value: string): Promise<void> {
    this.#check();
    this.#server.values.set(key, value);
  }

  async get(key: string): Promise<string | null> {
    this.#check();
    return this.#server.values.get(key) ?? null;
  }

  /** It never changes. */
  onState(): () => void {
    return () => undefined;
  }

  async room(): Promise<void> {
    this.#check();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#consumers].map((consumer) => consumer.close()));
  }

  #of(stream: string): StreamState {
    this.#check();
    return this.#server.of(stream);
  }

  #check(): void {
    if (this.#isClosed) throw new StreamsUnavailable("the streams are closed");
  }
}
