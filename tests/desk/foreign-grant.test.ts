/** A right that somebody wrote into the database is named by `verify`; one of the county's acts is not. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { grantRowsOf } from '../../src/lib/server/auth/accounts.ts';
import { noFindings } from '../../src/lib/server/jobs/findings.ts';
import { verifyGrants } from '../../src/lib/server/jobs/verify-grants.ts';
import {
  addAccount,
  moveAccount,
  resetAccount,
} from '../../src/lib/server/settings/account-acts.ts';
import { closeAccount, openAccount } from '../../src/lib/server/settings/account-closing.ts';
import { GRANT_INVENTORY, takeInventory } from '../../src/lib/server/settings/grant-inventory.ts';
import {
  confirmSealed,
  endSealed,
  proposeSealed,
} from '../../src/lib/server/settings/sealed-list.ts';
import { openTestCounty, type TestCounty } from './county.ts';

let county: TestCounty;
beforeAll(async () => {
  county = await openTestCounty();
}, 300_000);
afterAll(() => county.close());

const db = () => county.room.accounts.db;
async function faults(least = 20): Promise<readonly string[]> {
  const { container } = county.room;
  const findings = noFindings();
  const { intakeKeyFile } = container.env;
  const seen = await verifyGrants(
    container.db,
    { county: container.county, intakeKeyFile },
    findings,
  );
  expect(seen).toBeGreaterThanOrEqual(least);
  return findings.faults;
}

describe('rights and the audit', () => {
  it('[AU378] what the acts of the county gave and took is told by none', async () => {
    const { room } = county;
    const [admin, director] = [await county.person('guanli'), await county.person('juzhang')];
    const login = { userName: 'xinren', name: '新人', passphrase: 'one two three four' };
    const area = '230278000000';
    const made = { ...login, note: 'O3', grants: [{ role: 'O3', areaCode: area }] };
    const personId = await addAccount(room, admin, made);
    expect(await proposeSealed(room, admin, personId)).toBeNull();
    expect(await confirmSealed(room, director, personId)).toBeNull();
    expect(await endSealed(room, admin, personId)).toBeNull();
    const listed = await county.person('mifeng1');
    await resetAccount(room, admin, { personId: listed.personId, passphrase: 'five six seven' });
    const agent = await county.person('wangchunsheng');
    const to = { personId: agent.personId, areaCode: '230278200203' };
    expect(await moveAccount(room, admin, to)).toBe(true);
    const clerk = (await county.person('dengji')).personId;
    await closeAccount(room, admin, { personId: clerk, why: '不干了' });
    await openAccount(room, admin, clerk);
    expect(await faults()).toEqual([]);
  });

  it('[AU401] a line tells of the right it gave alone: rewritten in the table, or a second one, it is named', async () => {
    const { room } = county;
    const [admin, director] = [await county.person('guanli'), await county.person('juzhang')];
    const { container } = room;
    const { intakeKeyFile } = container.env;
    const seen = async () => {
      const findings = noFindings();
      await verifyGrants(container.db, { county: container.county, intakeKeyFile }, findings);
      return findings.faults.filter((fault) => fault.includes(personId));
    };
    const login = { userName: 'xinren2', name: '新人二', passphrase: 'one two three four' };
    const grants = [{ role: 'O3', areaCode: '230278000000' }];
    const personId = await addAccount(room, admin, { ...login, note: 'O3', grants });
    expect(await proposeSealed(room, admin, personId)).toBeNull();
    expect(await confirmSealed(room, director, personId)).toBeNull();
    expect(await seen()).toEqual([]);
    const rows = await grantRowsOf(db(), personId);
    expect(rows.map(({ sealed_list }) => sealed_list).sort()).toEqual([0, 1]);
    for (const row of rows) {
      const set = (change: object) =>
        db().updateTable('account_grant').set(change).where('id', '=', row.id).execute();
      for (const change of [{ role: 'O5' }, { area_code: null }, { unit_id: 'unit-1' }]) {
        await set(change);
        expect(await seen()).toEqual([expect.stringContaining('no audit line says by whom')]);
        await set(row);
      }
      const second = { ...row, id: `second ${row.sealed_list}` };
      await db().insertInto('account_grant').values(second).execute();
      expect(await seen()).toEqual([expect.stringContaining('no audit line says by whom')]);
      await db().deleteFrom('account_grant').where('id', '=', second.id).execute();
    }
    expect(await seen()).toEqual([]);
  });

  it('[AU378] a row by hand, a list by hand, an end taken back and a lost list are each named', async () => {
    const reviewer = await county.person('shenhe');
    const [row] = await grantRowsOf(db(), reviewer.personId);
    if (!row) throw new Error('no grant');
    const fresh = { ...row, id: 'byhand', role: 'O5', made_at: county.room.desk.now() };
    await db().insertInto('account_grant').values(fresh).execute();
    expect(await faults()).toEqual([
      expect.stringContaining(`O5 of ${reviewer.personId} was given`),
    ]);
    await db().deleteFrom('account_grant').where('id', '=', 'byhand').execute();
    const set = (change: object, id = row.id) =>
      db().updateTable('account_grant').set(change).where('id', '=', id).execute();
    await set({ sealed_list: 1 });
    expect(await faults()).toEqual([
      expect.stringContaining(`on the sealed list of ${reviewer.personId} was given`),
    ]);
    await set({ sealed_list: 0 });
    expect(await faults()).toEqual([]);
    // The one of before, whom a line took off the list.
    const listed = await grantRowsOf(db(), (await county.person('mifeng1')).personId);
    const old = listed.find(({ sealed_list }) => sealed_list === 1);
    await set({ to_at: null }, old?.id);
    expect(await faults()).toEqual([expect.stringContaining('had ended and holds again')]);
    await set({ to_at: old?.to_at ?? null }, old?.id);
    expect(await faults()).toEqual([]);
    // A list of his own, and none: neither takes the place of the signed one, and a start makes no other.
    const settings = county.room.desk.db;
    const of = { county: county.room.desk.county, name: GRANT_INVENTORY };
    const lists = await settings.selectFrom('county_setting').selectAll().execute();
    const own = lists.filter(({ name }) => name === GRANT_INVENTORY);
    await settings.deleteFrom('county_setting').where('name', '=', GRANT_INVENTORY).execute();
    const { container } = county.room;
    const { intakeKeyFile } = container.env;
    const now = container.clock.now;
    await takeInventory({ db: container.db, county: of.county, intakeKeyFile, now });
    expect(await faults(0)).toEqual([expect.stringContaining('is gone')]);
    const forged = { ...own.at(-1), n: 1, value: own.at(-1)?.value.replace('"at":"2', '"at":"1') };
    await settings
      .insertInto('county_setting')
      .values(forged as never)
      .execute();
    expect(await faults(0)).toEqual([expect.stringContaining('is gone')]);
  });
});
