import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { enterCase, entryGrant, entryIds } from '../../src/lib/server/desk/entry.ts';
import { demoPeople } from '../../src/lib/server/demo/people.ts';
import { ledgerRows, readLedgerAsk } from '../../src/lib/server/desk/ledger.ts';
import { perform } from '../../src/lib/server/desk/perform.ts';
import { reviewOf } from '../../src/lib/server/desk/review.ts';
import { seeCase } from '../../src/lib/server/desk/see.ts';
import { lookUp } from '../../src/lib/server/track.ts';
import { findingsEn } from '../../src/lib/ui/messages/findings.en.ts';
import { findingsZh } from '../../src/lib/ui/messages/findings.zh-CN.ts';
import { eventId, formOf, openTestCounty, type TestCounty } from './county.ts';

let county: TestCounty;
beforeAll(async () => {
  county = await openTestCounty();
}, 300_000);
afterAll(() => county.close());

const WORDS = '  门口那根电线杆歪了，\n一刮风就晃。𠮷';
const LETTER = {
  channel: 'LX',
  receivedOn: '2026-11-20',
  receivedBy: '赵敏',
  areaCode: '230278200201',
  words: WORDS,
  title: '门口电线杆歪了',
  kind: '申诉求决',
  urgency: 'NORMAL',
  prior: 'UNKNOWN',
  respondentType: 'UNKNOWN',
  identityToUnit: 'UNSAID',
  name: '马福来',
  phoneType: 'OWN',
  petitionerCount: '1',
  categoryL2: 'UNSET',
  idNo: '230278195703120226',
};
const desk = () => county.room.desk;
const enter = async (user: string, fields: Record<string, string>, ids = entryIds()) =>
  enterCase(desk(), await county.person(user), { ...ids, form: formOf(fields) });
const typesOf = async (caseId: string) =>
  (await desk().cases.events(caseId as never)).map(({ type }) => type);

describe('a letter, a call, a visit', () => {
  it('[AU29] a letter becomes a received case in one act, words as typed, once', async () => {
    const ids = entryIds();
    const crlf = { ...LETTER, words: WORDS.replaceAll('\n', '\r\n') };
    const first = await enter('dengji', crlf, ids);
    if (!first.ok) throw new Error(JSON.stringify(first.error));
    const types = ['case.drafted', 'dictation.recorded', 'case.taken', 'case.submitted'];
    expect(await typesOf(ids.caseId)).toEqual([...types, 'case.received']);
    const file = (await desk().cases.one(ids.caseId))?.file;
    expect(file?.dictations[0]?.verbatim).toBe(WORDS);
    expect([file?.status, file?.head.channel, file?.head.xfDate]).toEqual([
      'SUBMITTED',
      'LX',
      '2026-11-20',
    ]);
    expect(file?.numbers.queryCode).toBe(first.value.queryCode);
    const again = await enter('dengji', crlf, ids);
    expect(again).toEqual(first);
    expect(await typesOf(ids.caseId)).toHaveLength(5);
    const foreign = await enter('shenhe', crlf, ids);
    expect(foreign).toMatchObject({ ok: false, error: { code: 'NOT_FOUND' } });
  });

  it('[AU29] it is registered like any other, its number says how it came, its code answers', async () => {
    const done = await enter('dengji', LETTER);
    if (!done.ok) throw new Error(JSON.stringify(done.error));
    const { caseId, queryCode } = done.value;
    const fields = {
      ...{ areaCode: '230278200201', categoryL2: 'JT01', kind: '申诉求决' },
      ...{ first: 'first', procedure: 'ORDINARY', about: 'NOBODY' },
    };
    const press = { caseId, act: 'register', eventId: eventId('regentry'), form: formOf(fields) };
    expect(await perform(desk(), await county.person('dengji'), press)).toEqual({
      ok: true,
      value: true,
    });
    const file = (await desk().cases.one(caseId))?.file;
    expect(file?.status).toBe('REGISTERED');
    expect(file?.numbers.caseNo).toMatch(/^LX\d{15}$/);
    const question = { code: queryCode, name: LETTER.name, address: 'test' };
    const answer = await lookUp(desk(), county.room.limiter, question);
    expect(answer.kind).toBe('found');
  });

  it('[ST29] a caller hears the words read back; without it nothing is recorded', async () => {
    const call = { ...LETTER, channel: 'LD' };
    const ids = entryIds();
    const refused = await enter('dengji', call, ids);
    expect(refused).toMatchObject({ ok: false, error: { missing: ['readToPerson'] } });
    expect(await desk().cases.one(ids.caseId)).toBeNull();
    const done = await enter('dengji', { ...call, readToPerson: 'on' }, ids);
    expect(done.ok).toBe(true);
    const types = await typesOf(ids.caseId);
    expect(types).toContain('dictation.readback_confirmed');
    expect(types).toContain('consent.recorded');
    expect(types).not.toContain('mandate.granted');
    const file = (await desk().cases.one(ids.caseId))?.file;
    expect(file?.readbacks[0]?.state).toBe('CONFIRMED');
  });

  it('[AU29] a township enters in its own name; units, leaders and auditors cannot', async () => {
    const visit = { ...LETTER, channel: 'LF', readToPerson: 'on' };
    const township = demoPeople().find(({ code }) => code === 'T')?.user ?? '';
    const done = await enter(township, visit);
    if (!done.ok) throw new Error(JSON.stringify(done.error));
    const events = await desk().cases.events(done.value.caseId);
    expect(events[0]?.stamp.actor.code).toBe('T');
    for (const user of ['swj-fuze', 'shenji', 'guanli']) {
      expect(entryGrant(desk(), await county.person(user))).toBeNull();
      expect(await enter(user, visit)).toMatchObject({ ok: false, error: { code: 'ACTOR' } });
    }
  });

  it('[AU29] an accusation is sealed as it is entered: the clerk no longer sees it', async () => {
    const done = await enter('dengji', { ...LETTER, kind: '检举控告' });
    if (!done.ok) throw new Error(JSON.stringify(done.error));
    expect(done.value.sealed).toBe(true);
    const clerk = await county.person('dengji');
    expect(await seeCase(desk(), clerk, done.value.caseId)).toBeNull();
    const sealedDesk = await county.person('mifeng1');
    expect(await seeCase(desk(), sealedDesk, done.value.caseId)).not.toBeNull();
  });

  it('[AU47] an outside message keeps its number, is found by it, and is not taken twice', async () => {
    const message = { ...LETTER, outsideNo: '12345-20261120-0071' };
    const ids = entryIds();
    const done = await enter('dengji', message, ids);
    if (!done.ok) throw new Error(JSON.stringify(done.error));
    const file = (await desk().cases.one(ids.caseId))?.file;
    expect(file?.numbers.outsideNo).toBe(message.outsideNo);
    const ask = readLedgerAsk(new URLSearchParams({ q: message.outsideNo }));
    const { rows } = await ledgerRows(desk(), await county.person('dengji'), ask);
    expect(rows.map(({ caseId }) => caseId)).toEqual([ids.caseId]);
    expect(await enter('dengji', message, ids)).toEqual(done);
    const second = { ...message, outsideNo: ' 12345-20261120-００71 ' };
    const again = await enter('dengji', second);
    expect(again).toMatchObject({ ok: false, error: { code: 'OUTSIDE_TAKEN' } });
    expect((await enter('dengji', { ...LETTER, outsideNo: '12345-20261120-0072' })).ok).toBe(true);
  });

  it('[AU29] danger rings at once', async () => {
    const done = await enter('dengji', { ...LETTER, urgency: 'LIFE' });
    if (!done.ok) throw new Error(JSON.stringify(done.error));
    expect(await typesOf(done.value.caseId)).toContain('urgent.reported');
  });
});

describe('what the checks found', () => {
  it('[UI10] the registrar reads it in words, the blocking first, until it is registered', async () => {
    const done = await enter('dengji', LETTER);
    if (!done.ok) throw new Error(JSON.stringify(done.error));
    const person = await county.person('dengji');
    const seen = await seeCase(desk(), person, done.value.caseId);
    if (seen === null) throw new Error('not seen');
    const { findings } = (await reviewOf(desk(), person, seen)).view;
    const codes = findings.map(({ code }) => code);
    expect(codes).toContain('identity.check_digit');
    expect(codes).toContain('phone.missing');
    expect(codes).toContain('claims.missing');
    expect(codes).not.toContain('readback.missing');
    for (const { code } of findings) {
      expect(findingsZh.codes[code]).toMatch(/\p{Script=Han}/u);
      expect(findingsEn.codes[code].length).toBeGreaterThan(4);
    }
    let silent = 0;
    for (const { file } of await desk().cases.all()) {
      const other = await seeCase(desk(), person, file.caseId);
      if (other === null || ['SUBMITTED', 'FIELD_RESOLVED'].includes(file.status)) continue;
      expect((await reviewOf(desk(), person, other)).view.findings).toEqual([]);
      silent += 1;
    }
    expect(silent).toBeGreaterThan(10);
  });
});
