/** 县局 and leaders: rulings, supervision, ends, and whatever may be done in any status. */
import { REOPEN_REASONS } from '../../../domain/events/office.ts';
import { sightOf } from '../../../domain/permissions.ts';
import { fieldName, valueWords } from '../answer-words.ts';
import { eventName } from '../history.ts';
import { CATEGORIES, VILLAGES } from '../names.ts';
import {
  hasOpenSupervision,
  hasUnacknowledged,
  objectingUnit,
  openConflicts,
  openQuarantine,
  openWithdrawal,
} from './facts.ts';
import { unitChoices } from './meant.ts';
import {
  type ActContext,
  type ActSpec,
  date,
  line,
  maybe,
  type Named,
  select,
  shanghaiDay,
  text,
} from './spec.ts';

/** A person as payloads name him. */
const personFrom = (list: readonly Named[], id: unknown) => ({
  personId: id,
  name: list.find((one) => one.value === id)?.word ?? String(id),
});

const uphold: ActSpec = {
  id: 'uphold',
  type: 'objection.upheld',
  letter: 'y',
  group: 'main',
  fields: (context) => [maybe(select('newUnitId', unitChoices(context))), text('reason')],
  build: (answers, { file }) => ({ ...answers, unitId: objectingUnit(file) }),
};

const overrule: ActSpec = {
  id: 'overrule',
  type: 'objection.overruled',
  letter: 'n',
  group: 'main',
  fields: () => [text('reason')],
  build: (answers, { file }) => ({ ...answers, unitId: objectingUnit(file) }),
};

const reopen: ActSpec = {
  id: 'reopen',
  type: 'case.reopened',
  letter: 'p',
  group: 'other',
  fields: () => [select('reason', [...REOPEN_REASONS], 'PROMISE_BROKEN'), text('text')],
};

const confirmWithdrawal: ActSpec = {
  id: 'confirmWithdrawal',
  type: 'withdrawal.confirmed',
  letter: 'w',
  group: 'main',
  paper: 'withdrawn',
  fits: ({ file }) => openWithdrawal(file),
  fields: ({ personName }) => [
    select('how', ['PHONE', 'VISIT', 'COUNTER'], 'PHONE'),
    text('verified'),
    line('by', true, personName),
  ],
};

const refuseWithdrawal: ActSpec = {
  id: 'refuseWithdrawal',
  type: 'withdrawal.refused',
  letter: 'x',
  group: 'main',
  fits: ({ file }) => openWithdrawal(file),
  fields: () => [text('reason')],
};

const acknowledge: ActSpec = {
  id: 'acknowledge',
  type: 'urgent.acknowledged',
  letter: 'y',
  group: 'main',
  fits: ({ file }) => hasUnacknowledged(file),
  fields: ({ personName }) => [line('by', true, personName), line('how', false)],
};

const standDown: ActSpec = {
  id: 'standDown',
  type: 'urgent.stood_down',
  letter: 'z',
  group: 'other',
  fits: ({ file }) =>
    file.urgent.level !== null && file.urgent.stoodDown === null && !hasUnacknowledged(file),
  fields: () => [text('reason')],
};

const supervise: ActSpec = {
  id: 'supervise',
  type: 'supervision.issued',
  letter: 'v',
  group: 'other',
  paper: 'supervision',
  fields: ({ now }) => [
    select('level', ['1', '2', '3', '4'], '2'),
    select(
      'ground',
      ['DEADLINE', 'WRONG_HANDLING', 'SHIRKING', 'PERFUNCTORY', 'DELAY', 'FRAUD', 'REFUSAL'],
      'DEADLINE',
    ),
    text('question'),
    date('answerBy', true, shanghaiDay(now, 14)),
  ],
  build: ({ level, ...answers }) => ({ ...answers, level: Number(level) }),
};

const endSupervision: ActSpec = {
  id: 'endSupervision',
  type: 'supervision.closed',
  letter: 'k',
  group: 'other',
  fits: ({ file }) => hasOpenSupervision(file),
  fields: () => [text('result')],
};

const leaderCase: ActSpec = {
  id: 'leaderCase',
  type: 'leader.assigned',
  letter: 'f',
  group: 'other',
  fits: ({ leaders }) => leaders.length > 0,
  fields: ({ now, leaders }) => [
    select('leader', leaders),
    line('team'),
    text('task'),
    text('duty'),
    date('dueOn', true, shanghaiDay(now, 60)),
  ],
  build: ({ leader, ...answers }, { leaders }) => ({
    ...answers,
    leader: personFrom(leaders, leader),
  }),
};

const instruct: ActSpec = {
  id: 'instruct',
  type: 'leader.instructed',
  letter: 'i',
  group: 'main',
  fields: () => [text('text')],
};

/** 能不能告诉单位是谁说的, as it is typed. */
const TOLD: ReadonlyMap<string, boolean> = new Map([
  ['能', true],
  ['能告诉', true],
  ['不能', false],
  ['不能告诉', false],
]);

/** What may stand in a corrected field that has a list; the others take words. */
const CORRECTABLE: Readonly<Record<string, (wanted: string) => boolean>> = {
  areaCode: (wanted) => VILLAGES.some(({ value }) => value === wanted),
  categoryL2: (wanted) => CATEGORIES.some(({ value }) => value === wanted),
  petitionerCount: (wanted) => /^\d{1,6}$/.test(wanted),
  identityToUnit: (wanted) => TOLD.has(wanted),
};

const CORRECTED = [
  ...['title', 'areaCode', 'categoryL2', 'placeText', 'summary', 'petitionerCount'],
  'identityToUnit',
];

/** What the words of a correction become; a number and a yes or no are no words. */
const wantedOf = (field: unknown, wanted: unknown): unknown =>
  field === 'petitionerCount'
    ? Number(wanted)
    : field === 'identityToUnit'
      ? TOLD.get(String(wanted))
      : wanted;

const correct: ActSpec = {
  id: 'correct',
  type: 'case.corrected',
  letter: 'c',
  group: 'other',
  fields: () => [select('field', CORRECTED), text('new'), text('reason')],
  misfits: ({ field, new: wanted }) =>
    (CORRECTABLE[String(field)]?.(String(wanted)) ?? true) ? [] : ['new'],
  build: ({ field, new: wanted, reason }, { file }) => ({
    field,
    old: Object.entries(file.head).find(([name]) => name === field)?.[1],
    new: wantedOf(field, wanted),
    reason,
  }),
};

const followUp: ActSpec = {
  id: 'followUp',
  type: 'followup.recorded',
  letter: 'h',
  group: 'other',
  fields: () => [select('how', ['PHONE', 'VISIT'], 'PHONE'), text('result')],
  build: (answers) => ({ ...answers, scriptVersion: '1', sampled: true }),
};

const handOver: ActSpec = {
  id: 'handOver',
  type: 'case.handed_over',
  letter: 'u',
  group: 'other',
  fits: ({ agents }) => agents.length > 0,
  fields: ({ agents }) => [select('newAgent', agents), text('reason')],
  build: ({ newAgent, ...answers }, { agents }) => ({
    ...answers,
    to: personFrom(agents, newAgent),
  }),
};

const tell: ActSpec = {
  id: 'tell',
  type: 'notice.told',
  letter: 'q',
  group: 'other',
  fields: ({ file }) => [
    line('what'),
    // Of a sealed case nobody carries words to her.
    select('how', sightOf(file).sealed ? ['PHONE', 'FACE'] : ['PHONE', 'FACE', 'FAMILY'], 'PHONE'),
    line('to', false),
  ],
};

const relief: ActSpec = {
  id: 'relief',
  type: 'relief.referred',
  letter: 'j',
  group: 'other',
  fields: () => [line('what'), line('to', false), text('note', false)],
};

const unmerge: ActSpec = {
  id: 'unmerge',
  type: 'case.unmerged',
  letter: 'm',
  group: 'other',
  fields: () => [text('reason')],
};

const voidIt: ActSpec = {
  id: 'void',
  type: 'case.voided',
  letter: '0',
  group: 'end',
  fields: ({ file, voiders }) => [
    text('reason'),
    ...(file.numbers.caseNo === null ? [] : [select('secondPerson', voiders)]),
  ],
  build: ({ secondPerson, ...answers }, { voiders }) => ({
    ...answers,
    ...(secondPerson === undefined ? {} : { secondPerson: personFrom(voiders, secondPerson) }),
  }),
};

const decideReview: ActSpec = {
  id: 'decideReview',
  type: 'review.decided',
  letter: 'r',
  group: 'main',
  paper: 'review',
  fields: () => [
    line('body'),
    select('result', ['MAINTAIN', 'REVOKE', 'CHANGE'], 'MAINTAIN'),
    line('docNo'),
    text('plain'),
  ],
};

const settleReview: ActSpec = {
  id: 'settleReview',
  type: 'review.settled',
  letter: 'g',
  group: 'main',
  fields: () => [select('result', ['LAPSED', 'NEW_ROUND'], 'LAPSED'), text('reason', false)],
};

const decideRecheck: ActSpec = {
  id: 'decideRecheck',
  type: 'recheck.decided',
  letter: 'r',
  group: 'main',
  paper: 'recheck',
  fields: decideReview.fields,
};

const openProposals = (file: ActContext['file']) =>
  file.supplements.filter((one) => one.proposal === 'OPEN');

/** K01: what the agent added after registration; adopting corrects, declining tells him why. */
const decideProposal: ActSpec = {
  id: 'decideProposal',
  type: 'conflict.resolved',
  letter: 'a',
  group: 'main',
  fits: ({ file }) => openProposals(file).length > 0,
  fields: ({ file }) => [
    select(
      'supplementId',
      openProposals(file).map((one) => ({
        value: one.mark.eventId,
        word: (one.payload.changes ?? [])
          .map(({ field, to }) => `${fieldName(field)} → ${valueWords(field, to)}`)
          .join('；')
          .slice(0, 80),
      })),
    ),
    select('proposal', ['ADOPT', 'DECLINE'], 'ADOPT'),
    text('reason'),
  ],
};

const resolveConflict: ActSpec = {
  id: 'resolveConflict',
  type: 'conflict.resolved',
  letter: 'x',
  group: 'main',
  fits: ({ file }) => openConflicts(file).length > 0,
  fields: ({ file }) => [
    select(
      'conflictId',
      openConflicts(file).map(({ detected }) => ({
        value: detected.mark.eventId,
        word: `${detected.payload.rule} ${detected.payload.kept}`.slice(0, 60),
      })),
    ),
    select('decision', ['KEEP', 'ADOPT', 'BOTH', 'LINK', 'RATIFIED'], 'KEEP'),
    text('choice'),
  ],
};

const adoptKept: ActSpec = {
  id: 'adoptKept',
  type: 'event.adopted',
  letter: 'a',
  group: 'main',
  fits: ({ file }) => openQuarantine(file).length > 0,
  fields: ({ file }) => [
    select(
      'keptId',
      openQuarantine(file).map(({ noted }) => ({
        value: noted.payload.eventId,
        word: `${eventName(noted.payload.eventType)} ${noted.payload.reason}`.slice(0, 60),
      })),
    ),
    text('reason'),
  ],
};

export const OFFICE_LATER: readonly ActSpec[] = [
  acknowledge,
  decideProposal,
  resolveConflict,
  adoptKept,
  uphold,
  overrule,
  confirmWithdrawal,
  refuseWithdrawal,
  decideReview,
  settleReview,
  decideRecheck,
  instruct,
  supervise,
  endSupervision,
  leaderCase,
  reopen,
  correct,
  followUp,
  handOver,
  tell,
  relief,
  unmerge,
  voidIt,
  standDown,
];
