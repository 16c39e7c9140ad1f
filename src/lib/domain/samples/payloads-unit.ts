/** Sample shorthand → payloads of units, of service, of the villager's ratings and appeals. */
import type { Payload } from '../events.ts';
import { DOC_KINDS } from '../events/unit.ts';
import {
  idOfLast,
  known,
  leadUnit,
  numberIn,
  textIn,
  type PayloadBuilders,
  type PayloadFrame,
} from './payload-frame.ts';
import { reviewBodyOf } from './sample-people.ts';

type UnitType =
  | 'objection.raised'
  | 'case.accepted'
  | 'progress.recorded'
  | 'hearing.scheduled'
  | 'hearing.held'
  | 'extension.requested'
  | 'extension.approved'
  | 'opinion.issued'
  | 'delivery.recorded'
  | 'rating.sealed'
  | 'rating.accepted'
  | 'rating.expired'
  | 'withdrawal.requested'
  | 'withdrawal.confirmed'
  | 'review.requested'
  | 'review.decided'
  | 'recheck.requested'
  | 'recheck.decided';

type Decision = Payload<'opinion.issued'>['claims'][number]['decision'];
type Target = Payload<'rating.sealed'>['targets'][number];

const DECISIONS: readonly Decision[] = ['SUPPORT', 'EXPLAIN', 'NOT', 'ADOPT', 'PARTIAL'];
const TARGETS: readonly Target[] = ['OFFICE', 'UNIT'];
/** Ciphertext cannot be made here: who seeds a county seals `sampleRatings()` to its own key. */
const UNSEALED_BOX = 'c2FtcGxl';

function opinion(frame: PayloadFrame): Payload<'opinion.issued'> {
  const { sample } = frame;
  const unitId = leadUnit(frame);
  const decision = DECISIONS.find((one) => one === textIn(frame, 'result')) ?? 'SUPPORT';
  return known({
    unitId,
    docNo: textIn(frame, 'docNo') ?? '简易答复',
    claims: sample.dictation.claims.map((_, i) => ({ i, decision })),
    result: decision,
    reviewBody: reviewBodyOf(unitId),
    plain: textIn(frame, 'plain') ?? sample.resolutionText ?? '已办理',
  });
}

function howOf(said: string): Payload<'delivery.recorded'>['how'] {
  if (said.includes('匿名')) return 'IMPOSSIBLE';
  return said.includes('宣读') ? 'READ_OUT' : 'FACE';
}

function delivery(frame: PayloadFrame): Payload<'delivery.recorded'> {
  const how = textIn(frame, 'how') ?? '当面';
  const docKind = DOC_KINDS.find((kind) => kind === textIn(frame, 'docKind')) ?? '其他';
  const ofUnit = docKind === '处理意见书' || docKind === '受理告知书';
  const proof = textIn(frame, 'proof');
  return known({
    docKind,
    of: docKind === '处理意见书' ? idOfLast(frame, 'opinion.issued') : undefined,
    unitId: ofUnit ? leadUnit(frame) : undefined,
    how: howOf(how),
    to: frame.sample.petitioners[0]?.name,
    signedByVillager: /签收|捺印/.test(`${how}${proof ?? ''}`) ? true : undefined,
    proof: proof === undefined ? how : `${how}；${proof}`,
  });
}

function targetsOf(frame: PayloadFrame): Target[] {
  const own = frame.data['targets'];
  const sealed = frame.sample.events.findLast(
    (event) => event.type === 'rating.sealed' && event.seq <= frame.event.seq,
  );
  const listed = (own ?? sealed?.data?.['targets'] ?? TARGETS) as readonly string[];
  return TARGETS.filter((target) => listed.includes(target));
}

function rating(frame: PayloadFrame): Payload<'rating.sealed'> {
  const by = frame.sample.rating?.by ?? '';
  const interpreter = textIn(frame, 'interpreter');
  return known({
    targets: targetsOf(frame),
    mode: interpreter ? ('HELPER' as const) : by.includes('语音') ? 'VOICE' : 'SELF',
    helper: interpreter ? { name: interpreter, relation: '翻译' } : undefined,
    keyId: 'sample',
    box: UNSEALED_BOX,
  });
}

const appealReason = (frame: PayloadFrame) => ({
  body: textIn(frame, 'body') ?? '县人民政府',
  reason: frame.sample.rating?.reason ?? '对处理意见不服',
});

const appealDecision = (frame: PayloadFrame): Payload<'review.decided'> => ({
  body: frame.actor.name,
  result: textIn(frame, 'result') === 'MAINTAIN' ? 'MAINTAIN' : 'CHANGE',
});

/** Builders of the units and of the villager's own acts. */
export const UNIT_PAYLOADS: PayloadBuilders<UnitType> = {
  'objection.raised': (frame) => ({
    unitId: leadUnit(frame),
    reason: textIn(frame, 'reason') ?? '不属于本单位职责',
  }),
  'case.accepted': (frame) =>
    known({
      unitId: leadUnit(frame),
      procedure: frame.sample.procedure === 'SIMPLE' ? ('SIMPLE' as const) : 'ORDINARY',
      doc: textIn(frame, 'doc'),
    }),
  'progress.recorded': (frame) =>
    known({ unitId: frame.unitId ?? undefined, plain: textIn(frame, 'plain') ?? '正在办理' }),
  'hearing.scheduled': (frame) => ({ stage: 'HANDLING', unitId: leadUnit(frame) }),
  'hearing.held': (frame) => ({
    stage: 'HANDLING',
    attended: textIn(frame, 'attended') ?? '双方',
    minutes: '听证笔录存卷',
    unitId: leadUnit(frame),
  }),
  'extension.requested': (frame) => ({
    unitId: leadUnit(frame),
    days: numberIn(frame, 'days') ?? 30,
    reason: textIn(frame, 'reason') ?? '情况复杂，需要继续调查',
  }),
  'extension.approved': (frame) => ({
    unitId: leadUnit(frame),
    days: numberIn(frame, 'days') ?? 30,
    reason: textIn(frame, 'reason') ?? '情况复杂，同意延期',
    by: frame.actor.name,
  }),
  'opinion.issued': opinion,
  'delivery.recorded': delivery,
  'rating.sealed': rating,
  'rating.accepted': (frame) =>
    known({ ratingId: idOfLast(frame, 'rating.sealed'), targets: targetsOf(frame) }),
  'rating.expired': () => ({ targets: [...TARGETS] }),
  'withdrawal.requested': (frame) => ({
    words: textIn(frame, 'words') ?? '不办了',
    proof: 'SIGN',
  }),
  'withdrawal.confirmed': (frame) => ({
    how: 'PHONE',
    verified: textIn(frame, 'verified') ?? '本人确认',
  }),
  'review.requested': (frame) =>
    known({ ...appealReason(frame), opinionId: idOfLast(frame, 'opinion.issued') }),
  'review.decided': appealDecision,
  'recheck.requested': appealReason,
  'recheck.decided': appealDecision,
};
