/** 责任单位: from the transfer to the closing; every act names its unit. */
import { DOC_KINDS } from '../../../domain/events/unit.ts';
import { sightOf } from '../../../domain/permissions.ts';
import type { FileStatus } from '../../../domain/status.ts';
import { reviewBodyOf } from '../names.ts';
import { claimsOf, hasOpenExtension, hasUnanswered, pendingResolution } from './facts.ts';
import {
  type ActContext,
  type ActSpec,
  type Answers,
  date,
  line,
  maybe,
  select,
  shanghaiDay,
  text,
} from './spec.ts';

const SERVED = ['FACE', 'POST', 'LEFT', 'AGENT', 'PHONE', 'READ_OUT', 'IMPOSSIBLE'] as const;
/** Of a sealed case nothing is left, posted or carried by another. */
const SERVED_SEALED = ['FACE', 'PHONE', 'READ_OUT', 'IMPOSSIBLE'] as const;
const DECISIONS = ['SUPPORT', 'PARTIAL', 'EXPLAIN', 'ADOPT', 'NOT'] as const;

/** Adds the unit in whose name the person acts. */
const ofUnit = (answers: Answers, { unitId }: ActContext) => ({
  ...answers,
  ...(unitId === null ? {} : { unitId }),
});

const receive: ActSpec = {
  id: 'receive',
  type: 'transfer.received',
  letter: 'q',
  group: 'main',
  fields: ({ personName }) => [line('by', true, personName)],
  build: ofUnit,
};

const accept: ActSpec = {
  id: 'accept',
  type: 'case.accepted',
  letter: 'a',
  group: 'main',
  paper: 'accepted',
  fields: ({ personName }) => [
    select('procedure', ['ORDINARY', 'SIMPLE'], 'ORDINARY'),
    line('docNo', false),
    line('officer', true, personName),
    line('officerPhone', false),
  ],
  build: ofUnit,
};

const object: ActSpec = {
  id: 'object',
  type: 'objection.raised',
  letter: 'y',
  group: 'back',
  fields: () => [text('reason')],
  build: ofUnit,
};

const progress: ActSpec = {
  id: 'progress',
  type: 'progress.recorded',
  letter: 'p',
  group: 'main',
  fields: () => [text('plain'), text('internal', false)],
  build: ofUnit,
};

const adopt: ActSpec = {
  id: 'adoptResolution',
  type: 'resolution.adopted',
  letter: 'g',
  group: 'main',
  fits: ({ file }) => pendingResolution(file) !== null,
  fields: () => [text('facts')],
  build: (answers, context) => ({
    ...ofUnit(answers, context),
    resolutionId: pendingResolution(context.file) ?? undefined,
  }),
};

const askExtension: ActSpec = {
  id: 'askExtension',
  type: 'extension.requested',
  letter: 'x',
  group: 'other',
  fields: () => [{ name: 'days', kind: 'number', required: true, value: '30' }, text('reason')],
  build: ofUnit,
};

const grantExtension: ActSpec = {
  id: 'grantExtension',
  type: 'extension.approved',
  letter: 'x',
  group: 'other',
  paper: 'extended',
  fits: ({ file, unitId }) => hasOpenExtension(file, unitId),
  fields: ({ personName }) => [
    { name: 'days', kind: 'number', required: true, value: '30' },
    text('reason'),
    line('by', true, personName),
    line('docNo', false),
  ],
  build: ofUnit,
};

const refuseExtension: ActSpec = {
  id: 'refuseExtension',
  type: 'extension.rejected',
  letter: 'z',
  group: 'other',
  fits: ({ file, unitId }) => hasOpenExtension(file, unitId),
  fields: () => [text('reason')],
  build: ofUnit,
};

const opinion: ActSpec = {
  id: 'opinion',
  type: 'opinion.issued',
  letter: 'o',
  group: 'main',
  paper: 'opinion',
  fields: (context) => [
    line('docNo'),
    select('result', DECISIONS, 'SUPPORT'),
    {
      name: 'claims',
      kind: 'claims',
      required: true,
      claims: claimsOf(context.file),
      options: DECISIONS.map((value) => ({ value })),
    },
    line('reviewBody', true, reviewBodyOf(context.unitId ?? '')),
    text('plain'),
  ],
  build: (answers, context) => ({
    ...ofUnit(answers, context),
    issuedOn: shanghaiDay(context.now),
  }),
};

/** The paper that the last step made; of what is under way the one that begins it. */
const PAPER_OF: Partial<Record<FileStatus, (typeof DOC_KINDS)[number]>> = {
  OPINION_ISSUED: '处理意见书',
  NOT_ACCEPTED: '不予受理告知书',
  NO_MORE: '不再受理告知书',
  DIVERTED: '导入法定途径告知书',
  REVIEWED: '复查意见书',
  TERMINATED: '复核意见书',
};

const deliver: ActSpec = {
  id: 'deliver',
  type: 'delivery.recorded',
  letter: 'd',
  group: 'main',
  paper: 'delivery',
  fields: ({ file }) => [
    select('docKind', [...DOC_KINDS], PAPER_OF[file.status] ?? '受理告知书'),
    line('docNo', false),
    select('how', sightOf(file).sealed ? SERVED_SEALED : SERVED, 'FACE'),
    line('to', false),
    { name: 'signedByVillager', kind: 'check' },
    { name: 'refused', kind: 'check' },
    text('proof', false),
  ],
  build: ofUnit,
};

const close: ActSpec = {
  id: 'close',
  type: 'case.closed',
  letter: 'c',
  group: 'main',
  fields: () => [line('closeReason', false), { name: 'archiveChecked', kind: 'check' }],
};

const answerSupervision: ActSpec = {
  id: 'answerSupervision',
  type: 'supervision.answered',
  letter: 'u',
  group: 'main',
  fits: ({ file }) => hasUnanswered(file),
  fields: () => [text('answer'), maybe(select('adopted', ['YES', 'PARTIAL', 'NO']))],
  build: ofUnit,
};

const planHearing: ActSpec = {
  id: 'planHearing',
  type: 'hearing.scheduled',
  letter: 'h',
  group: 'other',
  fields: () => [
    select('stage', ['HANDLING', 'REVIEW', 'RECHECK'], 'HANDLING'),
    date('on', true),
    line('place'),
  ],
  build: ({ on, ...answers }, context) => ({
    ...ofUnit(answers, context),
    at: `${String(on)}T01:00:00Z`,
  }),
};

const holdHearing: ActSpec = {
  id: 'holdHearing',
  type: 'hearing.held',
  letter: 'i',
  group: 'other',
  fields: () => [
    select('stage', ['HANDLING', 'REVIEW', 'RECHECK'], 'HANDLING'),
    text('attended'),
    text('minutes'),
  ],
  build: ofUnit,
};

export const UNIT_ACTS: readonly ActSpec[] = [
  receive,
  accept,
  progress,
  adopt,
  opinion,
  deliver,
  close,
  answerSupervision,
  object,
  askExtension,
  grantExtension,
  refuseExtension,
  planHearing,
  holdHearing,
];
