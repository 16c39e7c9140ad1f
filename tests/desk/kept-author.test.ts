/** What is let count on 暂存 stands in the log under the name of who sent it. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { fieldExamples } from '../../src/lib/domain/testing/examples-field.ts';
import type { CaseId, EventId } from '../../src/lib/domain/values.ts';
import type { AsideRow } from '../../src/lib/ports/county-store.ts';
import { adoptKeptRow, keptRows } from '../../src/lib/server/desk/kept.ts';
import { seenCases, type SeenCase } from '../../src/lib/server/desk/see.ts';
import { adoptAside } from '../../src/lib/server/sync/record.ts';
import { eventId, openTestCounty, type TestCounty } from './county.ts';

let county: TestCounty;
let seen: SeenCase;
beforeAll(async () => {
  county = await openTestCounty();
  const clerk = await county.person('shenhe');
  const agent = await county.person('wangchunsheng');
  const all = await seenCases(county.room.desk, clerk);
  const open = all.find(
    ({ record: { file }, sight }) =>
      !sight.sealed &&
      file.agent !== null &&
      file.agent.personId !== agent.personId &&
      ['REGISTERED', 'SUBMITTED', 'TRANSFERRED', 'ACCEPTED'].includes(file.status),
  );
  if (!open) throw new Error('a case of another agent');
  seen = open;
}, 300_000);
afterAll(() => county.close());

/** A visit that somebody wrote into the case, kept aside as not his. */
async function forged(name: string, user: string): Promise<EventId> {
  const { store, clock, county: code } = county.room.container;
  const sender = await county.person(user);
  const [id, h] = [eventId(name) as EventId, 'b'.repeat(63) + String(name.length % 10)];
  const at = clock.now();
  const row = {
    ...{ id, h, dv: eventId('stranger'), ds: 1, personId: sender.personId },
    ...{ caseId: seen.record.caseId, salt: seen.record.salt, code: 'ACTOR' },
    ...{ reason: '这个人不能做这一步，请县局看', receivedAt: at, offset: 0, adoptedSeq: null },
    raw: JSON.stringify({ id, t: 'visit.recorded', v: 1, at, p: fieldExamples['visit.recorded'] }),
  } as unknown as AsideRow;
  await store.transact(code, (tx) => tx.write({ aside: [row] }));
  return id;
}
const actorOf = async (id: EventId) => {
  const { cases } = county.room.desk;
  const events = await cases.events(seen.record.caseId as CaseId);
  return events.find((event) => event.id === id)?.stamp.actor;
};

it('[SY185] an adopted event has its sender for an author, by his own name, letter and place', async () => {
  const { desk } = county.room;
  const clerk = await county.person('shenhe');
  const agentsName = seen.record.file.agent?.name ?? '';
  for (const [user, code] of [
    ['wangchunsheng', 'A'],
    ['heyan', 'T'],
  ] as const) {
    const sender = await county.person(user);
    const id = await forged(`visitby${user}`, user);
    const row = (await keptRows(desk, clerk)).find((one) => one.id === id);
    expect(row).toMatchObject({ who: sender.name, role: code, agent: agentsName, mayAdopt: true });
    expect((await adoptKeptRow(desk, clerk, { id, reason: '问过本人' })).ok).toBe(true);
    const actor = await actorOf(id);
    expect(actor).toMatchObject({ code, personId: sender.personId, name: sender.name });
    expect(actor?.name).not.toBe(agentsName);
  }
});

it('[SY186] what the door refused counts by no upgrade and no start, only by a person’s word', async () => {
  const { desk } = county.room;
  const id = await forged('visitlater', 'wangchunsheng');
  const actor = { code: 'S', personId: 'system', name: '系统' } as never;
  const asked = { id, actor, reason: '升级以后读懂了' };
  expect(await adoptAside(desk.sync, asked)).toEqual({ ok: false, error: 'NOT_READABLE' });
  expect(await actorOf(id)).toBeUndefined();
  const clerk = await county.person('shenhe');
  expect((await keptRows(desk, clerk)).map((row) => row.id)).toContain(id);
});
