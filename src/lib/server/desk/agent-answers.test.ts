import { expect, it } from 'vitest';
import { choicePayload, openChoices } from '../../domain/intake-choice.ts';
import { sha } from '../../domain/testing/ids.ts';
import { offer } from '../../domain/testing/offer.ts';
import { EXAMPLES, fileOf, SUBMITTED } from '../../domain/testing/story.ts';
import { conflictViews, goneViews } from './agent-answers.ts';

const all = { identity: true, sensitive: true };
const unit = { identity: false, sensitive: false };

it('[UI30] the desk sees both versions of an intake and what the agent kept', () => {
  const { head, petitioners, receipt } = EXAMPLES['case.taken'];
  const person = { ...petitioners[0]!, name: '周桂琴' };
  const other = { receipt, petitioners: [person], head: { ...head, placeText: '西头井沿' } };
  const twice = offer(fileOf(...SUBMITTED), ['case.taken', other, { id: 'again' }]).file;
  const [waiting] = conflictViews(twice, all);
  expect(waiting).toMatchObject({ rule: 'K06', open: true, agents: true });
  expect(waiting?.versions).toEqual([
    ...[
      {
        ...{ key: 'placeText', name: '挨着谁家、哪条道', keep: null },
        ...{ first: '东院墙外水井边', second: '西头井沿' },
      },
      {
        ...{ key: 'petitioners.0.name', name: '名字', keep: null },
        ...{ first: '周桂芹', second: '周桂琴' },
      },
    ],
  ]);
  const hidden = JSON.stringify(conflictViews(twice, unit));
  expect(hidden).not.toMatch(/周桂[芹琴]/);
  expect(hidden).toContain('西头井沿');

  const payload = choicePayload(openChoices(twice)[0]!, () => 'SECOND');
  const line = { text: undefined, changes: undefined, ...payload };
  const chosen = offer(twice, ['case.supplemented', line]).file;
  const [view] = conflictViews(chosen, all);
  expect(view?.open).toBe(false);
  expect(view?.versions.map(({ keep }) => keep)).toEqual(['SECOND', 'SECOND']);
});

it('[UI30] the desk reads what the agent said of a file that will not come', () => {
  const file = fileOf(...SUBMITTED, ['attachment.added', {}]);
  expect(goneViews(file, all)).toEqual([]);
  const line = { text: '机器掉井里了', changes: undefined, lostAttachments: [sha('b')] };
  const lost = offer(file, ['case.supplemented', { ...line, attachments: undefined }]).file;
  expect(goneViews(lost, unit)).toMatchObject([
    { words: '机器掉井里了', by: '王春生', caption: '' },
  ]);
  expect(goneViews(lost, all)[0]?.caption).toBe(lost.attachments[0]?.payload.caption);
  const again = offer(file, ['case.supplemented', { ...line, attachments: [sha('c')] }]).file;
  expect(goneViews(again, all)).toMatchObject([{ again: true }]);
});
