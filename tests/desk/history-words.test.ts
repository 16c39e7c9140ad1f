import { afterAll, beforeAll, expect, it } from 'vitest';
import * as z from 'zod';
import { CLOCK_RULES } from '../../src/lib/domain/clock-rules.ts';
import stateMachine from '../../src/lib/domain/data/state-machine.json' with { type: 'json' };
import { EVENT_SCHEMAS, EVENT_TYPES } from '../../src/lib/domain/events.ts';
import {
  headFieldsSchema,
  LITERACIES,
  petitionerSchema,
  PHONE_TYPES,
} from '../../src/lib/domain/events/case-fields.ts';
import { ACTS } from '../../src/lib/server/desk/acts/index.ts';
import type { ActContext } from '../../src/lib/server/desk/acts/spec.ts';
import { fieldName, valueWords } from '../../src/lib/server/desk/answer-words.ts';
import { eventName, historyOf, statusName, TELLING } from '../../src/lib/server/desk/history.ts';
import { paperOf } from '../../src/lib/server/desk/paper.ts';
import { papersOf } from '../../src/lib/server/desk/papers.ts';
import { peekOf } from '../../src/lib/server/desk/peek.ts';
import { perform } from '../../src/lib/server/desk/perform.ts';
import { reviewOf } from '../../src/lib/server/desk/review.ts';
import { seeCase, seenCases } from '../../src/lib/server/desk/see.ts';
import { deskActsWords } from '../../src/lib/ui/messages/desk-acts.ts';
import { deskCaseWords } from '../../src/lib/ui/messages/desk-case.ts';
import { deskHistoryWords } from '../../src/lib/ui/messages/desk-history.ts';
import { deskWords } from '../../src/lib/ui/messages/desk.ts';
import { eventId, formOf, openTestCounty, type TestCounty } from './county.ts';

let county: TestCounty;
beforeAll(async () => {
  county = await openTestCounty();
}, 300_000);
afterAll(() => county.close());

interface Shape {
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Shape[];
  readonly items?: Shape;
}
const shapeOf = (schema: unknown): Shape =>
  z.toJSONSchema(schema as z.core.$ZodType, { unrepresentable: 'any', io: 'input' }) as Shape;
/** The codes of a field, wherever its schema has them. */
const codesOf = (shape: Shape | undefined): readonly string[] => [
  ...(shape?.enum ?? []).filter((one): one is string => typeof one === 'string'),
  ...(shape?.anyOf ?? []).flatMap(codesOf),
  ...(shape?.items === undefined ? [] : codesOf(shape.items)),
];
/** A word of capitals that no person reads: DEADLINE, VILLAGER_WISH. */
const RAW = /(?<![A-Za-z0-9_-])[A-Z]{3,}(?:_[A-Z]+)*(?![A-Za-z0-9_-])/;
const languages = ['zh-CN', 'en'] as const;

it('[UI146] every event, status and clock of the life cycle has a name that is no code', () => {
  for (const { id } of stateMachine.events) expect(eventName(id)).not.toBe(id);
  for (const type of EVENT_TYPES) expect(eventName(type)).not.toBe(type);
  for (const { code } of stateMachine.statuses) expect(statusName(code)).not.toBe(code);
  for (const rule of Object.values(CLOCK_RULES)) expect(rule.zh).not.toBe('');
});

it('[UI146] every code that a line of the history can say has words in both languages', () => {
  let codes = 0;
  for (const type of EVENT_TYPES) {
    const { properties = {} } = shapeOf(EVENT_SCHEMAS[type]);
    for (const field of TELLING)
      for (const code of codesOf(properties[field])) {
        codes += 1;
        for (const language of languages)
          expect(deskHistoryWords[language][type]?.[field]?.[code], `${type} ${code}`).toBeTruthy();
      }
  }
  expect(codes).toBeGreaterThan(30);
  for (const language of languages) {
    const { effects } = deskCaseWords[language].timeline;
    for (const effect of ['NOTED', 'SUSPENDED', 'SEALED', 'UNKNOWN'])
      expect(effects[effect], effect).toBeTruthy();
    const { literacy, phone } = deskWords[language].peek;
    for (const one of LITERACIES) expect(literacy[one], one).toBeTruthy();
    for (const one of PHONE_TYPES) expect(phone[one], one).toBeTruthy();
  }
});

it('[UI163] 换个人记 is told by whom she wants, in words, and not by why', () => {
  const wants = codesOf(shapeOf(EVENT_SCHEMAS['agent.recused']).properties?.['wants']);
  expect(wants).toHaveLength(4);
  const rights = { words: true, field: true, unitSide: false, followup: true };
  const told = (code: 'A' | 'T' | 'O', want: string) => {
    const stamp = { actor: { code, name: '王春生' }, receivedAt: null };
    const payload = { reason: 'INVOLVED', wants: want };
    const event = { id: 'one', type: 'agent.recused', stamp, payload, occurredAt: '' };
    const file = { timeline: [], opaque: [] };
    return historyOf(file as never, [event as never], rights)[0];
  };
  for (const want of wants) {
    for (const code of ['A', 'T'] as const)
      expect(told(code, want)).toMatchObject({ field: 'wants', text: want });
    expect(told('O', want)).toMatchObject({ field: 'reason', text: 'INVOLVED' });
    for (const language of languages)
      expect(deskHistoryWords[language]['agent.recused']?.['wants']?.[want], want).toBeTruthy();
  }
});

it('[UI146] every field of an intake has a name, and each of its codes a word', () => {
  let codes = 0;
  for (const schema of [headFieldsSchema, petitionerSchema])
    for (const [field, shape] of Object.entries(shapeOf(schema).properties ?? {})) {
      expect(fieldName(field), field).toMatch(/\p{Script=Han}/u);
      for (const code of codesOf(shape).filter((one) => /^\w+$/.test(one))) {
        codes += 1;
        expect(valueWords(field, code), `${field} ${code}`).not.toBe(code);
      }
    }
  expect(codes).toBeGreaterThan(40);
});

it('[UI146] a supervision is printed with its ground in words, whichever the desk offers', async () => {
  const { desk } = county.room;
  const person = await county.person('juzhang');
  const open = (await seenCases(desk, person)).find(
    ({ record }) => record.file.status === 'TRANSFERRED',
  );
  if (open === undefined) throw new Error('the demo has a transferred case');
  const { caseId } = open.record;
  const grounds = Object.keys(deskActsWords['zh-CN'].options['ground'] ?? {}).slice(4);
  expect(grounds).toContain('DEADLINE');
  for (const ground of grounds) {
    const press = { caseId, act: 'supervise', eventId: eventId(`sup-${ground}`) };
    const answers = { level: '2', ground, question: '为什么没办', answerBy: '2026-12-30' };
    const done = await perform(desk, person, { ...press, form: formOf(answers) });
    expect(done).toMatchObject({ ok: true });
    const seen = await seeCase(desk, person, caseId);
    const made = seen && paperOf(desk, person, { seen, kind: 'supervision' });
    expect(made?.paper.paragraphs.join()).toContain(
      deskActsWords['zh-CN'].options['ground']?.[ground],
    );
  }
});

it('[UI146] what waits for a decision is named in words', () => {
  const change = { field: 'petitioners.0.phoneType', to: 'NEIGHBOUR' };
  const kept = { eventId: 'kept', eventType: 'case.supplemented', reason: '机器没登记' };
  const file = {
    supplements: [{ proposal: 'OPEN', mark: { eventId: 'one' }, payload: { changes: [change] } }],
    quarantined: [{ adopted: null, noted: { payload: kept } }],
  };
  const wordsOf = (act: string, name: string) =>
    ACTS.find(({ id }) => id === act)
      ?.fields({ file } as unknown as ActContext)
      .find((field) => field.name === name)
      ?.options?.map(({ word }) => word);
  expect(wordsOf('decideProposal', 'supplementId')).toEqual(['电话 → 邻居的']);
  expect(wordsOf('adoptKept', 'keptId')).toEqual([`${eventName('case.supplemented')} 机器没登记`]);
});

it('[UI146] no page of a case, peek, act or paper of the demo shows a code', async () => {
  const { desk } = county.room;
  const shown: string[] = [];
  for (const user of ['juzhang', 'dengji', 'mifeng1', 'swj-jingban']) {
    const person = await county.person(user);
    for (const seen of await seenCases(desk, person)) {
      const { view, acts } = await reviewOf(desk, person, seen);
      const peek = await peekOf(desk, person, view.caseId);
      for (const kind of papersOf(seen.record.file))
        shown.push(JSON.stringify(paperOf(desk, person, { seen, kind })?.paper ?? ''));
      for (const language of languages) {
        const history = deskHistoryWords[language];
        const words = deskActsWords[language];
        shown.push(
          ...view.timeline.map(({ type, field, text }) => history[type]?.[field]?.[text] ?? text),
          ...[view.title, view.place, view.category, view.holder, view.statusName],
          ...view.petitioner.map(({ label, text }) =>
            label === 'told' ? (deskCaseWords[language].told[text] ?? text) : text,
          ),
          ...[...view.conflicts, ...view.kept].map(({ text }) => text),
          ...view.conflicts.flatMap(({ versions }) =>
            versions.flatMap(({ name, first, second }) => [name, first, second]),
          ),
          ...acts.map(({ id }) => words.acts[id]?.word ?? id),
          ...acts.flatMap(({ fields }) =>
            fields.flatMap(({ name, kind, options = [] }) => [
              words.fields[name] ?? name,
              ...options.map(({ value, word }) => {
                const of = kind === 'claims' ? 'result' : name;
                return word ?? words.options[of]?.[value] ?? value;
              }),
            ]),
          ),
          ...(peek === null ? [] : [peek.title, peek.holder, peek.nextWord]),
        );
      }
    }
  }
  expect(shown.length).toBeGreaterThan(5_000);
  // What the samples say in capitals themselves.
  const raw = shown.filter((text) => RAW.test(text.replace('GPS', '')));
  expect([...new Set(raw)]).toEqual([]);
});
