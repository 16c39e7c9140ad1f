import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { can, sightOf } from '../../src/lib/domain/permissions.ts';
import { createAccount, setDisabled } from '../../src/lib/server/auth/accounts.ts';
import { loadSubject } from '../../src/lib/server/auth/subject.ts';
import {
  confirmSealed,
  endSealed,
  proposeSealed,
  sealedListFor,
} from '../../src/lib/server/settings/sealed-list.ts';
import { openTestCounty, type TestCounty } from './county.ts';

let county: TestCounty;
let admins: readonly [string, string];
beforeAll(async () => {
  county = await openTestCounty();
  admins = [await account('ADMIN', '管账号甲'), await account('ADMIN', '管账号乙')];
}, 300_000);
afterAll(() => county.close());

const COUNTY = '230278000000';
const account = (role: string, name: string) =>
  createAccount(
    county.room.accounts,
    {
      ...{ userName: `${name}号`, name, passphrase: 'one two three four' },
      grants: [{ role, ...(role === 'ADMIN' ? {} : { areaCode: COUNTY }) }],
    },
    'test',
  );
const subject = (id: string, name = '') => loadSubject(county.room.accounts.db, { id, name });
const first = () => subject(admins[0]);
const second = () => subject(admins[1]);

/** A sealed case of the county, as the one decision sees it. */
async function mayRead(id: string): Promise<boolean> {
  const { desk } = county.room;
  const [one] = await desk.cases.all();
  if (one === undefined) throw new Error('the demo has cases');
  const sealed = { ...sightOf(one.file), sealed: true, recusedIds: [], guarded: false };
  return can(await subject(id), 'case.view', { object: sealed, now: desk.now() });
}
const audited = async (personId: string) =>
  (await county.room.desk.db.selectFrom('audit').selectAll().orderBy('n').execute())
    .filter(({ action, note }) => action.startsWith('sealed_list.') && note.includes(personId))
    .map(({ action, person_id }) => [action, person_id]);

describe('the sealed list', () => {
  it('[AU111] needs two people with the right, neither of them himself', async () => {
    const clerk = await account('O3', '新密封员');
    const { room } = county;
    const agent = await county.person('wangchunsheng');
    expect(await proposeSealed(room, await county.person('dengji'), clerk)).toBe('none');
    expect(await proposeSealed(room, await first(), admins[0])).toBe('own');
    expect(await proposeSealed(room, await first(), agent.personId)).toBe('none');
    expect(await confirmSealed(room, await second(), clerk)).toBe('none');
    expect(await proposeSealed(room, await first(), clerk)).toBeNull();
    expect(await proposeSealed(room, await second(), clerk)).toBe('there');
    expect(await mayRead(clerk)).toBe(false);
    expect(await confirmSealed(room, await first(), clerk)).toBe('second');
    expect(await confirmSealed(room, await subject(clerk), clerk)).toBe('none');
    expect(await confirmSealed(room, await county.person('dengji'), clerk)).toBe('none');
    expect(await mayRead(clerk)).toBe(false);

    const both = await Promise.all(
      [1, 2].map(async () => confirmSealed(room, await second(), clerk)),
    );
    expect(both).toContain(null);
    expect(await mayRead(clerk)).toBe(true);
    const listed = (await subject(clerk)).grants.filter((grant) => grant.sealedList === true);
    expect(listed).toHaveLength(1);
    const said = await audited(clerk);
    expect(said[0]).toEqual(['sealed_list.proposed', admins[0]]);
    expect(said).toContainEqual(['sealed_list.confirmed', admins[1]]);
  });

  it('[AU111] the director is such a person, for others and not for himself', async () => {
    const { room } = county;
    const director = await county.person('juzhang');
    expect(await proposeSealed(room, await first(), director.personId)).toBeNull();
    expect(await confirmSealed(room, director, director.personId)).toBe('own');
    const clerk = await account('O2', '新审核员');
    expect(await proposeSealed(room, await first(), clerk)).toBeNull();
    expect(await confirmSealed(room, director, clerk)).toBeNull();
    expect(await mayRead(clerk)).toBe(true);
  });

  it('[AU112] a refused proposal, or one of somebody who lost the right, opens nothing', async () => {
    const { room } = county;
    const clerk = await account('O3', '没成的');
    expect(await proposeSealed(room, await first(), clerk)).toBeNull();
    expect(await endSealed(room, await second(), clerk)).toBeNull();
    expect(await confirmSealed(room, await second(), clerk)).toBe('none');
    const gone = await account('ADMIN', '走了的');
    expect(await proposeSealed(room, await subject(gone), clerk)).toBeNull();
    await setDisabled(room.accounts, gone, true);
    expect(await confirmSealed(room, await second(), clerk)).toBe('none');
    expect(await mayRead(clerk)).toBe(false);
  });

  it('[AU112] one person takes somebody off, who keeps the rest of his work', async () => {
    const { room } = county;
    const keeper = await county.person('mifeng2');
    expect(await mayRead(keeper.personId)).toBe(true);
    expect(await endSealed(room, await county.person('dengji'), keeper.personId)).toBe('none');
    expect(await endSealed(room, await first(), keeper.personId)).toBeNull();
    expect(await mayRead(keeper.personId)).toBe(false);
    const now = room.desk.now();
    const roles = (await subject(keeper.personId)).grants.filter(
      (g) => g.to === null || g.to > now,
    );
    expect(roles.map((g) => [g.role, g.sealedList === true])).toEqual([['O3', false]]);
    expect(await endSealed(room, await first(), keeper.personId)).toBe('none');
    expect(await audited(keeper.personId)).toEqual([['sealed_list.ended', admins[0]]]);
  });

  it('[AU112] the list is read by who names it and who is on it, and by nobody else', async () => {
    const { room } = county;
    const onList = await sealedListFor(room, await county.person('mifeng1'));
    expect(onList?.listed.map(({ name }) => name)).toContain((await county.person('mifeng1')).name);
    expect(onList?.candidates).toEqual([]);
    expect(onList?.listed.some((one) => one.mayEnd || one.mayConfirm)).toBe(false);
    expect(await sealedListFor(room, await county.person('dengji'))).toBeNull();
    const seen = await sealedListFor(room, await second());
    expect(seen?.candidates.map(({ word }) => word)).toContain(
      (await county.person('dengji')).name,
    );
  });
});
