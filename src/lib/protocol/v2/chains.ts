/** Which ids may come next at one path: each one more than one of the last few. */
import { nextId } from '../ids.ts';

/** Chains that are remembered: a tablet's acts and the county's own events alternate in the feed. */
const CHAINS_MAX = 4;

export class Chains {
  /** The chain that was used last stands first. */
  private readonly expected: string[] = [];

  /** Place of the chain that this id goes on with, -1 when it begins one. */
  find(id: string): number {
    return this.expected.indexOf(id);
  }

  /** The id that goes on with the chain at that place. */
  at(place: number): string | undefined {
    return this.expected[place];
  }

  /** This id came: at the place that `find` gave, or as a new one with -1. */
  came(id: string, place: number): void {
    if (place >= 0) this.expected.splice(place, 1);
    this.expected.unshift(nextId(id));
    this.expected.length = Math.min(this.expected.length, CHAINS_MAX);
  }
}
