import type { Lifecycle } from "../../actors/ports/supervisor.ts";
import type { TapeEvent } from "../../streams/domain/event.ts";
import type { Audience } from "./liveRun.ts";

/** Several who watch, as one. */
export class Watchers implements Audience {
  private readonly all: Audience[] = [];
  add(one: Audience): void {
    this.all.push(one);
  }
  events(events: readonly TapeEvent[]): void {
    for (const one of this.all) one.events(events);
  }
  equity(marks: readonly (readonly [number, number, number])[]): void {
    for (const one of this.all) one.equity(marks);
  }
  lifecycle(e: Lifecycle): void {
    for (const one of this.all) one.lifecycle(e);
  }
}
