import type { SchedulerLike } from "rxjs";
import type { ActorContext, Ref, Rng } from "../../actors/actor.ts";
import type { Ms, Seq } from "../../streams/domain/units.ts";
import type { Cell } from "./cell.ts";
import { type Core, placeOf } from "./core.ts";
import { createRng } from "./rng.ts";
import { createScheduler } from "./scheduler.ts";

/** One life's view of the world. Each life draws the same chance again, so that telling it again what it was told leads to the same. */
export class Context implements ActorContext {
  readonly #core: Core;
  readonly #cell: Cell;
  #rng: Rng | null = null;
  #scheduler: SchedulerLike | null = null;

  constructor(core: Core, cell: Cell) {
    this.#core = core;
    this.#cell = cell;
  }

  get path(): string {
    return this.#cell.place.path;
  }
  get self(): Ref {
    return this.#cell.place;
  }
  get parent(): Ref | null {
    return this.#cell.parent?.place ?? null;
  }
  get rng(): Rng {
    this.#rng ??= createRng(this.#core.seed, this.path);
    return this.#rng;
  }
  get scheduler(): SchedulerLike {
    this.#scheduler ??= createScheduler(this.#core, this.#cell);
    return this.#scheduler;
  }
  now(): Ms {
    return this.#core.now;
  }
  cause(): Seq {
    return this.#core.cause;
  }
  ref<M>(path: string): Ref<M> {
    return placeOf(this.#core, path);
  }
}
