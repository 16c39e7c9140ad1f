/** What a copied cookie, device id and pass read at the county, and what the vault's secret adds. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Instant, PersonId } from '../../src/lib/domain/values.ts';
import { DEVICE_HEADER, READ_HEADER } from '../../src/lib/protocol/version.ts';
import { bindReadSecret, FRESH_MINUTES, readingOf } from '../../src/lib/server/keys/read-secret.ts';
import { mayLook } from '../../src/lib/server/sync/read-right.ts';
import { begun, EnrolScene, id, who } from './scene.ts';

const scene = new EnrolScene();
const wang = who('wang');
const secretOf = (name: string): string => name.padEnd(43, 's');
const [own, wrong] = [secretOf('own'), secretOf('wrong')];
let pass = '';
beforeAll(async () => {
  await scene.open();
  const code = await scene.code('wang');
  pass = (await scene.enrol(wang, { dv: id('own'), code })).pass ?? '';
  await scene.exchange(wang, { dv: id('own'), ...begun('A') });
  // From another tablet, so that the feed has something to show on the first.
  await scene.enrol(wang, { dv: id('other'), code: await scene.code('wang') });
  await scene.exchange(wang, { dv: id('other'), ...begun('B') });
}, 300_000);
afterAll(() => scene.close());

const minutesAgo = (minutes: number): Instant =>
  new Date(Date.parse(scene.county.clock.now()) - minutes * 60_000).toISOString() as Instant;
const rows = async (dv: string, secret?: string) => {
  const headers: Record<string, string> = secret === undefined ? {} : { [READ_HEADER]: secret };
  const reply = await scene.exchange(wang, { dv: id(dv) }, headers);
  return { rows: reply.feed.rows.length, read: reply.read };
};
const shut = { rows: 0, read: 'wanted' };

describe('the read secret of a vault', () => {
  it('[AU322] the first that a tablet shows is kept as a hash; then it is shown nothing without it', async () => {
    // An older tablet has none and goes on as ever.
    expect(await rows('own')).toMatchObject({ rows: 2, read: undefined });
    expect(await rows('own', own)).toMatchObject({ rows: 2, read: undefined });
    expect(await rows('own')).toMatchObject(shut);
    for (const other of [wrong, '', own.slice(1), `${own}x`, '"'.repeat(43)])
      expect(await rows('own', other)).toMatchObject(shut);
    expect(await rows('own', own)).toMatchObject({ rows: 2, read: undefined });
    const kept = await scene.deps.db.selectFrom('county_setting').selectAll().execute();
    expect(JSON.stringify(kept)).toContain(`tablet_read.${id('own')}`);
    expect(JSON.stringify(kept)).not.toContain(own);
    expect(await scene.deps.db.selectFrom('audit').selectAll().execute()).toContainEqual(
      expect.objectContaining({ action: 'device.read', person_id: 'wang', note: id('own') }),
    );
    // A device that is nobody's yet gets none.
    await rows('stranger', wrong);
    expect(await scene.deps.db.selectFrom('county_setting').selectAll().execute()).toHaveLength(
      kept.length,
    );
  });

  it('[AU322] of two first ones at once one is kept, and the other is none', async () => {
    await scene.enrol(wang, { dv: id('both'), code: await scene.code('wang') });
    const at = scene.county.clock.now();
    const of = { personId: wang.personId, dv: id('both') };
    const all = ['a', 'b', 'c'].map((letter) => letter.padEnd(43, 'x'));
    const binds = all.map((secret) =>
      bindReadSecret(scene.deps, { ...of, secret }, { at, anew: false }),
    );
    await Promise.all(binds);
    const read = all.map((secret) => readingOf(scene.deps, { ...of, secret }));
    expect((await Promise.all(read)).filter((one) => one === 'right')).toHaveLength(1);
    const said = scene.deps.db.selectFrom('county_setting').select('n');
    const kept = await said.where('name', '=', `tablet_read.${id('both')}`).execute();
    expect(kept).toHaveLength(1);
  });

  it('[AU323] what a locked tablet sends without it is taken, and nothing asks for a sign-in', async () => {
    const reply = await scene.exchange(wang, {
      ...{ dv: id('own'), ...begun('C', 2), feedBytesMax: 0 },
    });
    expect(reply.results).toMatchObject([{ s: 'stored' }]);
    expect(reply.read).toBeUndefined();
    expect(reply.feed.rows).toEqual([]);
  });

  it('[AU322] the pass of a tablet gives no other device id by its cookie alone, and names are not told', async () => {
    const old = { provenAt: minutesAgo(FRESH_MINUTES + 1) };
    const refused = { status: 403, error: 'CODE_NEEDED' };
    for (const secret of [undefined, wrong, ''])
      for (const from of [old, {}]) {
        const shown = { ...from, ...(secret === undefined ? {} : { secret }) };
        expect(await scene.enrol(wang, { dv: id('thief'), pass }, shown)).toMatchObject(refused);
        const told = await scene.enrol(wang, { dv: id('own') }, shown);
        expect(told).toMatchObject({ status: 401, error: 'SIGN_IN' });
        expect(JSON.stringify(told)).not.toContain('wang');
      }
    expect(await scene.letter(id('thief'))).toBeNull();
    // The tablet itself, open: its new id carries the secret on.
    const shown = { ...old, secret: own };
    expect(await scene.enrol(wang, { dv: id('own') }, shown)).toMatchObject({ status: 200 });
    expect(await scene.enrol(wang, { dv: id('forked'), pass }, shown)).toMatchObject({
      status: 200,
    });
    expect(await rows('forked')).toMatchObject(shut);
    expect((await rows('forked', own)).rows).toBeGreaterThan(0);
  });

  it('[AU324] who typed his passphrase a moment ago gives another secret; a county that lost it takes the tablet’s', async () => {
    const next = secretOf('next');
    const fresh = { provenAt: minutesAgo(FRESH_MINUTES - 1), secret: next };
    expect(await scene.enrol(wang, { dv: id('own') }, fresh)).toMatchObject({ status: 200 });
    expect(await rows('own', own)).toMatchObject(shut);
    expect((await rows('own', next)).rows).toBeGreaterThan(0);
    expect(await scene.deps.db.selectFrom('audit').selectAll().execute()).toContainEqual(
      expect.objectContaining({ action: 'device.read_changed', note: id('own') }),
    );
    // As after a restore to before it.
    await scene.deps.db
      .deleteFrom('county_setting')
      .where('name', 'like', 'tablet_read.%')
      .execute();
    expect((await rows('own', next)).rows).toBeGreaterThan(0);
    expect(await rows('own')).toMatchObject(shut);
    // A row that cannot be read shows nothing until he signs in.
    const by = { changed_at: scene.county.clock.now(), changed_by: 'x', county: scene.deps.county };
    const broken = { name: `tablet_read.${id('own')}`, n: 99, value: '{}', ...by };
    await scene.deps.db.insertInto('county_setting').values(broken).execute();
    expect(await rows('own', next)).toMatchObject(shut);
    expect(await scene.enrol(wang, { dv: id('own') }, fresh)).toMatchObject({ status: 200 });
    expect((await rows('own', next)).rows).toBeGreaterThan(0);
  });

  it('[AU325] files, receipts and whose session it is are shown to an agent’s open tablet only, the desk’s as ever', async () => {
    const next = secretOf('next');
    const look = (headers: Record<string, string>, person = wang) =>
      mayLook(scene.county, person, new Headers(headers));
    const at = (dv: string, secret: string) => ({ [DEVICE_HEADER]: id(dv), [READ_HEADER]: secret });
    expect(await look(at('own', next))).toBe(true);
    const strange: readonly Record<string, string>[] = [
      {},
      at('own', wrong),
      at('thief', next),
      { [READ_HEADER]: next },
    ];
    for (const headers of strange) expect(await look(headers)).toBe(false);
    expect(await look({}, who('nobody'))).toBe(true);
    expect(await look({}, who('wang', 'O1'))).toBe(true);
    const { keep } = await import('../../src/lib/server/settings/kept.ts');
    const value = { bar: 'revoked', reason: 'x' };
    const by = { personId: 'd' as PersonId, at: scene.county.clock.now() };
    await keep(scene.deps, { name: `vault_bar.${id('own')}`, value }, by);
    expect(await look(at('own', next))).toBe(false);
  });

  it('[AU326] without codes a session alone binds no new tablet either, once one of its person has a secret', async () => {
    await scene.county.close();
    await scene.open('0');
    const stale = { provenAt: minutesAgo(FRESH_MINUTES + 1) };
    expect(await rows('new')).toMatchObject(shut);
    for (const from of [stale, {}, { ...stale, secret: wrong }])
      expect(await scene.enrol(wang, { dv: id('new') }, from)).toMatchObject({ status: 401 });
    const fresh = { provenAt: minutesAgo(1), secret: secretOf('second') };
    expect(await scene.enrol(wang, { dv: id('new') }, fresh)).toMatchObject({ status: 200 });
    expect((await rows('new', secretOf('second'))).rows).toBeGreaterThan(0);
    // Who has no such tablet goes on as ever.
    const reply = await scene.exchange(who('sun'), { dv: id('sun') });
    expect(reply.read).toBeUndefined();
    expect(await scene.enrol(who('sun'), { dv: id('sun') })).toMatchObject({ status: 200 });
  });
});
