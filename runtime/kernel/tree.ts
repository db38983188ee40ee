import type { ActorSpec } from "../../actors/actor.ts";
import { Cell, Place } from "./cell.ts";
import { type Core, placeOf } from "./core.ts";

/** Thrown when a tree cannot be: a name with a slash or none, or two siblings of one name. */
export class BadTree extends Error {
  constructor(message: string) {
    super(message);
    this.name = "BadTree";
  }
}

export const childPath = (parent: Cell | null, name: string): string => (parent === null ? name : `${parent.place.path}/${name}`);

export const childNamed = (core: Core, parent: Cell, name: string): Cell | null => {
  const place = core.places.get(childPath(parent, name));
  return place === undefined ? null : Place.cellOf(place);
};

/** Why this cannot be a name; null when it can. */
export const nameFault = (name: string): string | null =>
  name === "" || name.includes("/")
    ? `not a name for an actor: ${JSON.stringify(name)} (a name is not empty and has no slash)`
    : null;

/** Gives a node and all below it their places, alive not yet. @param after its sibling to the left; null: it is first; absent: last. @throws BadTree */
export const register = (core: Core, spec: ActorSpec, parent: Cell | null, dynamic: boolean, after?: Cell | null): Cell => {
  const fault = nameFault(spec.name);
  if (fault !== null) throw new BadTree(fault);
  return settle(core, placeOf(core, childPath(parent, spec.name)), spec, parent, dynamic, after);
};

/** As `register`, where the place is had already and the name was found good. @throws BadTree */
export const settle = (
  core: Core,
  place: Place,
  spec: ActorSpec,
  parent: Cell | null,
  dynamic: boolean,
  after?: Cell | null,
): Cell => {
  if (Place.cellOf(place) !== null) throw new BadTree(`two actors at ${place.path}`);
  const cell = new Cell(place, spec, parent, dynamic, core.now);
  Place.settle(place, cell);
  if (parent !== null) link(parent, cell, after === undefined ? parent.last : after);
  if (spec.listens !== undefined) core.listeners.add(cell, spec.listens);
  if (spec.children !== undefined) for (const child of spec.children) register(core, child, cell, false);
  return cell;
};

/** Takes a node out of the tree; its path is free again. */
export const unregister = (core: Core, cell: Cell): void => {
  const { place, parent, left, right } = cell;
  Place.settle(place, null);
  core.places.delete(place.path);
  if (parent === null) return;
  if (left !== null) left.right = right;
  else parent.first = right;
  if (right !== null) right.left = left;
  else parent.last = left;
  cell.left = null;
  cell.right = null;
  parent.children--;
};

const link = (parent: Cell, cell: Cell, left: Cell | null): void => {
  const right = left === null ? parent.first : left.right;
  cell.left = left;
  cell.right = right;
  if (left !== null) left.right = cell;
  else parent.first = cell;
  if (right !== null) right.left = cell;
  else parent.last = cell;
  parent.children++;
};
