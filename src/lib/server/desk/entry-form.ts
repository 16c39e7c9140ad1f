/** 录入来信来电来访: what the form asks, and the one command that its answers become (R05). */
import type { TakeCase } from '../../domain/commands.ts';
import { KINDS, PHONE_TYPES, URGENCIES } from '../../domain/events/case-fields.ts';
import type { Payload } from '../../domain/events.ts';
import { intakeNow } from '../../domain/forms/intake-forms.ts';
import { isAboutBody, purposes, respondentFrom } from '../../domain/forms/taking.ts';
import { checkIdentityNumber } from '../../domain/identity-number.ts';
import { LIMITS } from '../../domain/limits.ts';
import type { Subject } from '../../domain/permissions.ts';
import { saidWords } from '../../domain/said-words.ts';
import type { AreaCode, LocalDate } from '../../domain/values.ts';
import type { Deciding } from '../sync/record.ts';
import { date, line, maybe, select, shanghaiDay, text, type FieldSpec } from './acts/spec.ts';
import type { DeskDeps } from './deps.ts';
import { CATEGORIES, levelOfUnit, UNITS, VILLAGES } from './names.ts';

const CHANNELS = ['LF', 'LD', 'LX'] as const;
type EntryChannel = (typeof CHANNELS)[number];
const SOURCES = { LF: 'counter', LD: 'phone', LX: 'paper' } as const;
const RECEIPTS = { LF: 'PAPER', LD: 'ORAL', LX: 'CODE_ONLY' } as const;
/** What was said or written is kept whole: as long as the words in the village may be. */
export const WORDS = 'words';
/** 外来编号: number of a message of 领导留言板 or 12345 (R36). */
export const OUTSIDE_NO = 'outsideNo';

/** Whom it is about, in the words of the intake in the village. */
const RESPONDENTS = ['UNKNOWN', 'PERSON', 'UNIT', 'VILLAGE', 'TOWNSHIP', 'COUNTY'] as const;

/** The choice that leaves the category to whoever registers. */
const UNSET = 'UNSET';
const categoryOf = (answers: Answers): string | undefined => {
  const code = textOf(answers, 'categoryL2');
  return code === UNSET || code === '' ? undefined : code;
};

/** What the form asks. */
export function entryFields(deps: DeskDeps, person: Subject): readonly FieldSpec[] {
  return [
    select('channel', [...CHANNELS], 'LF'),
    date('receivedOn', true, shanghaiDay(deps.now())),
    line('receivedBy', true, person.name),
    line(OUTSIDE_NO, false),
    select('areaCode', VILLAGES),
    line('placeText', false),
    { name: WORDS, kind: 'text', required: true, max: LIMITS.verbatimMax },
    { ...line('title', true), max: LIMITS.titleMax },
    { ...text('summary', false), max: LIMITS.summaryMax },
    { name: 'wants', kind: 'lines', max: LIMITS.textMax },
    select('kind', [...KINDS], '申诉求决'),
    select('categoryL2', [UNSET, ...CATEGORIES], UNSET),
    select('respondentType', RESPONDENTS, 'UNKNOWN'),
    line('respondentName', false),
    maybe(select('respondentUnit', UNITS)),
    select('identityToUnit', ['UNSAID', 'YES', 'NO'], 'UNSAID'),
    select('urgency', [...URGENCIES], 'NORMAL'),
    select('prior', ['NO', 'YES', 'UNKNOWN'], 'UNKNOWN'),
    { ...line('name', false), max: LIMITS.nameMax },
    { name: 'anonymous', kind: 'check' },
    line('idNo', false),
    select('phoneType', [...PHONE_TYPES], 'NONE'),
    line('phone', false),
    { name: 'petitionerCount', kind: 'number', required: true, value: '1', max: LIMITS.countMax },
    { name: 'readToPerson', kind: 'check' },
    { name: 'secret', kind: 'check' },
  ];
}

/** Answers of the form, by field name. */
export type Answers = Readonly<Record<string, unknown>>;
/** One answer as a text; empty when there is none. */
export const textOf = (answers: Answers, name: string): string =>
  saidWords(String(answers[name] ?? ''));
/** Leaves empty answers out, so that a payload never holds an empty text. */
const filled = <T extends object>(fields: T): T =>
  Object.fromEntries(Object.entries(fields).filter(([, v]) => v !== undefined && v !== '')) as T;

type Petitioner = Payload<'case.taken'>['petitioners'][number];

function petitionerOf(answers: Answers, today: LocalDate): Petitioner {
  const shared = { literacy: 'SOME', language: '汉语', role: 'MAIN' } as const;
  if (answers['anonymous'] === true) return { ...shared, phoneType: 'NONE' };
  const idNo = textOf(answers, 'idNo').toUpperCase();
  const checked = idNo === '' ? null : checkIdentityNumber(idNo, today, 'idNo');
  return filled({
    ...shared,
    name: textOf(answers, 'name') || undefined,
    sex: checked?.read?.sex,
    birthDate: checked?.read?.birthDate,
    idType: idNo === '' ? ('NONE' as const) : ('111' as const),
    idNo: idNo || undefined,
    idUnverified: checked !== null && checked.findings.length > 0 ? true : undefined,
    phoneType: (textOf(answers, 'phoneType') || 'NONE') as Petitioner['phoneType'],
    phone: textOf(answers, 'phone') || undefined,
    addressCode: textOf(answers, 'areaCode') as AreaCode,
  });
}

/** 说的是谁, as it was said, and the unit where it can be chosen from the list. */
function respondentOf(answers: Answers): Payload<'case.taken'>['head']['respondent'] {
  const said = respondentFrom(answers);
  const unitId = textOf(answers, 'respondentUnit');
  if (said === undefined || unitId === '') return said;
  const type = said.type === 'UNKNOWN' ? 'UNIT' : said.type;
  return { ...said, type, level: said.level ?? levelOfUnit(unitId), unitId };
}

const isIdentityUnsaid = (answers: Answers): boolean =>
  textOf(answers, 'identityToUnit') === 'UNSAID';

/** 能不能告诉单位是谁说的: as answered; where nobody asked, no when it is about a unit or a cadre. */
function identityOf(answers: Answers): boolean | undefined {
  const said = textOf(answers, 'identityToUnit');
  if (answers['secret'] === true || said === 'NO') return false;
  if (said === 'YES') return true;
  return isAboutBody(answers) || textOf(answers, 'respondentUnit') !== '' ? false : undefined;
}

function headOf(answers: Answers, channel: EntryChannel): Payload<'case.taken'>['head'] {
  const count = Number(answers['petitionerCount'] ?? 1);
  // Nobody heard a notice by letter: without an answer no unit is told, and none is written for him.
  const isOpen = channel === 'LX' && isIdentityUnsaid(answers);
  return filled({
    channel,
    areaCode: textOf(answers, 'areaCode') as AreaCode,
    placeText: textOf(answers, 'placeText') || undefined,
    petitionerCount: count,
    involvedCount: count,
    joint: count > 1,
    anonymous: answers['anonymous'] === true,
    secret: answers['secret'] === true,
    publicOk: false,
    respondent: respondentOf(answers),
    identityToUnit: isOpen ? undefined : identityOf(answers),
    prior: { before: textOf(answers, 'prior') as 'NO' },
    urgency: textOf(answers, 'urgency') as 'NORMAL',
  });
}

function submittedOf(answers: Answers): Payload<'case.submitted'> {
  const kind = textOf(answers, 'kind') as keyof typeof purposes;
  const wants = (answers['wants'] ?? []) as readonly string[];
  const summary = textOf(answers, 'summary');
  const head = filled({
    title: textOf(answers, 'title'),
    summary: summary.length >= LIMITS.summaryMin ? summary : undefined,
    claims:
      wants.length > 0
        ? wants.slice(0, LIMITS.claimsMax).map((w) => ({ text: w.slice(0, LIMITS.claimMax) }))
        : undefined,
    kind,
    purpose: purposes[kind],
    categoryL2: categoryOf(answers),
  });
  const wanted = ['title', 'summary', 'claims', 'categoryL2'] as const;
  const gaps = wanted.filter((name) => head[name] === undefined);
  return { head, gaps, note: `接收人：${textOf(answers, 'receivedBy')}` };
}

/** Everything that an entered case is made of. */
export interface Entered {
  readonly answers: Answers;
  readonly words: string;
  readonly by: 'T' | 'O';
  readonly queryCode: string;
  readonly today: LocalDate;
  readonly at: Deciding['now'];
}

/** The whole intake as one command; a letter is neither read back nor asked for consent. */
export function entryCommand({ answers, words, by, queryCode, today, at }: Entered): TakeCase {
  const channel = textOf(answers, 'channel') as EntryChannel;
  const letter = channel === 'LX';
  const level = textOf(answers, 'urgency');
  const receivedBy = textOf(answers, 'receivedBy');
  const head = headOf(answers, channel);
  const submitted = submittedOf(answers);
  const claims = submitted.head?.claims?.map((claim) => claim.text) ?? [];
  const accuses = submitted.head?.kind === '检举控告';
  return {
    kind: 'TakeCase',
    drafted: {
      areaCode: head.areaCode as AreaCode,
      channel,
      xfDate: textOf(answers, 'receivedOn') as LocalDate,
      form: { id: 'office', version: 2 },
      declaredBy: by,
      source: SOURCES[channel],
      ...(textOf(answers, OUTSIDE_NO) ? { outsideNo: textOf(answers, OUTSIDE_NO) } : {}),
    },
    ...(letter
      ? {}
      : {
          consent: {
            noticeVersion: intakeNow.noticeVersion,
            given: true,
            ...filled({ identityToUnit: head.identityToUnit }),
            ...(head.identityToUnit === false && isIdentityUnsaid(answers)
              ? { identityAsked: false }
              : {}),
            readBy: receivedBy,
          },
        }),
    dictations: [
      filled({ verbatim: words, speaker: textOf(answers, 'name') || undefined, language: '汉语' }),
    ],
    ...(letter || answers['readToPerson'] !== true
      ? {}
      : {
          readback: {
            ...{ claims, method: 'VOICE' as const, by: receivedBy, at },
            ...{ ownWish: true, understood: true },
          },
        }),
    ...(level === 'LIFE' || level === 'MAJOR'
      ? {
          urgent: {
            ...{ level, kind: level === 'LIFE' ? '人命关天' : '伤人或险情' },
            ...{ done: '接的时候问到，随件上报', calls: [], words, source: SOURCES[channel] },
          },
        }
      : {}),
    ...(accuses || head.secret === true
      ? { seal: { reason: accuses ? ('ACCUSATION' as const) : ('VILLAGER_WISH' as const) } }
      : {}),
    taken: {
      head,
      petitioners: [petitionerOf(answers, today)],
      receipt: { how: RECEIPTS[channel], queryCode },
    },
    submitted,
  };
}
