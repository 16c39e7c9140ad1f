import { afterAll, beforeAll, expect, it } from 'vitest';
import { type FigureId, FIGURES, isFigure } from '../../src/lib/server/desk/figures.ts';
import {
  behindFigure,
  insightOf,
  PERIODS,
  periodBefore,
} from '../../src/lib/server/desk/insight.ts';
import { ledgerOf, ledgerRows, readLedgerAsk } from '../../src/lib/server/desk/ledger.ts';
import { openTestCounty, type TestCounty } from './county.ts';

let county: TestCounty;
beforeAll(async () => {
  county = await openTestCounty();
}, 300_000);
afterAll(() => county.close());

const ask = (query: string) => readLedgerAsk(new URLSearchParams(query));
const sum = (counts: Iterable<number>) => [...counts].reduce((a, b) => a + b, 0);

it('[AU33] the cases behind each figure add up to its two counts, in every period', async () => {
  const { desk } = county.room;
  let looked = 0;
  for (const user of ['juzhang', 'heyan']) {
    const person = await county.person(user);
    for (const period of PERIODS) {
      const { tiles, registered } = await insightOf(desk, person, period);
      const shown = [
        ...tiles,
        { id: 'registered', numerator: registered, denominator: registered, few: false },
      ];
      for (const { id, numerator, denominator, few } of shown) {
        if (!isFigure(id)) throw new Error(id);
        if (few) continue;
        const behind = await behindFigure(desk, person, { figure: id, period });
        const counts = [...behind.values()];
        expect(sum(counts.map((one) => one.numerator)), `${user} ${period} ${id}`).toBe(numerator);
        expect(sum(counts.map((one) => one.denominator)), id).toBe(denominator);
        if (denominator > 0) looked += 1;
      }
    }
  }
  // Empty figures would agree with anything.
  expect(looked).toBeGreaterThan(20);
});

it('[AU33] the ledger lists exactly those cases that the person may see, and says how many there are', async () => {
  const { desk } = county.room;
  const person = await county.person('juzhang');
  for (const id of Object.keys(FIGURES) as FigureId[]) {
    const behind = await behindFigure(desk, person, { figure: id, period: 'year' });
    const sealed = new Set(
      (await desk.cases.all()).flatMap(({ caseId, file }) => (file.sealed ? [caseId] : [])),
    );
    for (const part of ['n', 'd'] as const) {
      const wanted = [...behind].filter(([caseId, counts]) => {
        const n = part === 'n' ? counts.numerator : counts.denominator;
        return n > 0 && !sealed.has(caseId as never);
      });
      const found = await ledgerRows(desk, person, ask(`figure=${id}&p=year&part=${part}`));
      expect(found.rows.map((row) => row.caseId).sort(), `${id} ${part}`).toEqual(
        wanted.map(([caseId]) => caseId).sort(),
      );
    }
  }
  const shown = await ledgerOf(desk, person, ask('figure=registered&p=year'));
  expect(shown.figure?.id).toBe('registered');
  expect(shown.total).toBe(shown.figure?.cases);
});

it('[AU95] fewer than five sealed cases are in no figure of those who may not see them', async () => {
  const { desk } = county.room;
  const registered = async (user: string) => {
    const person = await county.person(user);
    const behind = await behindFigure(desk, person, { figure: 'registered', period: 'year' });
    const ids = new Set(behind.keys());
    const all = await desk.cases.all();
    return all.filter(({ caseId, file }) => file.sealed !== null && ids.has(caseId)).length;
  };
  const sealed = (await desk.cases.all()).filter(({ file }) => file.sealed !== null).length;
  expect(sealed).toBeGreaterThan(0);
  expect(sealed).toBeLessThan(5);
  for (const user of ['juzhang', 'shenhe', 'heyan']) expect(await registered(user)).toBe(0);
});

it('[AU33] an unknown figure filters nothing, and a unit without the right gets its own list', async () => {
  const { desk } = county.room;
  expect(ask('figure=constructor').figure).toBeNull();
  const unit = await county.person('mzj-jingban');
  const plain = await ledgerRows(desk, unit, ask(''));
  const asked = await ledgerRows(desk, unit, ask('figure=repeat&p=year'));
  expect(asked.rows.length).toBe(plain.rows.length);
});

it('[AU34] what people come with is ranked against as many days before', async () => {
  expect(periodBefore('week', { from: '2026-06-08', to: '2026-06-10' } as never)).toEqual({
    from: '2026-06-01',
    to: '2026-06-03',
  });
  expect(periodBefore('month', { from: '2026-03-01', to: '2026-03-10' } as never)).toEqual({
    from: '2026-02-19',
    to: '2026-02-28',
  });
  const view = await insightOf(county.room.desk, await county.person('juzhang'), 'year');
  const { categories, villages } = view.demand;
  expect(categories.length).toBeGreaterThan(3);
  expect(villages.map((line) => line.now)).toEqual(
    villages.map((line) => line.now).sort((a, b) => b - a),
  );
  // Every registered case but the sealed one has a village; ten lines are shown.
  expect(sum(villages.map((line) => line.now))).toBeLessThanOrEqual(view.registered - 1);
});
