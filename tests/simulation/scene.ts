/** What one history is made of; every part of the simulation works on this. */
import type { Instant } from '../../src/lib/domain/values.ts';
import type { WireMedia } from '../../src/lib/protocol/sync.ts';
import type { Faults } from './faults.ts';
import type { SimCounty } from './sim-county.ts';
import type { Rights } from './sim-judge.ts';
import type { SavedEvent, SimTablet } from './sim-tablet.ts';
import type { SimCipher } from './sim-vault.ts';
import type { Script } from './stories.ts';
import type { Timeline } from './world.ts';

/** A photo on a tablet: what it is, its bytes, and whether its tablet was lost. */
export interface SimFile {
  readonly tablet: number;
  readonly media: WireMedia;
  readonly bytes: Uint8Array;
}

/** What keyed vaults need: what was sealed, and a stream of chance of their own. */
export interface SealedWorld {
  readonly cipher: SimCipher;
  random(): number;
}

export interface World {
  /** Null: the vaults have no keys in this history. */
  readonly sealed: SealedWorld | null;
  readonly seed: number;
  readonly county: SimCounty;
  readonly time: Timeline;
  readonly faults: Faults;
  /** The bug that is planted, or null. */
  readonly mutant: string | null;
  readonly rights: Rights;
  readonly tablets: SimTablet[];
  readonly saved: Map<string, SavedEvent>;
  readonly wiped: Set<string>;
  /** Who enrolled which device. */
  readonly owners: Map<string, string>;
  readonly files: Map<string, SimFile>;
  /** Stories that are told in this county, when the real domain decides. */
  readonly scripts: readonly Script[];
  faulty: boolean;
  ids: number;
  attempts: number;
  random(): number;
  say: ((line: string) => void) | null;
}

export const happens = (world: World, odds: number): boolean => odds > 0 && world.random() < odds;
export const upTo = (world: World, n: number): number => Math.floor(world.random() * n);
/** A printed id; in a hand-in file it lies as 16 bytes, which only some last letters stand for. */
export function newId(world: World, kind: string): string {
  const name = `${kind}${String((world.ids += 1))}`;
  return world.sealed === null ? name.padEnd(22, '-') : `${name.padEnd(21, '-')}A`;
}
export const pick = <T>(world: World, list: readonly T[]): T | undefined =>
  list[upTo(world, list.length)];
/** A fault may happen only while faults are on. */
export const hurts = (world: World, odds: number): boolean => world.faulty && happens(world, odds);

const BASE_MS = Date.parse('2026-06-08T01:00:00Z');
/** The stories of the samples happened before the history begins. */
export const STORIES_LATER_MS = 250 * 86_400_000;
export const laterMs = ({ domain }: Faults): number => (domain > 0 ? STORIES_LATER_MS : 0);
/** The real time: ticks are seconds. */
export const trueTime = ({ time, faults }: World, offSeconds = 0): Instant =>
  new Date(BASE_MS + laterMs(faults) + (time.now() + offSeconds) * 1_000).toISOString() as Instant;
/** The tablet's own time: its clock may be off. */
export const tabletTime = (world: World, { clock }: SimTablet): Instant => trueTime(world, clock);
