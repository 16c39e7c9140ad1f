/** 停用 of an agent's account: login, sessions, rights and tablets at once, and what he brings late. */
import { isActionFailure } from '@sveltejs/kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Instant, PersonId } from '../../src/lib/domain/values.ts';
import { createAccount, grantRowsOf, setDisabled } from '../../src/lib/server/auth/accounts.ts';
import { loadSubject, subjectOf } from '../../src/lib/server/auth/subject.ts';
import { lockSaid, setBar } from '../../src/lib/server/desk/tablet-locks.ts';
import { closeAccount, openAccount } from '../../src/lib/server/settings/account-closing.ts';
import { grantsAt } from '../../src/lib/domain/permissions.ts';
import { deskSettingsEn } from '../../src/lib/ui/messages/desk-settings.en.ts';
import { deskSettingsZh } from '../../src/lib/ui/messages/desk-settings.zh-CN.ts';
import { actions } from '../../src/routes/desk/(in)/settings/+page.server.ts';
import { formOf, openTestCounty, type TestCounty } from './county.ts';

let county: TestCounty;
let made = 0;
beforeAll(async () => {
  county = await openTestCounty();
}, 300_000);
afterAll(() => county.close());

const later = (ms: number) =>
  new Date(Date.parse(county.room.accounts.now()) + ms).toISOString() as Instant;

/** An account of the field with tablets and sessions. */
async function agent(sealedList = false) {
  const { accounts, desk, auth } = county.room;
  const name = `停用${(made += 1)}`;
  const until = later(86_400_000);
  const grants = [
    { role: 'A', areaCode: '230278200201', sealedList },
    { role: 'T', areaCode: '230278200000', to: until },
  ];
  const account = { userName: name, name, passphrase: '一二三四五六七八九十', grants };
  const personId = await createAccount(accounts, account, 'test');
  const dvs = ['a', 'b'].map((letter) => `${letter}${made}`.padEnd(22, '_'));
  const known = await desk.db.selectFrom('devices').selectAll().executeTakeFirstOrThrow();
  for (const dv of dvs)
    await desk.db
      .insertInto('devices')
      .values({ ...known, dv, person_id: personId })
      .execute();
  await (await auth.$context).internalAdapter.createSession(personId);
  return { personId, dvs, until, name };
}
const inForce = async (personId: PersonId, at = later(1)) => {
  const subject = await subjectOf(county.room.accounts.db, personId);
  return subject === null ? [] : grantsAt(subject, at).map(({ role }) => role);
};
const barsOf = (dvs: readonly string[]) =>
  Promise.all(dvs.map(async (dv) => (await lockSaid(county.room.desk, dv))?.bar));
const sessions = async (personId: string) => {
  const { internalAdapter } = await county.room.auth.$context;
  return (await internalAdapter.listSessions(personId)).length;
};

describe('停用 of an account', () => {
  it('[AU328] rights end, sessions end and his tablets are barred, in one commit; opened they are as before', async () => {
    const { room } = county;
    const by = await county.person('guanli');
    const { personId, dvs, until } = await agent(true);
    const bystander = await agent();
    const desk = { personId: by.personId, at: room.desk.now() };
    await setBar(room.desk, { dv: dvs[1] ?? '', bar: 'lost', reason: '丢在集上' }, desk);
    await (await room.auth.$context).internalAdapter.createSession(personId);
    expect(await inForce(personId)).toEqual(['A', 'T']);

    await closeAccount(room, by, { personId, why: '不干了' });
    expect([await inForce(personId), await sessions(personId)]).toEqual([[], 0]);
    expect(await barsOf(dvs)).toEqual(['revoked', 'lost']);
    expect(await barsOf(bystander.dvs)).toEqual([null, null]);
    expect([await inForce(bystander.personId), await sessions(bystander.personId)]).toEqual([
      ...[['A', 'T'], 1],
    ]);
    const rows = await room.desk.db.selectFrom('audit').selectAll().orderBy('n').execute();
    const said = rows.slice(-4).map(({ action }) => action);
    expect(said).toEqual(expect.arrayContaining(['account.closed', 'device.revoked']));

    await closeAccount(room, by, { personId, why: '不干了' });
    await openAccount(room, by, personId);
    expect(await inForce(personId)).toEqual(expect.arrayContaining(['A', 'T']));
    expect(await inForce(personId, later(2 * 86_400_000))).toEqual(['A']);
    const now = await loadSubject(room.accounts.db, { id: personId, name: '' });
    expect(grantsAt(now, later(1)).some(({ sealedList }) => sealedList === true)).toBe(false);
    expect(now.grants.some(({ to }) => to === until)).toBe(true);
    expect(await barsOf(dvs)).toEqual([null, 'lost']);
    // Opened once more nothing comes twice.
    const before = await grantRowsOf(room.accounts.db, personId);
    await openAccount(room, by, personId);
    expect(await grantRowsOf(room.accounts.db, personId)).toHaveLength(before.length);
  });

  it('[AU490] the page closes nobody without a reason in words; the line of the audit has it', async () => {
    const { room } = county;
    const { personId } = await agent();
    const person = await county.person('guanli');
    const pressed = async (fields: Readonly<Record<string, string>>) => {
      const account = { provenAt: room.desk.now(), secondFactor: false };
      const body = formOf({ person: personId, ...fields });
      const request = new Request('http://county/x', { method: 'POST', body });
      const event = { request, locals: { room, person, account, confined: false } };
      const answer: unknown = await actions['state']?.(event as never);
      const failed = isActionFailure(answer);
      const { said } = (failed ? answer.data : answer) as unknown as { said: string };
      return failed ? `!${said}` : said;
    };
    for (const reason of [undefined, '', '走', ' 走\u3000', '\u200b\u200b'])
      expect(await pressed({ to: 'closed', ...(reason && { reason }) })).toBe('!closeWhy');
    expect([await inForce(personId), await sessions(personId)]).toEqual([['A', 'T'], 1]);
    const why = '不干了，回家种地';
    expect(await pressed({ to: 'closed', reason: ` ${why} ` })).toBe('closedNow');
    expect([await inForce(personId), await sessions(personId)]).toEqual([[], 0]);
    const row = room.desk.db.selectFrom('audit').selectAll().where('action', '=', 'account.closed');
    const line = await row.orderBy('n', 'desc').executeTakeFirstOrThrow();
    expect(line).toMatchObject({ person_id: person.personId, why });
    expect(JSON.parse(line.note ?? '')).toEqual({ person: personId });
    expect(await pressed({ to: 'open' })).toBe('opened');
    for (const words of [deskSettingsZh, deskSettingsEn])
      expect(new Set([words.closeWhy, words.closedNow, words.opened, words.none]).size).toBe(4);
  });

  it('[AU329] an account that an earlier version closed has no right from then on, whoever brings its work', async () => {
    const { accounts, container } = county.room;
    const { personId } = await agent();
    await setDisabled(accounts, personId, true);
    const asker = await container.sync.sealed?.askerOf(personId);
    expect(asker?.grants.length).toBeGreaterThan(0);
    expect(asker === null || asker === undefined ? ['?'] : grantsAt(asker, later(1_000))).toEqual(
      [],
    );
  });
});
