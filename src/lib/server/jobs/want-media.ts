/**
 * Photos that the county said it had whole and has no more, in no backup either: it says so again.
 * The case then shows one photo less, a tablet that still holds it may send it again, and backups
 * count again.
 */
import { existsSync, renameSync } from 'node:fs';
import type { Kysely } from 'kysely';
import type { Instant, PersonId, Sha256 } from '../../domain/values.ts';
import type { CountyStore } from '../../ports/county-store.ts';
import type { AllTables } from '../container.ts';
import type { CountyTables } from '../store/tables.ts';
import { lyingOn, plainShelf } from './shelf.ts';
import { mediaFault, mediaFile, wholeFiles } from './verify-media.ts';

const SYSTEM = 'system' as PersonId;

export interface WantOf {
  readonly db: Kysely<AllTables>;
  readonly store: CountyStore;
  readonly county: string;
  readonly mediaDir: string;
}

/** Marks every file that is missing or damaged as still wanted; answers their hashes. */
export async function wantMissingMedia(of: WantOf): Promise<readonly string[]> {
  const { db, store, county, mediaDir } = of;
  const wanted: string[] = [];
  for (const file of await wholeFiles(db as unknown as Kysely<CountyTables>)) {
    const lying = lyingOn(plainShelf(mediaDir), file);
    const fault = await mediaFault(mediaDir, lying, true);
    if (fault === null) continue;
    const here = mediaFile(mediaDir, lying.sha);
    if (existsSync(here)) renameSync(here, `${here}.damaged`);
    const at = new Date().toISOString() as Instant;
    await store.transact(county, async (tx) => {
      const rows = await tx.media([file.sha as Sha256]);
      const media = rows
        .filter(({ state }) => state === 'complete')
        .map((row) => ({ ...row, state: 'wanted' as const, completeAt: null }));
      const note = `${fault}`;
      const audit = media.map(({ caseId }) => {
        return { at, personId: SYSTEM, action: 'media.wanted_again', caseId, note };
      });
      await tx.write({ media, audit });
    });
    wanted.push(file.sha);
  }
  return wanted;
}
