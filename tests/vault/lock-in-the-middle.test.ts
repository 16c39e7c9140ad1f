/** The vault is locked while the worker is at its n-th message, for every n that there is. */
import { afterAll, describe, expect, it } from 'vitest';
import type { Actor } from '../../src/lib/domain/case-event.ts';
import type { PersonId } from '../../src/lib/domain/values.ts';
import { CHUNK_BYTES } from '../../src/lib/protocol/version.ts';
import { CaseIndex } from '../../src/lib/tablet/case-index.ts';
import { openCase } from '../../src/lib/tablet/case-work.ts';
import { DayProof } from '../../src/lib/tablet/day-proof.ts';
import { coarseDay } from '../../src/lib/tablet/coarse-day.ts';
import { lockable, type Lockable } from '../../src/lib/tablet/lockable.ts';
import { keepFile } from '../../src/lib/tablet/media-files.ts';
import { factsPlace } from '../../src/lib/tablet/places.ts';
import { unsentCases } from '../../src/lib/tablet/unsent.ts';
import { isLocked } from '../../src/lib/tablet/vault.ts';
import { digest, run, scene, type Scene } from '../tablet-scene.ts';
import { openTestVault, type TestVault } from './open.ts';
import { endAll } from './workers.ts';

afterAll(endAll);
const self: Actor = { code: 'A', personId: 'A01' as PersonId, name: '王春生' };
const TEXTS = ['粪堆挨着水井', '线杆歪了', '房顶漏雨'];

interface Vaulted extends Scene {
  readonly opened: TestVault;
  readonly seam: Lockable;
  readonly caseIds: readonly string[];
}

/** A tablet with a vault, three unsent reports and a picture. */
async function tablet(): Promise<Vaulted> {
  let made: { opened: TestVault; seam: Lockable } | null = null;
  const s = await scene({}, async (store) => {
    const opened = await openTestVault(store);
    made = { opened, seam: lockable(opened.vault) };
    return made.seam.vault;
  });
  const caseIds: string[] = [];
  for (const text of TEXTS) caseIds.push(await s.hazard(text));
  const bytes = new Uint8Array(2 * CHUNK_BYTES + 9).fill(7);
  const meta = { mime: 'image/jpeg', kind: 'PHOTO', caption: '井边' } as const;
  await keepFile(s.deps, { caseId: caseIds[0] ?? '' }, { bytes, meta });
  const [file] = await s.store.media();
  await s.store.setMediaState(file?.id ?? '', 'p');
  return { ...s, ...(made as unknown as { opened: TestVault; seam: Lockable }), caseIds };
}

/** Unlocks again; from now on locked while the worker is at that message, 0: never. */
async function unlock(t: Vaulted, lockAt = 0): Promise<TestVault> {
  const again = await openTestVault(t.store, { keys: t.opened.keys, lockAt });
  t.seam.behind(again.vault);
  return again;
}

/** What stands on the disk of every row: nothing here may change by a lock. */
const marks = async ({ store }: Scene) => {
  const own = [...(await store.eventsIn('p')), ...(await store.eventsIn('a'))];
  const dv = (await store.sync())?.dv;
  return {
    refused: (await store.eventsIn('q')).length,
    rows: own.map((r) => [r.id, r.dv === dv, r.ds]).sort(),
    files: (await store.media()).map((m) => m.state === 'q'),
  };
};

describe('a lock in the middle', () => {
  it('[TB82] of a round or of the pictures marks nothing; the next unlock sends everything once', async () => {
    let tried = 0;
    for (let lockAt = 1; ; lockAt++) {
      const t = await tablet();
      const before = await marks(t);
      const open = await unlock(t, lockAt);
      await run(t);
      const reached = open.seen.length >= lockAt;
      expect(await marks(t)).toEqual(before);
      if (!reached) break;
      tried++;
      expect(t.loop.status.phase).toBe('idle');
      expect(t.timers).toEqual([]);
      await unlock(t);
      await run(t);
      expect((await t.store.eventsIn('p')).length).toBe(0);
      expect((await t.store.media()).map((m) => m.state)).toEqual(['a']);
      const ids = (await t.store.eventsIn('a')).map((r) => r.id).sort();
      expect(t.log().sort()).toEqual(ids);
      expect(ids.length).toBe(TEXTS.length);
    }
    expect(tried).toBeGreaterThanOrEqual(6);
  });

  it('[TB82] of a case, the list, the unsent or the day’s line is refused and seen as nothing else', async () => {
    const t = await tablet();
    await unlock(t);
    await run(t);
    await t.hazard('桥面有坑');
    const now = (): never => t.deps.clock.now() as never;
    const today = (): number => coarseDay(now());
    const looks: Record<string, () => Promise<unknown>> = {
      case: () => openCase({ ...t.deps, self, now }, t.caseIds[0] ?? ''),
      line: async () => {
        const store = Object.assign(Object.create(t.store) as typeof t.store, {
          eventsIn: (state: 'p' | 'q' | 'a') =>
            state === 'a' ? t.store.eventsIn('a') : Promise.resolve([]),
        });
        return new DayProof({ ...t.deps, store, digest, today }).line();
      },
      unsent: () =>
        unsentCases({
          ...{ store: t.store, vault: t.seam.vault, status: t.loop.status },
          rowFor: () => ({ light: { dueAt: null } }) as never,
        }),
      list: async () => {
        const cases = (await t.store.cases()).map((c) => ({ ...c, factsRev: c.rev }));
        const entry = await openTestVault(t.store, { keys: t.opened.keys });
        const sealed = await Promise.all(
          cases.map(async (c) => ({
            ...c,
            facts: await entry.vault.seal({ topSeq: 0, waits: [] }, factsPlace(c.id)),
          })),
        );
        const source = { cases: sealed, counts: await t.store.counts(), media: [] };
        return new CaseIndex().fill(t.seam.vault, source);
      },
    };
    for (const [name, look] of Object.entries(looks)) {
      const open = await unlock(t);
      const whole = await look();
      const messages = open.seen.length;
      expect(messages, name).toBeGreaterThan(0);
      const before = await marks(t);
      for (let lockAt = 1; lockAt <= messages; lockAt++) {
        await unlock(t, lockAt);
        const error: unknown = await look().then(
          () => 'nothing',
          (reason: unknown) => reason,
        );
        expect(isLocked(error), `${name} ${lockAt} ${String(error)}`).toBe(true);
      }
      await unlock(t);
      expect(await look(), name).toEqual(whole);
      expect(await marks(t)).toEqual(before);
    }
  });

  it('[TB82] a body that is really torn is still set aside alone', async () => {
    const t = await tablet();
    await unlock(t);
    const [first] = await t.store.eventsIn('p');
    const body = first?.body.slice() ?? new Uint8Array();
    body[body.length - 1] = (body.at(-1) ?? 0) ^ 1;
    await t.store.exchange({ ids: [first?.id ?? ''], cases: [], own: false, all: false }, (v) => ({
      ...{ sync: v.sync, remove: [], touch: [], removeCases: [], mediaAgain: false },
      put: [...v.rows.values()].map((r) => ({ ...r, body })),
    }));
    await run(t);
    expect((await t.store.eventsIn('q')).map((r) => r.id)).toEqual([first?.id]);
    expect(t.log().length).toBe(TEXTS.length - 1);
  });

  it('[TB82] a torn list entry hides no other case and comes back to be made anew', async () => {
    const t = await tablet();
    const cases = await Promise.all(
      (await t.store.cases()).map(async (c, i) => {
        const facts = await t.seam.vault.seal({ topSeq: 0, waits: [] }, factsPlace(c.id));
        return { ...c, factsRev: c.rev, facts: i === 0 ? facts.slice(0, -1) : facts };
      }),
    );
    const source = { cases, counts: await t.store.counts(), media: [] };
    const index = new CaseIndex();
    expect(await index.fill(t.seam.vault, source)).toEqual([cases[0]?.id]);
    expect(cases.map(({ id }) => index.get(id) !== undefined)).toEqual([false, true, true]);
  });
});
