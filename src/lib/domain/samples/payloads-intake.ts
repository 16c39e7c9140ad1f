/** Sample shorthand → payloads, from the first word to the county's receipt. */
import type { Payload } from '../events.ts';
import { readbackHash } from '../text-hash.ts';
import type { AreaCode } from '../values.ts';
import {
  idOfLast,
  idsOfAll,
  known,
  occurred,
  textIn,
  type PayloadBuilders,
  type PayloadFrame,
} from './payload-frame.ts';
import {
  headAtSubmission,
  headAtTaking,
  interpreterOf,
  petitionersOf,
  xfDateOf,
} from './payload-head.ts';
import { sampleQueryCode, sampleTemporaryNo } from './sample-numbers.ts';

type IntakeType =
  | 'case.drafted'
  | 'dictation.recorded'
  | 'dictation.readback_confirmed'
  | 'consent.recorded'
  | 'mandate.granted'
  | 'agent.recused'
  | 'case.taken'
  | 'case.submitted'
  | 'case.received'
  | 'case.supplemented';

const READBACK_METHODS = ['THUMB', 'SIGN', 'VOICE', 'WITNESS'] as const;
type Method = (typeof READBACK_METHODS)[number];

/** How the petitioner of a sample said yes. */
export function methodOf(said: unknown): Method {
  return READBACK_METHODS.find((method) => method === said) ?? 'SIGN';
}

const verbatimOf = ({ sample }: PayloadFrame): string => sample.dictation.verbatim;

function readback(frame: PayloadFrame): Payload<'dictation.readback_confirmed'> {
  const { claims } = frame.sample.dictation;
  const pieces = [{ verbatim: verbatimOf(frame), tidy: null }];
  return known({
    textHash: readbackHash(pieces, claims),
    covers: idsOfAll(frame, 'dictation.recorded'),
    claims,
    method: methodOf(textIn(frame, 'method')),
    by: frame.actor.name,
    at: occurred(frame),
    interpreter: interpreterOf(frame.sample),
    ownWish: true,
    understood: true,
  });
}

function mandate(frame: PayloadFrame): Payload<'mandate.granted'> {
  const { sample, agent } = frame;
  return {
    principal: sample.petitioners[0]?.name ?? '信访人',
    agents: [agent],
    matter: sample.title,
    powers: ['REPORT', 'SUPPLEMENT', 'SIGN_FOR_PAPERS', 'FILE_REVIEW'],
    from: xfDateOf(sample),
    term: sample.mandate?.term ?? '至本事项办结后30日',
    proof: 'THUMB',
  };
}

function mandateMissing({ sample }: PayloadFrame): Payload<'case.taken'>['mandateMissing'] {
  if (sample.events.some((event) => event.type === 'mandate.granted')) return undefined;
  if (sample.sealed === true) return '密封';
  return sample.anonymous === true ? '匿名' : '紧急先办';
}

function taken(frame: PayloadFrame): Payload<'case.taken'> {
  const said = textIn(frame, 'receipt');
  return known({
    head: headAtTaking(frame.sample),
    petitioners: petitionersOf(frame.sample),
    receipt: {
      how: said === undefined ? 'ORAL' : said === 'PAPER' ? 'PAPER' : 'CODE_ONLY',
      queryCode: sampleQueryCode(frame.sample.id),
    } as const,
    mandateMissing: mandateMissing(frame),
  });
}

/** 涉及户数由30改为32: the only change the samples make offline. */
function supplement(frame: PayloadFrame): Payload<'case.supplemented'> {
  const change = textIn(frame, 'change');
  const numbers = /由(\d+)改为(\d+)/.exec(change ?? '');
  return known({
    text: change ?? '按退回要求补交材料',
    changes: numbers
      ? [{ field: 'petitionerCount', from: Number(numbers[1]), to: Number(numbers[2]) }]
      : undefined,
    answersReturn: idOfLast(frame, 'case.returned'),
  });
}

/** Builders of the intake. */
export const INTAKE_PAYLOADS: PayloadBuilders<IntakeType> = {
  'case.drafted': ({ sample, agent }) => ({
    areaCode: sample.areaCode as AreaCode,
    channel: 'DL',
    xfDate: xfDateOf(sample),
    temporaryNo: sampleTemporaryNo(sample.id, agent),
    form: { id: 'intake', version: 1 },
    declaredBy: 'A',
    agent,
  }),
  'dictation.recorded': (frame) =>
    known({
      verbatim: verbatimOf(frame),
      language: frame.sample.petitioners[0]?.language ?? undefined,
      unitsSaid: frame.sample.dictation.units?.map((unit) => ({
        said: unit.said,
        means: `${String(unit.mu)} 亩`,
      })),
    }),
  'dictation.readback_confirmed': readback,
  'consent.recorded': (frame) =>
    known({
      noticeVersion: textIn(frame, 'notice') ?? '告知书v1',
      given: true,
      sensitive:
        frame.data['sensitiveSeparate'] === true ? { thumb: true, photo: true } : undefined,
      readBy: frame.actor.name,
      note: textIn(frame, 'note'),
    }),
  'mandate.granted': mandate,
  'agent.recused': (frame) =>
    known({
      reason: 'VILLAGER_WISH',
      wants: 'NEIGHBOUR_AGENT',
      agent: frame.agent,
      note: textIn(frame, 'reason'),
    }),
  'case.taken': taken,
  'case.submitted': (frame) =>
    known({
      head: headAtSubmission(frame.sample),
      answersReturn: idOfLast(frame, 'case.returned'),
    }),
  'case.received': (frame) => known({ eventId: idOfLast(frame, 'case.submitted') }),
  'case.supplemented': supplement,
};
