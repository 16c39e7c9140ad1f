/** A captured file says under its seal whose it is. */
import { createHash } from 'node:crypto';
import { afterAll, expect, it } from 'vitest';
import { memoryTabletStore, TabletDisk } from '../../src/lib/ports/tablet-store-memory.ts';
import type { Digest } from '../../src/lib/protocol/hash.ts';
import { keepFile, refOf } from '../../src/lib/tablet/media-files.ts';
import { mediaPlace } from '../../src/lib/tablet/places.ts';
import type { SealedMedia } from '../../src/lib/tablet/sealed-media.ts';
import { countedClock } from '../simulation/county.ts';
import { openTestVault } from './open.ts';
import { endAll } from './workers.ts';

afterAll(endAll);
const digest: Digest = async (bytes) => new Uint8Array(createHash('sha256').update(bytes).digest());

it('[AU408] the description of a photo names its case and its vault’s person, and the screens see neither', async () => {
  const store = memoryTabletStore(new TabletDisk());
  const { vault } = await openTestVault(store);
  const deps = { store, vault, clock: countedClock('M'), digest, by: 'person-1' };
  const meta = { mime: 'image/jpeg', kind: 'PHOTO', caption: '井边' } as const;
  const kept = await keepFile(deps, { caseId: 'c1' }, { bytes: new Uint8Array([1, 2, 3]), meta });
  const [record] = await store.media('c1');
  const place = mediaPlace(record?.id ?? '');
  const said = await vault.open(record?.body ?? new Uint8Array(), place);
  expect(said).toMatchObject({ ...meta, bytes: 3, caseId: 'c1', by: 'person-1' });
  const shown = ['bytes', 'caption', 'capturedAt', 'kind', 'mime', 'sha256'];
  expect(kept.ok && Object.keys(kept.value).sort()).toEqual(shown);
  expect(Object.keys(refOf(said as SealedMedia)).sort()).toEqual(shown);
});
