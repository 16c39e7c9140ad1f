/** Who may not know who asks (case.view_identity) reads it on no paper, and no query code anywhere. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { CaseFile } from '../../src/lib/domain/case-file.ts';
import { groupQueryCode } from '../../src/lib/domain/numbers.ts';
import { ledgerRows, readLedgerAsk } from '../../src/lib/server/desk/ledger.ts';
import { paperOf } from '../../src/lib/server/desk/paper.ts';
import { papersOf } from '../../src/lib/server/desk/papers.ts';
import { reviewOf } from '../../src/lib/server/desk/review.ts';
import { may, type SeenCase, seenCases } from '../../src/lib/server/desk/see.ts';
import { demoPeople } from '../../src/lib/server/demo/people.ts';
import { openTestCounty, type TestCounty } from './county.ts';

let county: TestCounty;
beforeAll(async () => {
  county = await openTestCounty();
}, 300_000);
afterAll(() => county.close());

const TO = '收件记号某';

/** The case as if its paper had been taken by somebody, at his house. */
function delivered(one: SeenCase, refused: boolean): SeenCase {
  const { file } = one.record;
  const mark = file.timeline[0];
  const who = refused ? { refused, witness: { name: TO } } : { to: TO, relation: `${TO}之子` };
  const payload = { docKind: '处理意见书', how: 'FACE', place: `${TO}家里`, ...who };
  const deliveries = [{ mark: { ...mark, actor: { name: '代理员' } }, payload }];
  const change = { deliveries } as unknown as Partial<CaseFile>;
  return { ...one, record: { ...one.record, file: { ...file, ...change } } };
}

it('[AU380] no paper names who took it, where, or a witness to whom may not read the name', async () => {
  const { desk } = county.room;
  const tried = { named: 0, withheld: 0 };
  for (const { user } of demoPeople()) {
    const person = await county.person(user);
    for (const [n, one] of (await seenCases(desk, person)).slice(0, 40).entries()) {
      const seen = delivered(one, n % 2 === 1);
      const identity = may(desk, person, ['case.view_identity', one.sight]);
      const names = one.record.file.petitioners.flatMap(({ name }) => name || []);
      for (const kind of papersOf(seen.record.file)) {
        const made = paperOf(desk, person, { seen, kind });
        const { to = '', paragraphs = [], plain = '' } = made?.paper ?? {};
        const said = JSON.stringify({ to, paragraphs, plain, query: made?.query });
        if (kind === 'delivery') expect(said.includes(TO), `${user} ${kind}`).toBe(identity);
        if (identity) tried.named += 1;
        else {
          tried.withheld += 1;
          if (kind === 'delivery') for (const name of names) expect(said).not.toContain(name);
          expect(['', '匿名', '信访人（身份保密）']).toContain(made?.paper.to ?? '');
        }
      }
    }
  }
  expect(tried.named).toBeGreaterThanOrEqual(100);
  expect(tried.withheld).toBeGreaterThanOrEqual(50);
});

it('[AU381] the query code stands on no page, list or paper of whom may not read the name', async () => {
  const { desk } = county.room;
  const tried = { shown: 0, withheld: 0 };
  const ask = readLedgerAsk(new URLSearchParams());
  for (const { user } of demoPeople()) {
    const person = await county.person(user);
    const { rows } = await ledgerRows(desk, person, ask);
    for (const row of rows.slice(0, 25)) {
      const { seen } = row;
      const whole = await desk.cases.one(row.caseId);
      const code = whole?.file.numbers.queryCode ?? null;
      if (code === null || seen.sight.sealed) continue;
      const identity = may(desk, person, ['case.view_identity', seen.sight]);
      expect(row.query !== '', `${user} in the list`).toBe(identity);
      const { view } = await reviewOf(desk, person, seen);
      const papers = papersOf(seen.record.file).map((kind) =>
        paperOf(desk, person, { seen, kind }),
      );
      const listed = { ...row, seen: null };
      const said = JSON.stringify([listed, view, papers]);
      const told = said.includes(code) || said.includes(groupQueryCode(code));
      expect(told, `${user} reads the code`).toBe(identity);
      tried[identity ? 'shown' : 'withheld'] += 1;
    }
  }
  expect(tried.shown).toBeGreaterThanOrEqual(50);
  expect(tried.withheld).toBeGreaterThanOrEqual(25);
});
