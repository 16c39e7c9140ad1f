/** 待移交: what waits for another agent, who sees it, and what a hand-over moves. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { can, sightOf } from '../../src/lib/domain/permissions.ts';
import { TERMINAL } from '../../src/lib/domain/status.ts';
import { fieldExamples } from '../../src/lib/domain/testing/examples-field.ts';
import type { AreaCode, CaseId, PersonId } from '../../src/lib/domain/values.ts';
import { moveGrants, setDisabled } from '../../src/lib/server/auth/accounts.ts';
import { actContext } from '../../src/lib/server/desk/context.ts';
import { inboxOf } from '../../src/lib/server/desk/inbox.ts';
import { perform } from '../../src/lib/server/desk/perform.ts';
import { seeCase } from '../../src/lib/server/desk/see.ts';
import { recordAtCounty } from '../../src/lib/server/sync/record.ts';
import { eventId, formOf, openTestCounty, type TestCounty } from './county.ts';

let county: TestCounty;
beforeAll(async () => {
  county = await openTestCounty();
}, 300_000);
afterAll(() => county.close());

async function waiting(user: string) {
  const asked = { tab: 'handover', find: '' };
  const { sections } = await inboxOf(county.room.desk, await county.person(user), asked);
  const rows = sections.find(({ id }) => id === 'handover')?.rows ?? [];
  return rows.map(({ caseId, hand }) => [caseId, hand] as const);
}
const files = async () => (await county.room.desk.cases.all()).map(({ file }) => file);
const disable = (personId: string, disabled: boolean) =>
  setDisabled(county.room.accounts, personId, disabled);

it('[AU194] the cases of an agent whose account was closed wait for another, for who may hand them over', async () => {
  expect(await waiting('dengji')).toEqual([]);
  const mine = (await files()).filter(
    ({ agent, status, sealed }) =>
      agent !== null && !TERMINAL.includes(status) && status !== 'NONE' && sealed === null,
  );
  const agent = mine[0]?.agent?.personId as PersonId;
  const own = mine.filter((file) => file.agent?.personId === agent).map(({ caseId }) => caseId);
  expect(own.length).toBeGreaterThan(0);
  await disable(agent, true);
  const found = await waiting('dengji');
  expect(found.map(([caseId]) => caseId).toSorted()).toEqual(own.toSorted());
  expect(new Set(found.map(([, why]) => why))).toEqual(new Set(['GONE']));
  // Who may not hand a case over has nothing waiting.
  expect(await waiting('shenji')).toEqual([]);
  await disable(agent, false);
  expect(await waiting('dengji')).toEqual([]);
});

it('[AU194] a case taken in another village waits, moves by one act, alone, and waits no more', async () => {
  const { desk } = county.room;
  const registrar = await county.person('dengji');
  const taker = await county.person('wangchunsheng');
  const there = await county.person('lixiufen');
  const areaCode = there.grants[0]?.areaCode as AreaCode;
  expect(taker.grants.map((one) => one.areaCode)).not.toContain(areaCode);
  const caseId = 'outsideHisVillage00001' as CaseId;
  const own = taker.grants[0]?.areaCode as AreaCode;
  const { personId, name } = taker;
  const actor = { code: 'A', personId, name, areaCode: own } as const;
  const drafted = { type: 'case.drafted', payload: { ...fieldExamples['case.drafted'], areaCode } };
  const begun = await recordAtCounty(desk.sync, { actor, caseId, events: [drafted] });
  expect(begun.ok).toBe(true);
  expect(await waiting('dengji')).toEqual([[caseId, 'OUTSIDE']]);

  const sees = async (who: typeof taker, id: string) => {
    const file = (await desk.cases.one(id as CaseId))?.file;
    return file !== undefined && can(who, 'case.view', { object: sightOf(file), now: desk.now() });
  };
  const others = (await files()).filter((one) => one.agent?.personId === taker.personId);
  const before = await Promise.all(others.map((one) => sees(taker, one.caseId)));
  const seen = await seeCase(desk, registrar, caseId);
  // His own village's agent is the first to choose.
  const { agents } = await actContext(desk, registrar, seen!);
  const first = (await desk.colleagues()).find(({ personId }) => personId === agents[0]?.value);
  expect(first?.grants.map((one) => one.areaCode)).toContain(areaCode);
  const press = {
    ...{ caseId, act: 'handOver', eventId: eventId('handOver') },
    form: formOf({ newAgent: there.personId, reason: '是那村的事' }),
  };
  expect(await perform(desk, registrar, press)).toMatchObject({ ok: true });
  expect(await waiting('dengji')).toEqual([]);
  expect(await sees(there, caseId)).toBe(true);
  const after = await Promise.all(others.map((one) => sees(taker, one.caseId)));
  expect(after.filter((_, n) => others[n]?.caseId !== caseId)).toEqual(
    before.filter((_, n) => others[n]?.caseId !== caseId),
  );
  const moved = (await desk.cases.one(caseId))?.file;
  expect(moved?.agents.map(({ agent, how }) => [agent.personId, how])).toEqual([
    [taker.personId, 'TOOK'],
    [there.personId, 'HANDED_OVER'],
  ]);
});

it('[UI183] the cases of an agent who moved wait because he has the village no longer, not because he never had it', async () => {
  const mover = await county.person('wangchunsheng');
  const { personId } = mover;
  const own = (await files()).filter(
    ({ agent, agents, status, sealed }) =>
      agent?.personId === personId &&
      agents.at(-1)?.how === 'TOOK' &&
      !TERMINAL.includes(status) &&
      sealed === null,
  );
  expect(own.length).toBeGreaterThan(0);
  const before = await waiting('dengji');
  expect(before.filter(([, why]) => why === 'MOVED')).toEqual([]);
  const { areaCode } = (await county.person('lixiufen')).grants[0] ?? {};
  const moved = { personId, areaCode: String(areaCode), madeBy: 'guanli' };
  expect(await moveGrants(county.room.accounts, moved)).not.toBeNull();
  const found = (await waiting('dengji')).filter(([id]) => own.some((one) => one.caseId === id));
  expect(found.length).toBeGreaterThan(0);
  expect(new Set(found.map(([, why]) => why))).toEqual(new Set(['MOVED']));
});
