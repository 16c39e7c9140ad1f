/** The tablet's half of the enrolment against a real county, over the very endpoint. */
import 'fake-indexeddb/auto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Instant } from '../../src/lib/domain/values.ts';
import type { DutyNumber } from '../../src/lib/protocol/sync.ts';
import { ENROL_PATH } from '../../src/lib/protocol/version.ts';
import { firstSync } from '../../src/lib/ports/tablet-store.ts';
import { writeDutyNumbers } from '../../src/lib/server/settings/duty.ts';
import { enrolEndpoint } from '../../src/lib/server/sync/enrol.ts';
import { TabletDb } from '../../src/lib/tablet/db.ts';
import { dexieTabletStore } from '../../src/lib/tablet/event-store-dexie.ts';
import { openRegistry } from '../../src/lib/tablet/registry.ts';
import { enrol, type SessionDeps } from '../../src/lib/tablet/session.ts';
import { enrolWithKey, signInBeside } from '../../src/lib/tablet/sign-in.ts';
import { passIn } from '../../src/lib/tablet/tablet-pass.ts';
import { EnrolScene, id, who } from './scene.ts';

const scene = new EnrolScene();
const wang = who('wang');
beforeAll(() => scene.open(), 60_000);
afterAll(() => scene.close());

/** A tablet's line: `lost` answers come to the county and not back. */
function line(person = wang) {
  const said: { dvs: string[]; numbers: readonly DutyNumber[]; lost: number } = {
    ...{ dvs: [], numbers: [], lost: 0 },
  };
  const deps: SessionDeps = {
    ...{ origin: 'http://county', build: 't', now: () => scene.county.clock.now() as Instant },
    call: (numbers) => (said.numbers = numbers),
    fetch: async (url, init) => {
      const { pathname } = new URL(String(url));
      if (pathname !== ENROL_PATH) return Response.json({});
      const body = String(init?.body);
      said.dvs.push((JSON.parse(body) as { dv: string }).dv);
      const request = new Request('http://county/x', { method: 'POST', body });
      const answer = await enrolEndpoint(scene.county, person, request);
      if (said.lost-- > 0) throw new TypeError('Failed to fetch');
      return answer;
    },
  };
  return { said, deps };
}

async function store(database: string, dv: string): Promise<void> {
  const db = new TabletDb(database);
  await dexieTabletStore(db).begin(firstSync(dv));
  db.close();
}

describe('the enrolment of a tablet', () => {
  it('[AU297] says by name that a code is wanted, and whom to call', async () => {
    const by = { personId: wang.personId, at: scene.county.clock.now() };
    // The police of his township is nobody to call for a code.
    const police = { '230278200000': '0452-1100000' };
    await writeDutyNumbers(scene.deps, { county: '0452-7654321', townships: police }, by);
    const { said, deps } = line();
    expect(await enrol(deps, id('new'))).toEqual({ ok: false, error: 'CODE_NEEDED' });
    expect(said.numbers).toEqual([{ label: '县局值班', number: '0452-7654321' }]);
    const error = async (code: string) => {
      const done = await enrol(deps, id('new'), { code });
      return done.ok ? 'in' : done.error;
    };
    expect(await error('7K3MA 0XW9D')).toBe('CODE_WRONG');
    const code = await scene.code('wang');
    expect(await error(code)).toBe('in');
    for (let n = 0; n < 3; n += 1) await scene.enrol(wang, { dv: id('x'), code }, `h${n}`);
    const more = await enrol(deps, id('x'), { code });
    expect(more).toEqual({ ok: false, error: 'CODE_LATER' });
  });

  it('[AU293] keeps the pass beside its rows; with it a new device id is enrolled, without it not', async () => {
    const sun = who('sun');
    const { deps } = line(sun);
    await store('pass-1', id('sunA'));
    const code = await scene.code('sun');
    expect((await enrol(deps, id('sunA'), { code })).ok).toBe(true);
    expect(await passIn('pass-1')).toBeUndefined();
    expect((await enrolWithKey(deps, { database: 'pass-1', dv: id('sunA') })).ok).toBe(true);
    const first = await passIn('pass-1');
    expect(first).toMatch(/^sunA_+\.[\w-]{43}$/);
    // Renumbered: another device id in the same store.
    const forked = await enrolWithKey(deps, { database: 'pass-1', dv: id('sunB') });
    expect(forked).toMatchObject({ ok: true, value: { deviceLetter: 'B' } });
    expect(await passIn('pass-1')).toMatch(/^sunB_+\./);
    // A store that was lost has none: it asks for a code.
    await store('pass-2', id('sunC'));
    expect(await enrolWithKey(deps, { database: 'pass-2', dv: id('sunC') })).toEqual({
      ...{ ok: false, error: 'CODE_NEEDED' },
    });
    expect(await passIn('nowhere')).toBeUndefined();
  });

  it('[AU297] beside other locks the same device id is tried again, so that a lost answer costs no code', async () => {
    const li = who('li');
    const { said, deps } = line(li);
    const registry = await openRegistry();
    const code = await scene.code('li');
    const join = (typed?: string) => {
      const on = { user: 'li', passphrase: 'x', code: typed, registry: async () => registry };
      return signInBeside(deps, on, async () => undefined);
    };
    expect(await join()).toEqual({ ok: false, error: 'CODE_NEEDED' });
    said.lost = 1;
    expect(await join(code)).toEqual({ ok: false, error: 'OFFLINE' });
    // Let in; this county has no recovery key yet, so that no lock can be made.
    expect(await join(code)).toEqual({ ok: false, error: 'COUNTY_FAULT' });
    expect(new Set(said.dvs).size).toBe(1);
    // Somebody else on the same tablet does not get stuck on the id that is not his.
    const zhao = line(who('zhao'));
    const other = { user: 'zhao', passphrase: 'x', registry: async () => registry };
    const third = await scene.code('zhao');
    const done = await signInBeside(zhao.deps, { ...other, code: third }, async () => undefined);
    expect(done).toEqual({ ok: false, error: 'COUNTY_FAULT' });
    expect(await scene.letter(zhao.said.dvs.at(-1) ?? '')).toBe('A');
    registry.close();
  });
});
