import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sampleCaseId } from '../../src/lib/domain/samples/sample-ids.ts';
import type { Subject } from '../../src/lib/domain/permissions.ts';
import { untold } from '../../src/lib/domain/untold.ts';
import type { Instant } from '../../src/lib/domain/values.ts';
import { standsInInbox } from '../../src/lib/server/desk/inbox.ts';
import {
  beginLook,
  logLook,
  lookAt,
  LOOK_REASONS,
  looksTold,
  mayTell,
} from '../../src/lib/server/desk/looks.ts';
import { perform } from '../../src/lib/server/desk/perform.ts';
import { peekOf } from '../../src/lib/server/desk/peek.ts';
import { reviewOf } from '../../src/lib/server/desk/review.ts';
import { seeCase, seenCases, type SeenCase } from '../../src/lib/server/desk/see.ts';
import { deskLooksWords } from '../../src/lib/ui/messages/desk-looks.ts';
import { eventId, formOf, openTestCounty, type TestCounty } from './county.ts';

let county: TestCounty;
let clerk: Subject;
beforeAll(async () => {
  county = await openTestCounty();
  clerk = await county.person('dengji');
}, 300_000);
afterAll(() => county.close());

const desk = () => county.room.desk;
const later = (hours: number) => {
  const at = new Date(Date.parse(desk().now()) + hours * 3_600_000).toISOString() as Instant;
  return { ...desk(), now: () => at };
};
const idNoOf = ({ record }: SeenCase) => record.file.petitioners[0]?.idNo ?? '';
/** A case with an identity number that waits for this person, or that does not. */
async function caseFor(person: Subject, waits: boolean, skip = 0): Promise<SeenCase> {
  const fit = (await seenCases(desk(), person)).filter(
    (seen) => standsInInbox(desk(), person, seen) === waits && idNoOf(seen).length === 18,
  );
  const found = fit[skip];
  if (!found) throw new Error('the demo has none');
  return found;
}
const linesOf = ({ record }: SeenCase) =>
  desk().db.selectFrom('audit').selectAll().where('case_id', '=', record.caseId).execute();
async function shown(person: Subject, seen: SeenCase, deps = desk()) {
  const made = await reviewOf(deps, person, seen);
  await logLook(deps, person, { seen, look: made.look });
  return { ...made, text: JSON.stringify(made.view) };
}

describe('a look at what is sensitive', () => {
  it('[AU105] what waits for a person is shown without a question, with a line', async () => {
    const seen = await caseFor(clerk, true);
    const { look, text } = await shown(clerk, seen);
    expect(look).toMatchObject({ open: true, why: '' });
    expect(text).toContain(idNoOf(seen));
    expect(await linesOf(seen)).toMatchObject([{ action: 'view.logged', role: 'O1', why: '' }]);
  });

  it('[AU105] anything else shows nothing of it before a reason, and writes no line', async () => {
    const seen = await caseFor(clerk, false);
    const first = await shown(clerk, seen);
    expect(first.look.open).toBe(false);
    expect(first.text).not.toContain(idNoOf(seen));
    expect(first.view.photos).toEqual([]);
    expect(first.view.title).not.toBe('');
    for (const [code, words] of [
      ['', ''],
      ['NOSY', '想看看这家人'],
      ['IN_HAND', ''],
      ['OTHER', ' 看 看 '],
    ] as const)
      expect(await beginLook(desk(), clerk, { seen, code, words })).toBe('REASON');
    expect(await linesOf(seen)).toEqual([]);

    const words = `老于\0来问\ud800`;
    expect(await beginLook(desk(), clerk, { seen, code: 'ASKED', words })).toBe('begun');
    const second = await shown(clerk, seen);
    expect(second.text).toContain(idNoOf(seen));
    const why = 'ASKED：老于来问\ufffd';
    expect((await linesOf(seen)).map((line) => line.why)).toEqual([why, why]);
    // Nobody else's reason opens it, and a day's work later he is asked again.
    const other = await county.person('shenhe');
    const theirs = await seeCase(desk(), other, seen.record.caseId);
    if (!theirs) throw new Error('the reviewer sees it');
    expect((await shown(other, theirs)).look.open).toBe(false);
    expect((await shown(clerk, seen, later(7))).look.open).toBe(true);
    expect((await shown(clerk, seen, later(16))).look.open).toBe(false);
  });

  it('[AU106] [UI200] of a sealed case nothing at all is shown before a reason, in no pane', async () => {
    const keeper = await county.person('mifeng1');
    const isUntold = ({ record }: SeenCase) => untold(record.file) !== null;
    const [waiting] = (await seenCases(desk(), keeper)).filter(isUntold);
    if (!waiting) throw new Error('the demo has none');
    const { caseId } = waiting.record;
    // It waits for the list until somebody told her what was decided.
    expect(standsInInbox(desk(), keeper, waiting)).toBe(true);
    const form = formOf({ what: '跟本人说了走纪委的路', how: 'PHONE' });
    const press = { caseId, act: 'tell', eventId: eventId(`tell-${caseId}`), form };
    expect(await perform(desk(), keeper, press)).toEqual({ ok: true, value: true });
    const seen = await seeCase(desk(), keeper, caseId);
    if (!seen || standsInInbox(desk(), keeper, seen)) throw new Error('told, and it still waits');
    const { file } = seen.record;
    const own = (await linesOf(seen)).length;
    const { text, acts } = await shown(keeper, seen);
    const words = [file.head.title, file.head.summary, ...file.dictations.map((d) => d.verbatim)];
    for (const word of [...words, ...file.petitioners.map(({ name }) => name)])
      if (word) expect(text).not.toContain(word);
    expect([acts, await peekOf(desk(), keeper, file.caseId)]).toEqual([[], null]);
    expect((await linesOf(seen)).slice(own)).toEqual([]);
    const code = 'OTHER';
    expect(await beginLook(desk(), keeper, { seen, code, words: '省里要材料' })).toBe('begun');
    expect((await shown(keeper, seen)).view.title).toBe(file.head.title);
    expect(await peekOf(desk(), keeper, file.caseId)).not.toBeNull();
    const notes = (await linesOf(seen)).slice(own).map(({ note }) => note);
    expect(notes).toEqual(['P4', 'P4', 'P4']);
  });

  it('[UI184] a page that is loaded again within minutes is one look, later it is another one', async () => {
    const auditor = await county.person('shenji');
    const seen = await caseFor(clerk, false, 2);
    const timesOf = async () =>
      (await looksTold(desk(), auditor, seen)).reduce((sum, { times }) => sum + times, 0);
    const before = (await linesOf(seen)).length;
    expect(await timesOf()).toBe(0);
    await beginLook(desk(), clerk, { seen, code: 'COMPARE', words: '' });
    for (const hours of [0, 0.05, 0.1, 0.2, 0.3]) await shown(clerk, seen, later(hours));
    expect(await timesOf()).toBe(1);
    for (const hours of [0.6, 0.65]) await shown(clerk, seen, later(hours));
    expect(await timesOf()).toBe(2);
    // The audit has every one.
    expect((await linesOf(seen)).length - before).toBe(8);
  });

  it('[AU107] the office tells the petitioner who looked: post, time, what, why, and no name', async () => {
    const seen = await caseFor(clerk, false, 1);
    for (let n = 0; n < 2; n++) {
      await beginLook(desk(), clerk, { seen, code: 'COMPARE', words: '跟另一件像' });
      await shown(clerk, seen);
    }
    const told = await looksTold(desk(), clerk, seen);
    expect(told).toMatchObject([
      { roles: ['O1'], who: '', what: 'P3', code: 'COMPARE', words: '跟另一件像', times: 1 },
    ]);
    expect(told[0]?.at).toMatch(/^20\d\d-/);
    expect(JSON.stringify(told)).not.toContain(clerk.personId);
    const auditor = await county.person('shenji');
    expect((await looksTold(desk(), auditor, seen))[0]?.who).toBe(clerk.personId);
    const tells = async (user: string) => mayTell(desk(), await county.person(user), seen.sight);
    expect(await Promise.all(['dengji', 'juzhang', 'shenji'].map(tells))).toEqual([
      true,
      true,
      true,
    ]);
    expect(await Promise.all(['heyan', 'guanli', 'mifeng1'].map(tells))).toEqual([
      false,
      false,
      false,
    ]);
  });

  it('[AU107] every reason and class has its words in both languages', () => {
    for (const words of Object.values(deskLooksWords)) {
      for (const code of [...LOOK_REASONS, 'IN_HAND', '']) expect(words.reasons[code]).toBeTruthy();
      for (const one of ['P3', 'P4', 'P3+P4', 'ORIGINAL']) expect(words.classes[one]).toBeTruthy();
    }
  });

  it('[AU105] who may see nothing sensitive is asked nothing and leaves no line', async () => {
    const unit = await county.person('nyj-jingban');
    const [seen] = await seenCases(desk(), unit);
    if (!seen) throw new Error('the unit has a case');
    const before = (await linesOf(seen)).length;
    expect(await lookAt(desk(), unit, seen)).toEqual({ classes: '', open: true, why: '' });
    expect(await beginLook(desk(), unit, { seen, code: 'AUDIT', words: '' })).toBe('NOTHING');
    await shown(unit, seen);
    expect(await linesOf(seen)).toHaveLength(before);
    expect(await seeCase(desk(), unit, sampleCaseId('S03'))).toBeNull();
  });
});
