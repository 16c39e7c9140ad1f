import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StoreFailure } from '../../src/lib/ports/tablet-store.ts';
import { keepFile } from '../../src/lib/tablet/media-files.ts';
import { isBlind } from '../../src/lib/tablet/vault.ts';
import { digest, trafficCounty, type TrafficCounty } from '../protocol/traffic.ts';
import { endAll } from '../vault/workers.ts';
import { MARKERS, tablet, value, type Tablet } from './scene.ts';

let county: TrafficCounty;
beforeAll(async () => {
  county = await trafficCounty();
});
afterAll(async () => {
  endAll();
  await county.close();
});

const CHUNK = 64 * 1024;

/** A begun accusation with a recording of some parts. */
async function withFile(t: Tablet) {
  const d = t.draft();
  const bytes = Uint8Array.from({ length: 3 * CHUNK + 100 }, (_, i) => (i * 31 + t.n) % 251);
  bytes.set([0xff, 0xd8, 0xff]);
  const meta = { mime: 'image/jpeg', kind: 'PHOTO', caption: MARKERS[2] } as const;
  value(await keepFile({ ...t, digest }, { caseId: d.caseId }, { bytes, meta }));
  return { d, sha: Buffer.from(await digest(bytes)).toString('hex') };
}

const filesOf = async (t: Tablet) =>
  Promise.all(
    (await t.store.media()).map(async ({ state, body }) => ({
      state,
      blind: await isBlind(t.vault, body),
    })),
  );

const wholeAtCounty = async (sha: string): Promise<boolean> => {
  const rows = await county.container.db
    .selectFrom('media_files')
    .select(['sha', 'complete_at'])
    .where('sha', '=', sha)
    .execute();
  return rows.some(({ complete_at }) => complete_at !== null);
};

describe('files of an accusation', () => {
  it('[AU276] arrive whole, whichever answer is lost, and nobody here opens them on the way', async () => {
    let requests = 0;
    for (let lost = 0; lost <= requests; lost++) {
      const t = await tablet(county);
      const { d, sha } = await withFile(t);
      await t.take(true, d);
      expect(await filesOf(t)).toEqual([{ state: 'p', blind: true }]);
      t.faults.lose = lost;
      for (let run = 0; run < 3; run++) await t.send();
      if (lost === 0) requests = t.faults.all;
      expect(await t.counts()).toMatchObject({ p: 0, q: 0 });
      expect(await filesOf(t)).toEqual([{ state: 'a', blind: true }]);
      expect(await wholeAtCounty(sha)).toBe(true);
    }
    expect(requests).toBeGreaterThan(4);
  });

  it('[AU275] no room to seal them anew: what was said is sealed and saved, they go as ever', async () => {
    const t = await tablet(county);
    const { d, sha } = await withFile(t);
    const { save } = t.store;
    t.store.save = (act) =>
      act.resealed?.length ? Promise.reject(new StoreFailure('STORAGE_FULL', null)) : save(act);
    await t.take(true, d);
    for (const { body } of await t.store.eventsIn('p'))
      expect(await isBlind(t.vault, body)).toBe(true);
    expect(await filesOf(t)).toEqual([{ state: 'p', blind: false }]);
    for (let run = 0; run < 2; run++) await t.send();
    expect(await filesOf(t)).toEqual([{ state: 'a', blind: false }]);
    expect(await wholeAtCounty(sha)).toBe(true);
  });
});
