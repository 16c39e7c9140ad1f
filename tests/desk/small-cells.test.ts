import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CaseId } from '../../src/lib/domain/values.ts';
import { FIGURES, isFigure, type FigureId } from '../../src/lib/server/desk/figures.ts';
import { behindFigure, insightOf, PERIODS } from '../../src/lib/server/desk/insight.ts';
import { ledgerRows, readLedgerAsk } from '../../src/lib/server/desk/ledger.ts';
import { perform } from '../../src/lib/server/desk/perform.ts';
import { eventId, formOf, openTestCounty, type TestCounty } from './county.ts';

let county: TestCounty;
let sealed: ReadonlySet<CaseId>;
const TOLD_FROM = 5;

beforeAll(async () => {
  county = await openTestCounty();
  const { desk } = county.room;
  const clerk = await county.person('dengji');
  for (const { caseId, file } of await desk.cases.all()) {
    if (file.sealed !== null) continue;
    const id = eventId(`seal${caseId}`.replaceAll(/\W/g, ''));
    const press = { caseId, act: 'seal', eventId: id, form: formOf({ reason: 'ACCUSATION' }) };
    await perform(desk, clerk, press);
  }
  const all = await desk.cases.all();
  sealed = new Set(all.flatMap(({ caseId, file }) => (file.sealed === null ? [] : [caseId])));
}, 300_000);
afterAll(() => county.close());

describe('small cells', () => {
  it('[AU182] five sealed cases or more are in a figure, in whatever period, or none of them', async () => {
    const { desk } = county.room;
    expect(sealed.size).toBeGreaterThanOrEqual(TOLD_FROM);
    const met = { none: 0, many: 0 };
    for (const user of ['juzhang', 'shenhe', 'heyan']) {
      const person = await county.person(user);
      for (const period of PERIODS)
        for (const figure of Object.keys(FIGURES) as FigureId[]) {
          const behind = await behindFigure(desk, person, { figure, period });
          const hidden = [...behind.keys()].filter((id) => sealed.has(id as CaseId)).length;
          expect(hidden === 0 || hidden >= TOLD_FROM, `${user} ${period} ${figure}`).toBe(true);
          met[hidden === 0 ? 'none' : 'many'] += 1;
        }
    }
    // Both are met: the rule would otherwise hold of nothing.
    expect(met.none).toBeGreaterThan(5);
    expect(met.many).toBeGreaterThan(0);
  });

  it('[AU182] a unit’s line and the funnel point at no sealed case either', async () => {
    const { desk } = county.room;
    const director = await county.person('juzhang');
    const all = await desk.cases.all();
    for (const period of PERIODS) {
      const { units, funnel, heat } = await insightOf(desk, director, period);
      const open = all.filter(({ caseId }) => !sealed.has(caseId));
      for (const { id, denominator } of units) {
        const own = open.filter(({ file }) => file.head.unit === id).length;
        expect(denominator, `${period} ${id}`).toBeLessThanOrEqual(own);
      }
      for (const { n } of funnel)
        expect(n <= open.length || n >= TOLD_FROM, `${period} ${n}`).toBe(true);
      const cells = heat.rows.reduce((sum, row) => sum + row.total, 0);
      expect(cells).toBeLessThanOrEqual(open.length);
    }
  });
});

describe('what villagers answered', () => {
  it('[RT40] of fewer than five answers nobody but the rating desk and the director sees a share', async () => {
    const own = await openTestCounty();
    try {
      const { desk } = own.room;
      let few = 0;
      for (const user of ['juzhang', 'heyan', 'shenhe', 'dengji']) {
        const person = await own.person(user);
        for (const period of PERIODS) {
          const { tiles } = await insightOf(desk, person, period);
          for (const tile of tiles) {
            if (!tile.few) continue;
            few += 1;
            expect(['satisfiedUnit', 'satisfiedOffice', 'bothSatisfied']).toContain(tile.id);
            expect(tile).toMatchObject({ text: '—', numerator: 0, denominator: 0 });
            expect(user).not.toBe('juzhang');
            if (!isFigure(tile.id)) throw new Error(tile.id);
            const behind = await behindFigure(desk, person, { figure: tile.id, period });
            const answers = [...behind.values()].reduce((sum, one) => sum + one.denominator, 0);
            expect(answers).toBeGreaterThan(0);
            expect(answers).toBeLessThan(5);
          }
        }
      }
      expect(few).toBeGreaterThan(0);
      // The list behind the good answers would say of each case what its villager answered.
      const listed = async (user: string, part: string) => {
        const query = new URLSearchParams(`figure=satisfiedUnit&p=year&part=${part}`);
        const asked = readLedgerAsk(query);
        return (await ledgerRows(desk, await own.person(user), asked)).rows.length;
      };
      expect(await listed('juzhang', 'n')).toBeGreaterThan(0);
      expect(await listed('shenhe', 'n')).toBe(0);
      expect(await listed('shenhe', 'd')).toBeGreaterThan(0);
    } finally {
      await own.close();
    }
  });
});
