import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CaseFile } from '../../src/lib/domain/case-file.ts';
import { sampleCaseId } from '../../src/lib/domain/samples/sample-ids.ts';
import type { AsideRow } from '../../src/lib/ports/county-store.ts';
import { enterCase } from '../../src/lib/server/desk/entry.ts';
import { ledgerOf, readLedgerAsk } from '../../src/lib/server/desk/ledger.ts';
import { perform } from '../../src/lib/server/desk/perform.ts';
import { reviewOf } from '../../src/lib/server/desk/review.ts';
import { seeCase } from '../../src/lib/server/desk/see.ts';
import { eventId, formOf, openTestCounty, type TestCounty } from './county.ts';

let county: TestCounty;
beforeAll(async () => {
  county = await openTestCounty();
}, 300_000);
afterAll(() => county.close());

const files = async () => (await county.room.desk.cases.all()).map(({ file }) => file);
const inStatus = async (status: string): Promise<CaseFile> => {
  const found = (await files()).find((file) => file.status === status && file.sealed === null);
  if (!found) throw new Error(status);
  return found;
};

interface Raw {
  readonly user: string;
  readonly caseId: string;
  readonly act: string;
  readonly id: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** A press as anybody can post it by hand, whatever the page offers. */
const post = async ({ user, caseId, act, id, fields }: Raw) =>
  perform(county.room.desk, await county.person(user), {
    ...{ caseId, act, eventId: eventId(id) },
    form: formOf(fields),
  });

const statusOf = async (caseId: string) =>
  (await files()).find((file) => file.caseId === caseId)?.status;
const notOffered = (...missing: string[]) => ({
  ok: false,
  error: { code: 'NOT_OFFERED', missing, detail: '' },
});

describe('[AU48] a form takes only what its page offers', () => {
  it('[AU48] the second person of a voiding is another real person with the right', async () => {
    const { caseId, status } = await inStatus('REGISTERED');
    const about = { user: 'shenhe', caseId, act: 'void' };
    const me = (await county.person('shenhe')).personId;
    const statistician = (await county.person('shenji')).personId;
    for (const secondPerson of ['ghost', me, statistician]) {
      const fields = { reason: '重复录入', secondPerson };
      expect(await post({ ...about, id: `v-${secondPerson}`, fields })).toEqual(
        notOffered('secondPerson'),
      );
    }
    expect(await statusOf(caseId)).toBe(status);
  });

  it('[AU48] nobody and no unit that does not exist is given a case', async () => {
    const { caseId, status } = await inStatus('REGISTERED');
    const to = { user: 'shenhe', caseId };
    const send = { user: 'dengji', caseId, act: 'transfer' };
    const ghost = { newAgent: 'ghost', reason: '换人' };
    expect(await post({ ...to, act: 'handOver', id: 'ghost', fields: ghost })).toEqual(
      notOffered('newAgent'),
    );
    const nowhere = { unitId: 'NOSUCH', reason: '归它管' };
    expect(await post({ ...send, id: 'nowhere', fields: nowhere })).toEqual(notOffered('unitId'));
    const beside = { unitId: 'JTJ', coUnits: 'NOSUCH', reason: '归它管' };
    expect(await post({ ...send, id: 'beside', fields: beside })).toMatchObject({
      ok: false,
      error: { code: 'NOT_OFFERED' },
    });
    expect(await statusOf(caseId)).toBe(status);
  });

  it('[AU48] registering wants a listed village, content and procedure; sealing is its own act', async () => {
    const { caseId, head } = await inStatus('SUBMITTED');
    const right = {
      areaCode: head.areaCode ?? '',
      categoryL2: head.categoryL2 ?? '0101',
      kind: '申诉求决',
      first: 'first',
      procedure: 'ORDINARY',
      about: 'NOBODY',
    };
    for (const [name, value] of [
      ['areaCode', '110101001001'],
      ['areaCode', '000000000000'],
      ['categoryL2', '9999'],
      ['procedure', 'SEALED'],
    ] as const) {
      const fields = { ...right, [name]: value };
      const id = `r-${name}-${value}`;
      expect(await post({ user: 'dengji', caseId, act: 'register', id, fields })).toMatchObject({
        ok: false,
        error: { code: 'NOT_OFFERED' },
      });
    }
    expect(await statusOf(caseId)).toBe('SUBMITTED');
  });

  it('[AU48] a case merges only into one that is offered: not an unknown, not a sealed one', async () => {
    const { caseId } = await inStatus('SUBMITTED');
    for (const masterCaseId of ['nosuchcase00000000000A', sampleCaseId('S09'), caseId]) {
      const fields = { masterCaseId, ground: '同一件' };
      const id = `m-${masterCaseId.slice(0, 12)}`;
      expect(await post({ user: 'shenhe', caseId, act: 'merge', id, fields })).toEqual(
        notOffered('masterCaseId'),
      );
    }
    expect(await statusOf(caseId)).toBe('SUBMITTED');
  });

  it('[AU48] days that are on no calendar and numbers that are none are refused', async () => {
    const { caseId } = await inStatus('REGISTERED');
    const unit = { unitId: 'JTJ', reason: '归它管' };
    for (const feedbackOn of ['2026-02-31', 'tomorrow']) {
      const fields = { ...unit, feedbackOn };
      expect(
        await post({ user: 'dengji', caseId, act: 'assign', id: `d-${feedbackOn}`, fields }),
      ).toMatchObject({ ok: false, error: { code: 'NOT_OFFERED' } });
    }
  });

  it('[AU48] a correction puts only a listed village and content', async () => {
    const { caseId } = await inStatus('REGISTERED');
    for (const [field, value] of [
      ['areaCode', '230278999999'],
      ['areaCode', '000000000000'],
      ['categoryL2', '9999'],
      ['petitionerCount', 'many'],
    ] as const) {
      const fields = { field, new: value, reason: '写错了' };
      const id = `c-${field}-${value}`;
      expect(await post({ user: 'shenhe', caseId, act: 'correct', id, fields })).toEqual(
        notOffered('new'),
      );
    }
    const fields = { field: 'petitionerCount', new: '3', reason: '数错了' };
    expect((await post({ user: 'shenhe', caseId, act: 'correct', id: 'c-3', fields })).ok).toBe(
      true,
    );
  });

  it('[AU48] the entry of a letter too', async () => {
    const person = await county.person('dengji');
    const form = formOf({
      ...{
        channel: 'LX',
        receivedOn: '2026-02-31',
        receivedBy: '登记员',
        areaCode: '110101001001',
      },
      ...{ words: '信上的话', title: '一封信', kind: '申诉求决', categoryL2: 'UNSET' },
      ...{
        urgency: 'NORMAL',
        prior: 'UNKNOWN',
        respondentType: 'UNKNOWN',
        identityToUnit: 'UNSAID',
      },
      ...{ phoneType: 'NONE', petitionerCount: '1' },
      name: '王某',
    });
    const done = await enterCase(county.room.desk, person, {
      ...{ caseId: eventId('letter'), eventId: eventId('letter1'), form },
    });
    expect(done).toEqual(notOffered('receivedOn', 'areaCode'));
  });
});

it('[AU49] kept events are adopted on the page of their own case and under a name of their own', async () => {
  const { store, clock, county: code } = county.room.container;
  const reviewer = await county.person('shenhe');
  const open = await inStatus('SUBMITTED');
  const aside = (id: string, caseId: string, salt: string) =>
    ({
      ...{ id: eventId(id), h: 'a'.repeat(64), dv: eventId('tablet'), ds: 1, personId: 'A01' },
      ...{ caseId, salt, code: 'FOREIGN_CASE', reason: '不是他的件', offset: 0, adoptedSeq: null },
      raw: JSON.stringify({
        ...{ id: eventId(id), c: caseId, t: 'visit.recorded', v: 1, at: clock.now() },
        p: { at: clock.now(), seen: '看过了' },
      }),
      receivedAt: clock.now(),
    }) as AsideRow;
  const saltOf = async (caseId: string) => (await county.room.desk.cases.one(caseId))?.salt ?? '';
  const sealed = sampleCaseId('S09');
  const own = aside('keptOwn', open.caseId, await saltOf(open.caseId));
  const hidden = aside('keptSealed', sealed, await saltOf(sealed));
  const system = { code: 'S', personId: 'system', name: '系统' } as never;
  await store.transact(code, (tx) => tx.write({ aside: [own, hidden] }));
  const { recordAtCounty } = await import('../../src/lib/server/sync/record.ts');
  await recordAtCounty(county.room.container.sync, {
    ...{ actor: system, caseId: open.caseId },
    events: [own, hidden].map(({ id }) => ({
      type: 'event.quarantined',
      payload: { eventId: id, eventType: 'visit.recorded', reason: '不是他的件', code: 'FOREIGN' },
    })),
  });
  const seen = await seeCase(county.room.desk, reviewer, open.caseId);
  if (seen === null) throw new Error('the reviewer sees it');
  const { acts } = await reviewOf(county.room.desk, reviewer, seen);
  const names = acts.flatMap((act) => act.fields.map(({ name }) => name));
  for (const reserved of ['eventId', 'act']) expect(names).not.toContain(reserved);
  const adopt = (id: string, keptId: string) => ({
    ...{ user: 'shenhe', caseId: open.caseId, act: 'adoptKept', id },
    fields: { keptId, reason: '核过了' },
  });
  expect((await post(adopt('adoptA', hidden.id))).ok).toBe(false);
  expect((await store.transact(code, (tx) => tx.aside(hidden.id)))?.adoptedSeq).toBeNull();
  expect(await post(adopt('adoptB', own.id))).toEqual({ ok: true, value: true });
  expect((await store.transact(code, (tx) => tx.aside(own.id)))?.adoptedSeq).not.toBeNull();
});

it('[AU50] one press is one act: its id on a second case is refused and never called done', async () => {
  const [first, second] = (await files()).filter(
    ({ status, sealed }) => ['TRANSFERRED', 'ACCEPTED'].includes(status) && sealed === null,
  );
  if (!first || !second) throw new Error('the demo has two cases in hand');
  const fields = { how: 'PHONE', what: '跟本人说了' };
  const tell = { user: 'shenhe', act: 'tell', id: 'samepress', fields };
  expect(await post({ ...tell, caseId: first.caseId })).toEqual({ ok: true, value: true });
  expect(await post({ ...tell, caseId: second.caseId })).toMatchObject({
    ok: false,
    error: { code: 'PRESS_USED' },
  });
  const notices = async (caseId: string) =>
    (await files()).find((file) => file.caseId === caseId)?.notices.length;
  expect(await notices(first.caseId)).toBe(first.notices.length + 1);
  expect(await notices(second.caseId)).toBe(second.notices.length);
});

it('[AU51] an address that nobody made by pressing opens the ledger as if nothing were asked', async () => {
  const person = await county.person('dengji');
  const plain = await ledgerOf(county.room.desk, person, readLedgerAsk(new URLSearchParams()));
  for (const odd of ['__proto__', 'constructor', 'toString', 'hasOwnProperty'])
    for (const name of ['v', 'p', 'sort', 'c', 'figure', 'n', 'part']) {
      const params = new URLSearchParams({ [name]: odd });
      const page = await ledgerOf(county.room.desk, person, readLedgerAsk(params));
      expect(page.view).toBe('all');
      expect(page.total).toBe(plain.total);
    }
  for (const n of ['-1', '0.5', '1e999', 'NaN', '１'])
    expect(readLedgerAsk(new URLSearchParams({ n })).rows).toBeGreaterThanOrEqual(200);
});
