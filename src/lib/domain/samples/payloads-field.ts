/** Sample shorthand → payloads of work in the village. */
import type { Payload } from '../events.ts';
import { sha256OfText } from '../text-hash.ts';
import type { LocalDate } from '../values.ts';
import {
  idOfLast,
  known,
  occurred,
  textIn,
  type PayloadBuilders,
  type PayloadFrame,
} from './payload-frame.ts';
import { methodOf } from './payloads-intake.ts';

type FieldType =
  | 'attachment.added'
  | 'visit.recorded'
  | 'mediation.recorded'
  | 'resolution.recorded'
  | 'resolution.approved'
  | 'commitment.fulfilled'
  | 'urgent.reported'
  | 'urgent.acknowledged'
  | 'urgent.stood_down'
  | 'notice.told'
  | 'followup.recorded'
  | 'relief.referred';

type ClaimResult = Payload<'resolution.recorded'>['claims'][number];

/** The claims of a resolution as the shorthand writes them: `{i, result, due?}`. */
export function claimResultsIn(data: PayloadFrame['data']): ClaimResult[] {
  const listed = Array.isArray(data['claims']) ? (data['claims'] as unknown[]) : [];
  return listed.map((one) => {
    const { i, result, due } = one as { i: number; result: ClaimResult['result']; due?: string };
    return known<ClaimResult>({ i, result, due: due as LocalDate | undefined });
  });
}

function promiseOf(frame: PayloadFrame): string | undefined {
  const resolution = frame.sample.events.findLast(
    (event) => event.type === 'resolution.recorded' && event.seq < frame.event.seq,
  );
  const id = idOfLast(frame, 'resolution.recorded');
  const claim = claimResultsIn(resolution?.data ?? {}).find((one) => one.result === 'PROMISED');
  return claim && id && `${id}/${String(claim.i)}`;
}

function resolution(frame: PayloadFrame): Payload<'resolution.recorded'> {
  const readback = frame.sample.events.find((e) => e.type === 'dictation.readback_confirmed');
  return {
    measures: textIn(frame, 'measures') ?? '已就地处理',
    claims: claimResultsIn(frame.data),
    villagerConfirms: { how: methodOf(readback?.data?.['method']) },
  };
}

function urgent(frame: PayloadFrame): Payload<'urgent.reported'> {
  const phoned = textIn(frame, 'phoned') ?? '县局值班电话';
  return {
    level: frame.data['level'] === 'LIFE' ? 'LIFE' : 'MAJOR',
    kind: textIn(frame, 'kind') ?? '扬言轻生',
    done: textIn(frame, 'stay') ?? '已电话报告，代理员留在现场',
    calls: phoned.split('、').map((to) => ({ to })),
  };
}

const ABOUT: Readonly<Record<string, 'extension.approved' | 'case.accepted'>> = {
  延期告知书: 'extension.approved',
  受理告知: 'case.accepted',
};

/** Builders of the field. */
export const FIELD_PAYLOADS: PayloadBuilders<FieldType> = {
  'attachment.added': (frame) => ({
    sha256: sha256OfText(`sample photo ${frame.sample.id}/${String(frame.event.seq)}`),
    bytes: 300_000,
    mime: 'image/jpeg',
    kind: 'photo',
    capturedAt: occurred(frame),
    caption: `${textIn(frame, 'note') ?? '现场照片'}（共 ${String(frame.data['n'] ?? 1)} 张）`,
    class: 'P3',
  }),
  'visit.recorded': (frame) => ({
    at: occurred(frame),
    place: frame.sample.groupName ?? frame.sample.areaName,
    who: [frame.actor.name],
    seen: textIn(frame, 'saw') ?? '到现场查看',
  }),
  'mediation.recorded': (frame) =>
    known({
      at: occurred(frame),
      parties: [textIn(frame, 'parties') ?? '双方当事人'],
      result: textIn(frame, 'result') === '达成' ? ('AGREED' as const) : ('NOT_AGREED' as const),
      agreement: textIn(frame, 'agreement'),
    }),
  'resolution.recorded': resolution,
  'resolution.approved': (frame) =>
    known({
      check: textIn(frame, 'check') ?? '乡镇信访站按县局授权核实',
      caseNo: textIn(frame, 'caseNo'),
      delegated: frame.data['delegated'] === true ? true : undefined,
    }),
  'commitment.fulfilled': (frame) =>
    known({ commitmentId: promiseOf(frame), evidence: textIn(frame, 'evidence') ?? '已兑现' }),
  'urgent.reported': urgent,
  'urgent.acknowledged': (frame) =>
    known({
      by: frame.actor.name,
      how: textIn(frame, 'by'),
      reportId: idOfLast(frame, 'urgent.reported'),
      source: 'phone',
    }),
  'urgent.stood_down': (frame) => ({ reason: textIn(frame, 'reason') ?? '险情解除' }),
  'notice.told': (frame) => {
    const what = textIn(frame, 'what') ?? '办理情况';
    const about = ABOUT[what];
    return known({
      what,
      about: about && idOfLast(frame, about),
      how: 'FACE' as const,
      understood: true,
    });
  },
  'followup.recorded': (frame) => {
    const result = textIn(frame, 'result') ?? '已回访';
    return { how: result.includes('现场') ? 'VISIT' : 'PHONE', scriptVersion: '回访1', result };
  },
  'relief.referred': (frame) => ({ what: textIn(frame, 'what') ?? '救助引导' }),
};
