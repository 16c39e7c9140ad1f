import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DeviceId, Instant, PersonId } from '../../src/lib/domain/values.ts';
import {
  ENROL_CODE_DAYS,
  makeCode,
  OPEN_CODES_MAX,
  openCodes,
  spendCode,
  voidCode,
} from '../../src/lib/server/keys/enrol-codes.ts';
import { EnrolScene, id, who } from './scene.ts';

const scene = new EnrolScene();
const [wang, sun] = [who('wang'), who('sun')];
beforeAll(() => scene.open(), 60_000);
afterAll(() => scene.close());
const by = () => ({ personId: 'director' as PersonId, at: scene.county.clock.now() });

describe('登记码 at the county', () => {
  it('[AU291] a tablet that the county does not know is bound by a code, and by nothing else', async () => {
    const dv = id('first');
    expect(await scene.enrol(wang, { dv })).toMatchObject({ status: 403, error: 'CODE_NEEDED' });
    for (const code of ['', '7K3MA 0XW9D', 'x'.repeat(200)])
      expect(await scene.enrol(wang, { dv, code }, `a${code.length}`)).toMatchObject({
        ...{ status: 403, error: 'CODE_WRONG' },
      });
    expect(await scene.letter(dv)).toBeNull();
    const code = await scene.code('wang');
    // Somebody else's code is as wrong as any, and stays whole.
    expect(await scene.enrol(sun, { dv: id('sun1'), code })).toMatchObject({ error: 'CODE_WRONG' });
    expect(await scene.enrol(wang, { dv, code })).toMatchObject({ status: 200, deviceLetter: 'A' });
    expect(await scene.letter(dv)).toBe('A');
  });

  it('[AU291] a code is used once, by one tablet, as often as its answer is lost on the way', async () => {
    const person = who('once');
    const code = await scene.code('once');
    const both = await Promise.all(
      [id('one'), id('two')].map((dv) => scene.enrol(person, { dv, code })),
    );
    expect(both.map(({ status }) => status).sort()).toEqual([200, 403]);
    expect(both.find(({ status }) => status === 403)).toMatchObject({ error: 'CODE_SPENT' });
    const won = both[0]?.status === 200 ? id('one') : id('two');
    expect(await scene.enrol(person, { dv: won, code })).toMatchObject({ status: 200 });
    expect(await scene.enrol(person, { dv: id('three'), code })).toMatchObject({
      ...{ status: 403, error: 'CODE_SPENT' },
    });
    expect(await scene.lines('enrol_code.used')).toContainEqual({
      ...{ personId: 'once', note: expect.objectContaining({ dv: won }) as unknown as object },
    });
  });

  it('[AU291] a county that stopped between code and binding takes the same tablet’s code once more', async () => {
    const typed = await scene.code('crash');
    const who = { personId: 'crash' as PersonId, at: scene.county.clock.now() };
    const said: string[] = [];
    for (const dv of ['crash', 'crash', 'other'])
      said.push(await spendCode(scene.deps, { typed, dv: id(dv) as DeviceId }, who));
    expect(said).toEqual(['taken', 'taken', 'spent']);
    expect(await scene.letter(id('crash'))).toBeNull();
    const told = await scene.enrol(
      { ...wang, personId: who.personId },
      { dv: id('crash'), code: typed },
    );
    expect(told).toMatchObject({ status: 200 });
  });

  it('[AU291] a code that was made void, or is older than seven days, opens nothing and says so', async () => {
    const person = who('late');
    const now = Date.parse(scene.county.clock.now());
    const old = new Date(now - ENROL_CODE_DAYS * 86_400_000 - 1_000).toISOString() as Instant;
    const young = new Date(now - ENROL_CODE_DAYS * 86_400_000 + 60_000).toISOString() as Instant;
    const code = await scene.code('late', old);
    expect(await scene.enrol(person, { dv: id('late'), code })).toMatchObject({
      ...{ status: 403, error: 'CODE_EXPIRED' },
    });
    const made = await makeCode(scene.deps, 'late' as PersonId, by());
    expect(await voidCode(scene.deps, made?.id ?? '', by())).toBe(true);
    expect(await voidCode(scene.deps, made?.id ?? '', by())).toBe(false);
    expect(await voidCode(scene.deps, 'nothing', by())).toBe(false);
    expect(await scene.enrol(person, { dv: id('late'), code: made?.code ?? '' })).toMatchObject({
      ...{ status: 403, error: 'CODE_SPENT' },
    });
    expect(await openCodes(scene.deps, scene.county.clock.now())).not.toContainEqual(
      expect.objectContaining({ personId: 'late' }),
    );
    const good = await scene.code('late', young);
    expect(await scene.enrol(person, { dv: id('late'), code: good })).toMatchObject({
      status: 200,
    });
    for (const action of ['expired', 'voided', 'wrong'])
      expect((await scene.lines(`enrol_code.${action}`)).length).toBeGreaterThan(0);
  });

  it('[AU291] nothing that is kept, the audit included, holds the code, and at most five are open', async () => {
    const codes: string[] = [];
    for (let n = 0; n < OPEN_CODES_MAX; n += 1) codes.push(await scene.code('many'));
    expect(await makeCode(scene.deps, 'many' as PersonId, by())).toBeNull();
    const kept = await scene.deps.db.selectFrom('county_setting').selectAll().execute();
    const audit = await scene.deps.db.selectFrom('audit').selectAll().execute();
    const text = JSON.stringify([kept, audit]);
    expect(text).toContain('enrol_code.made');
    for (const code of codes) {
      expect(text).not.toContain(code);
      expect(text).not.toContain(code.slice(0, 9));
    }
    const open = await openCodes(scene.deps, scene.county.clock.now());
    expect(open.filter(({ personId }) => personId === 'many')).toHaveLength(OPEN_CODES_MAX);
  });

  it('[AU292] who tries codes is slowed down, as a person and as an address', async () => {
    const tries = async (people: number, from: (n: number) => string, count: number) => {
      const said: string[] = [];
      for (let n = 0; n < count; n += 1) {
        const person = who(`guess${people > 1 ? n : 'r'}${people}`);
        const told = await scene.enrol(person, { dv: id('g'), code: '7K3MA 0XW9D' }, from(n));
        said.push(told.error ?? '');
      }
      return said;
    };
    expect(await tries(1, (n) => `town ${n}`, 7)).toEqual([
      ...Array<string>(5).fill('CODE_WRONG'),
      ...['BUSY', 'BUSY'],
    ]);
    const many = await tries(40, () => 'one town', 40);
    expect(many.indexOf('BUSY')).toBe(30);
    // Asking without a code costs no try: a tablet that has one already is never shut out.
    expect(await scene.enrol(who('guessr1'), { dv: id('g') })).toMatchObject({
      error: 'CODE_NEEDED',
    });
  });

  it('[AU400] an address that is refused takes no try of the agent whom it names', async () => {
    const ask = async (name: string, from: string) =>
      (await scene.enrol(who(name), { dv: id('g'), code: '7K3MA 0XW9D' }, from)).error;
    for (let n = 0; n < 30; n += 1) await ask(`crowd${n}`, 'a crowd');
    for (let n = 0; n < 10; n += 1) expect(await ask('quiet', 'a crowd')).toBe('BUSY');
    expect(await ask('quiet', 'at home')).toBe('CODE_WRONG');
  });
});
