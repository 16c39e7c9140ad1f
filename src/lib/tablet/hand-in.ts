/**
 * 应急包 as the screens use it: what is unsent into a file that anybody carries, somebody's file
 * brought on, and the county's answer on paper or stick taken in. Nothing is read on the way.
 */
import { signersOf } from '../protocol/county-keys.ts';
import { bringHandIn, type BroughtFile } from '../protocol/handin-bring.ts';
import { browserDigest } from './browser.ts';
import { ACK_EXTENSION, handInFileOf, takeAckFile, type HandInFile } from './handin-file.ts';
import { databaseOf, vaultDatabases } from './registry-look.ts';
import { keysHere } from './known-keys.ts';
import { theRegistry } from './vault-door.ts';

const nowUtc = (): string => new Date().toISOString();

/** The sealed file of a vault, open or locked; null: nothing waits in it. */
export const packHandIn = (vaultId: string, build: string): Promise<HandInFile | null> =>
  handInFileOf(databaseOf(vaultId), { digest: browserDigest, build, now: nowUtc });

/**
 * What became of a file that somebody brought. brought: a hand-in file, as far as it went; ruined: one
 * of which nothing could be read; settled: an answer of the county, for so many rows here; unknown: none
 * of ours, or not signed by the county.
 */
export type TakenIn =
  | { readonly kind: 'brought'; readonly file: BroughtFile }
  | { readonly kind: 'ruined' }
  | { readonly kind: 'settled'; readonly rows: number }
  | { readonly kind: 'unknown' };

/** Told by its ending; both may come again, and cut short. */
export async function takeIn(file: File, build: string): Promise<TakenIn> {
  if (file.name.toLowerCase().endsWith(`.${ACK_EXTENSION}`)) return takeAck(file);
  const deps = { digest: browserDigest, fetch, origin: location.origin, build };
  const brought = await bringHandIn(file, deps);
  if (brought.kind === 'ruined') return { kind: 'ruined' };
  return brought.kind === 'foreign' ? { kind: 'unknown' } : { kind: 'brought', file: brought };
}

async function takeAck(file: File): Promise<TakenIn> {
  const keys = await keysHere(await theRegistry());
  if (!keys) return { kind: 'unknown' };
  const taken = await takeAckFile(file, signersOf(keys), await vaultDatabases());
  return taken.ok ? { kind: 'settled', rows: taken.value } : { kind: 'unknown' };
}
