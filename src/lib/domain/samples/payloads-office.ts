/** Sample shorthand → payloads of the county office, leaders and supervision. */
import type { Payload } from '../events.ts';
import type { AreaCode, LocalDate, PersonId, UnitId } from '../values.ts';
import {
  idOfLast,
  idsOfAll,
  known,
  numberIn,
  textIn,
  textsIn,
  type PayloadBuilders,
  type PayloadFrame,
} from './payload-frame.ts';
import { sampleCaseId } from './sample-ids.ts';
import { unitName } from './sample-people.ts';

type OfficeType =
  | 'case.returned'
  | 'case.registered'
  | 'case.classified'
  | 'case.sealed'
  | 'case.merged'
  | 'case.corrected'
  | 'case.transferred'
  | 'case.assigned'
  | 'case.no_more_accepted'
  | 'case.diverted'
  | 'case.closed'
  | 'case.handed_over'
  | 'objection.overruled'
  | 'leader.assigned'
  | 'supervision.issued'
  | 'supervision.answered'
  | 'supervision.closed'
  | 'conflict.detected'
  | 'conflict.resolved';

function registered(frame: PayloadFrame): Payload<'case.registered'> {
  const { sample, data } = frame;
  const classifiedLater = sample.events.some(
    (event) => event.type === 'case.classified' && event.data?.['procedure'] !== undefined,
  );
  const ordinary = sample.procedure !== 'DIVERT' && sample.procedure !== 'SEALED';
  return known({
    caseNo: textIn(frame, 'caseNo') ?? sample.caseNo ?? '',
    areaCode: sample.areaCode as AreaCode,
    categoryL2: sample.category,
    kind: sample.kind,
    title: sample.title,
    procedure: classifiedLater ? undefined : sample.procedure,
    route: ordinary ? ('6' as const) : undefined,
    first: data['repeat'] !== true,
    firstNational: 'UNKNOWN' as const,
    repeat: data['repeat'] === true,
    joint: data['joint'] === true,
    skipLevel: data['skipLevel'] === true,
  });
}

const sending = (frame: PayloadFrame) => ({
  unitId: (textIn(frame, 'unit') ?? 'XFJ') as UnitId,
  reason: '属于该单位职责范围（条例22条）',
});

/** 领导/专班/90日/查账公示/镇长负责. */
function leader(frame: PayloadFrame): Payload<'leader.assigned'> {
  const [, team, limit, task, duty] = (textIn(frame, '五定') ?? '').split('/');
  return known({
    leader: { personId: frame.actor.personId as PersonId, name: frame.actor.name },
    team: team ?? '专班',
    days: Number(/\d+/.exec(limit ?? '')?.[0] ?? 90),
    task: task ?? '化解',
    duty: duty ?? '领导负责',
  });
}

function correctedField(frame: PayloadFrame): Payload<'case.corrected'> {
  const field = textIn(frame, 'field') ?? '';
  return known({
    field: field === 'joint.count' ? 'petitionerCount' : field,
    old: frame.data['old'],
    new: frame.data['new'],
    reason: '采认代理员补充',
    adopts: idOfLast(frame, 'case.supplemented'),
  });
}

function diverted(frame: PayloadFrame): Payload<'case.diverted'> {
  const unit = textIn(frame, 'unit') ?? '';
  const help = textIn(frame, 'help') ?? '由县局移送，跟踪反馈';
  return { route: textIn(frame, 'route') ?? '移送', body: unitName(unit, unit), howTo: help, help };
}

/** Builders of the office. */
export const OFFICE_PAYLOADS: PayloadBuilders<OfficeType> = {
  'case.returned': (frame) => ({
    missing: textsIn(frame, 'missing'),
    plain: `还差：${textsIn(frame, 'missing').join('、')}`,
  }),
  'case.registered': registered,
  'case.classified': (frame) =>
    known({
      procedure: frame.data['procedure'] === 'SIMPLE' ? ('SIMPLE' as const) : undefined,
      kind: frame.data['kind'] === undefined ? undefined : frame.sample.kind,
      reason: '初次、清楚、无争议',
    }),
  'case.sealed': (frame) => known({ reason: 'VILLAGER_WISH' as const, note: textIn(frame, 'by') }),
  'case.merged': (frame) =>
    known({
      masterCaseId: sampleCaseId(textIn(frame, 'master') ?? ''),
      ground: textIn(frame, 'rule') ?? '同一事项',
      similarity: Number(/[\d.]+$/.exec(textIn(frame, 'rule') ?? '')?.[0] ?? 0) || undefined,
    }),
  'case.corrected': correctedField,
  'case.transferred': sending,
  'case.assigned': (frame) => ({
    ...sending(frame),
    feedbackOn: (textIn(frame, 'feedbackBy') ?? '') as LocalDate,
  }),
  'case.no_more_accepted': (frame) => ({ ground: textIn(frame, 'ground') ?? '复核终结' }),
  'case.diverted': diverted,
  'case.closed': () => ({ archiveChecked: true }),
  'case.handed_over': (frame) => {
    const to = frame.agents.get(textIn(frame, 'to') ?? '') ?? frame.agent;
    const from = frame.agents.get(textIn(frame, 'from') ?? '');
    const reason = textIn(frame, 'reason') ?? '群众要求换代理员';
    return known({ from, to, reason, scope: textIn(frame, 'scope') });
  },
  'objection.overruled': (frame) => ({
    unitId: frame.unitId ?? ('' as UnitId),
    reason: textIn(frame, 'reason') ?? '异议不成立',
  }),
  'leader.assigned': leader,
  'supervision.issued': (frame) =>
    known({
      level: numberIn(frame, 'level') ?? 1,
      ground: textIn(frame, 'ground') ?? '临期提醒',
      unitId: frame.unitId ?? undefined,
    }),
  'supervision.answered': (frame) =>
    known({
      supervisionId: idOfLast(frame, 'supervision.issued'),
      unitId: frame.unitId ?? undefined,
      answer: '已加快办理',
    }),
  'supervision.closed': (frame) =>
    known({ supervisionId: idOfLast(frame, 'supervision.issued'), result: '已办结，销号' }),
  'conflict.detected': (frame) => ({
    rule: textIn(frame, 'rule') ?? '',
    events: [...idsOfAll(frame, 'case.supplemented'), ...idsOfAll(frame, 'case.registered')],
    kept: textIn(frame, 'kept') ?? '登记值不变',
  }),
  'conflict.resolved': (frame) =>
    known({
      conflictId: idOfLast(frame, 'conflict.detected'),
      choice: textIn(frame, 'choice') ?? '采认',
      decision: 'ADOPT' as const,
    }),
};
