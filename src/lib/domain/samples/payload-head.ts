/** Petitioners and the head of a sample case, in the words of the case model. */
import type { Payload } from '../events.ts';
import { ID_TYPES } from '../events/case-fields.ts';
import type { AreaCode, LocalDate } from '../values.ts';
import { known } from './payload-frame.ts';
import type { SampleCase } from './sample-shape.ts';

type Head = Payload<'case.taken'>['head'];
type Petitioner = Payload<'case.taken'>['petitioners'][number];
type SamplePerson = SampleCase['petitioners'][number];

const NEEDS: Readonly<Record<string, NonNullable<Petitioner['needs']>[number]>> = {
  听力差: 'hearing',
  视力差: 'sight',
  行动不便: 'mobility',
};
const LEVELS: Readonly<Record<string, string>> = {
  VILLAGE: '村',
  TOWN: '乡',
  COUNTY: '县',
  CITY: '市',
  COURT: '法院',
};
const OLD_AGE = 80;

const pick = <T extends string>(value: unknown, among: readonly T[], otherwise: T): T =>
  among.find((one) => one === value) ?? otherwise;

function needsOf(one: SamplePerson, xfrq: string): Petitioner['needs'] {
  const needs = (one.needs ?? []).flatMap((need) => NEEDS[need] ?? []);
  const age = Number(xfrq.slice(0, 4)) - Number((one.birthDate ?? xfrq).slice(0, 4));
  return age >= OLD_AGE ? [...needs, 'elderly80'] : needs;
}

/** 敖云（孙女，成年，签字） → a bystander. */
export function interpreterOf(sample: SampleCase): Petitioner['interpreter'] {
  const said = sample.dictation.interpreter;
  if (said === undefined) return undefined;
  const match = /^([^（]+)（([^，）]+)(.*)）$/.exec(said);
  return { name: match?.[1] ?? said, relation: match?.[2] ?? '家人', adult: said.includes('成年') };
}

/** 信访人: none for the anonymous and for the sealed, whose names stay in the sealed store. */
export function petitionersOf(sample: SampleCase): Petitioner[] {
  return sample.petitioners
    .filter((one) => one.sealed !== true)
    .map((one, i) =>
      known<Petitioner>({
        name: one.name,
        sex: one.sex === '男' ? '1' : one.sex === '女' ? '0' : '9',
        birthDate: one.birthDate ?? undefined,
        idType: pick(one.idType, ID_TYPES, 'NONE'),
        idNo: one.idNo ?? undefined,
        phoneType: pick(one.phoneType, ['OWN', 'FAMILY', 'NEIGHBOUR', 'VILLAGE_OFFICE'], 'NONE'),
        phone: one.phone ?? undefined,
        addressCode: (one.addressCode ?? undefined) as AreaCode | undefined,
        literacy: pick(one.literacy, ['NONE', 'SOME'], 'READ'),
        language: one.language ?? '汉语',
        needs: needsOf(one, sample.xfrq),
        ethnicity: one.ethnicity ?? undefined,
        interpreter: i === 0 ? interpreterOf(sample) : undefined,
        role: i === 0 ? 'MAIN' : 'REPRESENTATIVE',
      }),
    );
}

/** 联名人数 as it was before the office corrected it (S07). */
function countAtIntake(sample: SampleCase): number {
  const corrected = sample.events.find(
    (event) => event.type === 'case.corrected' && event.data?.['field'] === 'joint.count',
  );
  const old = corrected?.data?.['old'];
  return typeof old === 'number' ? old : (sample.joint?.count ?? 1);
}

const respondentType = (said: string): 'PERSON' | 'UNIT' | 'UNKNOWN' =>
  said === '不明' ? 'UNKNOWN' : /单位|企业/.test(said) ? 'UNIT' : 'PERSON';

/** The answers needed to take the case. */
export function headAtTaking(sample: SampleCase): Head {
  const { joint, prior, respondent } = sample;
  return known<Head>({
    areaCode: sample.areaCode as AreaCode,
    groupName: sample.groupName ?? undefined,
    petitionerCount: countAtIntake(sample),
    involvedCount: joint?.involved ?? 1,
    joint: joint !== undefined,
    representatives: joint?.representatives,
    anonymous: sample.anonymous === true,
    secret: sample.sealed === true,
    publicOk: false,
    prior: {
      before: prior.before === null ? 'UNKNOWN' : prior.before ? 'YES' : 'NO',
      where: prior.levels.map((level) => LEVELS[level] ?? level),
    },
    urgency: sample.urgency,
    respondent: known({
      type: respondentType(respondent.type),
      name: sample.sealed === true ? undefined : (respondent.name ?? undefined),
    }),
    threat:
      sample.urgency === 'LIFE' ? { kind: 'SELF', words: sample.dictation.verbatim } : undefined,
    claims: sample.dictation.claims.map((claim) => ({ text: claim })),
  });
}

/** What "to submit" adds. */
export function headAtSubmission(sample: SampleCase): Head {
  return known<Head>({
    title: sample.title,
    summary: sample.dictation.summary,
    categoryL2: sample.category,
    kind: sample.kind,
    purpose: pick(
      sample.purpose,
      ['意见建议', '申诉', '求决', '揭发控告', '咨询'] as const,
      '其他',
    ),
  });
}

/** 信访日期. */
export const xfDateOf = (sample: SampleCase): LocalDate => sample.xfrq as LocalDate;
