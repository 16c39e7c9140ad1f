import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRateLimiter } from '../../src/lib/server/auth/rate-limit.ts';
import { sampleQueryCode } from '../../src/lib/domain/samples/sample-numbers.ts';
import { groupQueryCode, queryCodeOf } from '../../src/lib/domain/numbers.ts';
import { recordAtCounty } from '../../src/lib/server/sync/record.ts';
import { lookUp } from '../../src/lib/server/track.ts';
import { openTestCounty, type TestCounty } from './county.ts';

let county: TestCounty;
beforeAll(async () => {
  county = await openTestCounty();
}, 300_000);
afterAll(() => county.close());

const look = (code: string, name: string, address = String(Math.random())) =>
  lookUp(
    county.room.desk,
    createRateLimiter(() => 0),
    { code, name, address },
  );

describe('查信儿', () => {
  it('[AU30] code and full name give a sentence and a timeline without names', async () => {
    const code = sampleQueryCode('S01');
    const answer = await look(code.replace(/(\d{4})/g, '$1 '), '周桂芹');
    expect(answer.kind).toBe('found');
    if (answer.kind !== 'found') return;
    expect(answer.sentence).toContain('办完了');
    expect(answer.timeline.length).toBeGreaterThan(3);
    const said = JSON.stringify(answer);
    for (const secret of ['周桂芹', '王春生', '粪', 'DL2302782026', '于家'])
      expect(said).not.toContain(secret);
  });

  it('[AU31] a wrong code, a wrong name and a foreign case look alike', async () => {
    const unknown = { kind: 'unknown' };
    expect(await look('111111111111', '周桂芹')).toEqual(unknown);
    expect(await look(sampleQueryCode('S01'), '周桂花')).toEqual(unknown);
    expect(await look(sampleQueryCode('S02'), '周桂芹')).toEqual(unknown);
    expect(await look('', '')).toEqual(unknown);
    expect(await look(sampleQueryCode('S01'), '')).toEqual(unknown);
  });

  it('[AU31] a sealed case tells one sentence or nothing at all', async () => {
    const sealed = (await county.room.desk.cases.all()).filter(({ file }) => file.sealed !== null);
    expect(sealed.length).toBeGreaterThan(0);
    for (const { file } of sealed) {
      const name = file.petitioners[0]?.name ?? '无名';
      const answer = await look(file.numbers.queryCode ?? '', name);
      if (answer.kind === 'found') {
        expect(answer.sentence).toBe('已收到，按规定办理');
        expect(answer.timeline).toEqual([]);
        expect(answer.next).toBe('');
      } else expect(answer).toEqual({ kind: 'unknown' });
    }
  });

  it('[ST81] the code on the slip of a second tablet opens the same case, and the desk finds it by that code', async () => {
    const { desk } = county.room;
    const [first] = await desk.cases.byQueryCode(sampleQueryCode('S01'));
    if (first === undefined) throw new Error('the demo has S01');
    const taking = first.file.takings[0]!;
    const code = queryCodeOf('48213570964');
    const payload = { ...taking.payload, receipt: { ...taking.payload.receipt, queryCode: code } };
    expect(await look(code, '周桂芹')).toEqual({ kind: 'unknown' });
    const { actor } = taking.mark;
    const events = [{ type: 'case.taken', payload }] as const;
    const done = await recordAtCounty(desk.sync, { actor, caseId: first.caseId, events });
    expect(done.ok).toBe(true);
    expect(await look(code, '周桂花')).toEqual({ kind: 'unknown' });
    const [old, other] = [await look(sampleQueryCode('S01'), '周桂芹'), await look(code, '周桂芹')];
    expect(old.kind).toBe('found');
    expect(other).toEqual({ ...old, code: groupQueryCode(code) });
    const [found] = await desk.cases.byQueryCode(code);
    expect(found?.columns).toMatchObject({
      ...{ queryCode: sampleQueryCode('S01'), otherCodes: code },
    });
    expect(found?.columns.searchText).toContain(code);
    // Another case that meets it by chance hears of it like any other code that was given before.
    const taken = await desk.sync.store.transact(desk.sync.county, (tx) =>
      tx.caseByQueryCode(code),
    );
    expect(taken).toEqual([first.caseId]);
  });

  it('[AU109] an anonymous case opens by its code alone, and a code of all cases is guarded alike', async () => {
    const all = await county.room.desk.cases.all();
    const file = all.find(({ file }) => file.head.anonymous === true && !file.sealed)?.file;
    if (!file) throw new Error('the demo has an anonymous case');
    for (const name of ['', '随便谁'])
      expect((await look(file.numbers.queryCode ?? '', name)).kind).toBe('found');
    const limiter = createRateLimiter(() => 0);
    const kinds = [];
    for (let n = 0; n < 11; n += 1) {
      const question = { code: sampleQueryCode(`Y${n}`), name: '', address: '10.2.2.2' };
      kinds.push((await lookUp(county.room.desk, limiter, question)).kind);
    }
    expect(new Set(kinds.slice(0, 10))).toEqual(new Set(['unknown']));
    expect(kinds[10]).toBe('slow');
  });

  it('[AU32] tries are limited per address and per code', async () => {
    const limiter = createRateLimiter(() => 0);
    const ask = (code: string, address: string) =>
      lookUp(county.room.desk, limiter, { code, name: '周桂芹', address });
    const code = sampleQueryCode('S01');
    const kinds = [];
    for (let i = 0; i < 6; i += 1) kinds.push((await ask(code, `10.0.0.${i}`)).kind);
    expect(kinds).toEqual(['found', 'found', 'found', 'found', 'found', 'slow']);
    for (let i = 0; i < 10; i += 1) await ask(sampleQueryCode(`X${i}`), '10.1.1.1');
    expect((await ask(sampleQueryCode('S02'), '10.1.1.1')).kind).toBe('slow');
  });

  it('[AU32] a code with a wrong digit has a bucket of its own and is told unknown', async () => {
    const limiter = createRateLimiter(() => 0);
    const right = sampleQueryCode('S01');
    const kinds = [];
    for (let i = 0; i < 8; i += 1) {
      const last = String((Number(right.at(-1)) + 1 + i) % 10);
      const code = i === 7 ? `${last}${right.slice(1)}` : right.slice(0, 11) + last;
      kinds.push(
        (await lookUp(county.room.desk, limiter, { code, name: '周桂芹', address: `${i}` })).kind,
      );
    }
    expect(kinds).toEqual(Array(8).fill('unknown'));
    const again = { code: right.slice(0, 11) + ((Number(right.at(-1)) + 1) % 10), name: '周' };
    for (let i = 0; i < 4; i += 1)
      await lookUp(county.room.desk, limiter, { ...again, address: `b${i}` });
    expect((await lookUp(county.room.desk, limiter, { ...again, address: 'c' })).kind).toBe('slow');
  });
});
