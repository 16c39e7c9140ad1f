import { randomBytes } from 'node:crypto';
import { toLocalDate } from '../../domain/calendar.ts';
import type { CaseFile } from '../../domain/case-file.ts';
import { sightOf } from '../../domain/case-sight.ts';
import type { Finding } from '../../domain/findings.ts';
import { intakeFindings, intakeOf } from '../../domain/intake-findings.ts';
import { maskIdNo, maskPhone, IDENTITY_WITHHELD_ZH } from '../../domain/masking.ts';
import { matchCaseOf, proposeMatches } from '../../domain/matching.ts';
import { grantsAt, type Subject } from '../../domain/permissions.ts';
import { mediaManifest } from '../../domain/media-manifest.ts';
import { mainPetitioner } from '../../domain/petitioner.ts';
import type { EventId, Instant } from '../../domain/values.ts';
import { AREAS, DIALLING_CODE } from '../county.ts';
import { claimsOf, openQuarantine, personsOf } from './acts/facts.ts';
import { actsFor, withLetters, wouldBe } from './acts/index.ts';
import type { ActContext, ActGroup } from './acts/spec.ts';
import { conflictViews, goneViews } from './agent-answers.ts';
import { actContext } from './context.ts';
import type { DeskDeps } from './deps.ts';
import { effectsOf, presumedAnswers } from './effects.ts';
import { eventName, historyOf, statusName } from './history.ts';
import { clockView } from './light.ts';
import { type Look, lookAt } from './looks.ts';
import { categoryName, placeName, unitName } from './names.ts';
import { flagsOf, holderOf, listTitle, missingOf, summaryOf, titleOf } from './row.ts';
import { papersOf } from './papers.ts';
import { clockContext, may, type SeenCase, seenCases } from './see.ts';

/** Cases the matching looks at; the same village first would come before more. */
const COMPARED_MAX = 5_000;
const SIMILAR_SHOWN = 5;
const SAME_KIND_DAYS = 14;

interface Rights {
  readonly words: boolean;
  readonly field: boolean;
  readonly identity: boolean;
  readonly sensitive: boolean;
  readonly unitSide: boolean;
  readonly followup: boolean;
}

/** Years by the calendar, as people count them; empty when unknown. */
function ageOf(birthDate: string | undefined, now: Instant): string {
  const born = Number(birthDate?.slice(0, 4) ?? NaN);
  return Number.isNaN(born) ? '' : String(Number(now.slice(0, 4)) - born);
}

function petitionerLines(file: CaseFile, rights: Rights, now: Instant) {
  const { head } = file;
  const count = { label: 'count', text: String(personsOf(file)) };
  if (head.anonymous === true) return [{ label: 'name', text: '匿名' }, count];
  if (!rights.identity) return [{ label: 'name', text: IDENTITY_WITHHELD_ZH }, count];
  const main = mainPetitioner(file.petitioners);
  if (main === null) return [count];
  const lines = [
    { label: 'name', text: main.name ?? '' },
    { label: 'id', text: main.idNo ? (rights.sensitive ? main.idNo : maskIdNo(main.idNo)) : '' },
    {
      label: 'phone',
      // P2: who calls people up reads it whole; a unit goes through the agent.
      text: main.phone ? (rights.unitSide ? maskPhone(main.phone) : main.phone) : '',
      code: main.phoneType,
    },
    { label: 'address', text: placeName(main.addressCode ?? head.areaCode ?? '') },
    { label: 'age', text: ageOf(main.birthDate, now) },
    count,
  ];
  return lines.filter(({ text }) => text !== '');
}

/** Of a sealed case an answer counts when two gave it: until then it is one person's word. */
const isAnswered = (file: CaseFile): boolean => {
  const { sealed, respondent } = sightOf(file);
  return !sealed || respondent.later !== undefined;
};

/** 说的是谁 as it was said, what the office answered to it, and whether they may know who said it. */
function meantLines({ file, people }: ActContext, rights: Rights) {
  const { name = '', unitId, personId, about } = file.head.respondent ?? {};
  const person = people.find(({ value }) => value === personId)?.word ?? '';
  const meant = about === 'NOBODY' ? '都不是' : person || (unitId ? unitName(unitId) : '');
  const lines = [
    { label: 'respondent', text: name },
    { label: isAnswered(file) ? 'meant' : 'meantByOne', text: meant },
    { label: 'told', text: rights.unitSide ? '' : toldOf(file) },
  ];
  return lines.filter(({ text }) => text !== '');
}

/** Her own answer, or what is done as long as nobody asked her. */
function toldOf(file: CaseFile): 'YES' | 'NO' | 'NOTICE' | 'UNSAID' {
  const { identitySaid, identityToUnit } = sightOf(file);
  if (identitySaid) return identityToUnit ? 'YES' : 'NO';
  return identityToUnit ? 'NOTICE' : 'UNSAID';
}

const media = (file: CaseFile, sha: string, more = '') =>
  `/media/${sha}${more}?case=${file.caseId}`;

function verbatimViews(file: CaseFile, rights: Rights) {
  const received = new Set(
    file.attachments.filter((a) => a.received).map((a) => a.sha256 as string),
  );
  return file.dictations.map((piece) => ({
    key: piece.mark.eventId as string,
    text: piece.verbatim,
    tidy: piece.tidy,
    frozen: piece.frozen,
    at: piece.mark.occurredAt as string,
    by: piece.mark.actor.name,
    audio: rights.sensitive
      ? piece.audio.map((sha) => ({ href: media(file, sha), received: received.has(sha) }))
      : [],
  }));
}

function photoViews(file: CaseFile, rights: Rights) {
  if (!rights.sensitive) return [];
  return file.attachments
    .filter((one) => one.payload.kind === 'photo' || one.payload.kind === 'scan')
    .map((one) => ({
      key: one.mark.eventId as string,
      href: media(file, one.sha256),
      thumb: `${media(file, one.sha256)}&size=thumb`,
      original: media(file, one.sha256, '/original'),
      caption: one.payload.caption ?? '',
      received: one.received,
    }));
}

function badgesOf(file: CaseFile) {
  const hand = file.readbacks.at(-1)?.payload.method;
  return [
    { id: 'mandate', ok: file.mandates.some((one) => one.revoked === null) },
    { id: 'consent', ok: file.consents.some((one) => one.payload.given) },
    { id: 'readback', ok: file.readbacks.some((one) => one.state === 'CONFIRMED') },
    { id: 'thumb', ok: hand === 'THUMB' || hand === 'SIGN' },
  ];
}

/** The checklist before 登记; only while there is something to register. */
function checksOf(file: CaseFile) {
  if (file.status !== 'SUBMITTED') return [];
  const missing = missingOf(file);
  return [
    { id: 'areaCode', ok: file.head.areaCode !== null },
    { id: 'categoryL2', ok: !missing.includes('categoryL2') },
    { id: 'kind', ok: !missing.includes('kind') },
    { id: 'first', ok: file.head.prior !== undefined },
    { id: 'claims', ok: !missing.includes('claims') },
    { id: 'threat', ok: (file.head.threat?.kind ?? 'NONE') === 'NONE' },
    { id: 'route', ok: file.head.legalStatus !== undefined },
  ];
}

/** What the checks of the intake say (REFERENCE 3.9), while there is something to register. */
function findingsOf(file: CaseFile, now: Instant) {
  if (file.status !== 'SUBMITTED' && file.status !== 'FIELD_RESOLVED') return [];
  const world = { today: toLocalDate(now), areas: AREAS, countyCode: DIALLING_CODE };
  const found = intakeFindings(intakeOf(file), { stage: 'register', ...world });
  const grave = (one: Finding) => (one.level === 'BLOCK' ? 0 : 1);
  return found
    .sort((a, b) => grave(a) - grave(b))
    .map(({ level, code, field }) => ({ key: `${code}/${field}`, level, code }));
}

/** Household, same matter nearby, same respondent, and what looks like the same case. */
async function kinOf(deps: DeskDeps, person: Subject, file: CaseFile) {
  const seen = (await seenCases(deps, person))
    .filter(({ record }) => record.caseId !== file.caseId)
    .slice(0, COMPARED_MAX);
  const others = seen.map(({ record }) => record.file);
  const main = mainPetitioner(file.petitioners);
  const takenMs = Date.parse(file.moments.takenAt ?? deps.now());
  const near = (other: CaseFile) =>
    Math.abs(Date.parse(other.moments.takenAt ?? '1970-01-01T00:00:00Z') - takenMs) <=
    SAME_KIND_DAYS * 86_400_000;
  const household = others.filter((other) => {
    const them = mainPetitioner(other.petitioners);
    return (
      main?.name !== undefined &&
      them?.name === main.name &&
      other.head.areaCode === file.head.areaCode
    );
  });
  const matter = others.filter(
    (other) =>
      other.head.areaCode === file.head.areaCode &&
      other.head.categoryL2 === file.head.categoryL2 &&
      near(other),
  );
  const name = file.head.respondent?.name;
  const respondent = others.filter((o) => name !== undefined && o.head.respondent?.name === name);
  const byId = new Map(seen.map((other) => [other.record.caseId, other]));
  const similar = proposeMatches(
    matchCaseOf(file),
    others.map((other) => matchCaseOf(other)),
  )
    .slice(0, SIMILAR_SHOWN)
    .flatMap((match) => {
      const other = byId.get(match.caseId);
      if (!other) return [];
      return [
        {
          href: `/desk/case/${match.caseId}`,
          title: listTitle(other),
          score: match.matter.score / 100,
        },
      ];
    });
  return {
    same: {
      household: household.length,
      matter: matter.length,
      respondent: respondent.length,
    },
    similar,
  };
}

/** A unit sees no sealed case and is sent none: what leads out of it stands first. */
const GROUPS_SEALED: Readonly<Partial<Record<string, ActGroup>>> = {
  ...{ reply: 'other', divert: 'main' },
};

async function actViews(deps: DeskDeps, person: Subject, context: ActContext) {
  const events = await deps.cases.events(context.file.caseId);
  const clocks = clockContext(deps);
  const isSealed = sightOf(context.file).sealed;
  return withLetters(actsFor(context, person)).map(({ act, letter }) => {
    const fields = act.fields(context);
    const answers = presumedAnswers(fields);
    const id = randomBytes(16).toString('base64url');
    const payload = act.build?.(answers, context) ?? answers;
    const event = wouldBe(act, context, { person, payload, id: id as EventId });
    return {
      id: act.id,
      letter,
      group: (isSealed ? GROUPS_SEALED[act.id] : undefined) ?? act.group,
      fields,
      effects: event === null ? [] : effectsOf(events, event, clocks),
      // Nothing of a sealed case goes to the door.
      paper: isSealed ? null : (act.paper ?? null),
      eventId: id,
    };
  });
}

/** Word of the duty that decides the light: `前登记并转出去` … kept with its clock. */
const NEXT: Readonly<Record<string, string>> = {
  C1: '前登记并转出去',
  C2: '前单位要受理告知',
  C4: '前要出意见送到',
  C5: '前要出意见送到（延过期）',
  C6: '前单位要决定受理',
  C7: '前要答复送到',
  C9: '前要出复查意见',
  C11: '前要出复核意见',
  C13: '前要有人接报',
  C15: '前要反馈',
};
export const nextWord = (code: string | null): string => NEXT[code ?? ''] ?? '到期';

const bySharedEffects = (a: { group: string }, b: { group: string }) =>
  ['main', 'back', 'other', 'end'].indexOf(a.group) -
  ['main', 'back', 'other', 'end'].indexOf(b.group);

interface Looking {
  readonly seen: SeenCase;
  readonly look: Look;
}

function rightsOf(deps: DeskDeps, person: Subject, { seen, look }: Looking): Rights {
  const codes = grantsAt(person, deps.now()).map((grant) => grant.role);
  const words = may(deps, person, ['case.view_words', seen.sight]);
  return {
    words,
    // The auditor has to know who did what; the unit it is about not by whom she spoke.
    field: words || codes.includes('X'),
    identity: may(deps, person, ['case.view_identity', seen.sight]),
    sensitive: look.open && may(deps, person, ['case.view_sensitive', seen.sight]),
    unitSide: codes.every((role) => role === 'D' || role === 'D2'),
    followup: look.open && may(deps, person, ['followup.view', seen.sight]),
  };
}

/** What of a sealed case is not shown before a reason was given: all of it but its number. */
const UNTOLD = {
  ...{
    title: '',
    summary: '',
    threatWords: '',
    place: '',
    placeText: '',
    category: '',
    holder: '',
  },
  ...{ verbatims: [], claims: [], visits: [], petitioner: [], checks: [], findings: [] },
  ...{
    photos: [],
    gone: [],
    badges: [],
    similar: [],
    conflicts: [],
    kept: [],
    timeline: [],
    papers: [],
  },
  ...{ clocks: [], flags: [] },
};

const numbersOf = ({ numbers }: CaseFile, rights: Rights) => ({
  case: numbers.caseNo ?? '',
  temporary: numbers.temporaryNo ?? '',
  // With it and a list of names 查信儿 would say who asks.
  query: rights.identity ? (numbers.queryCode ?? '') : '',
});

/** At what hour somebody sat in a yard is not for the unit that it is about. */
const timesOf = ({ moments: { takenAt, receivedAt } }: CaseFile, { field }: Rights) => ({
  takenAt: field ? (takenAt as string | null) : null,
  receivedAt: receivedAt as string | null,
});

const wordsWithheld = ({ words, field }: Rights): '' | 'AUDITOR' | 'UNIT' =>
  words ? '' : field ? 'AUDITOR' : 'UNIT';

/** Everything the review page shows of one case to one person. */
export async function reviewOf(deps: DeskDeps, person: Subject, seen: SeenCase) {
  const { file } = seen.record;
  const look = await lookAt(deps, person, seen);
  const rights = rightsOf(deps, person, { seen, look });
  const context = await actContext(deps, person, seen);
  const clocks = clockContext(deps);
  const events = await deps.cases.events(file.caseId);
  const view = {
    caseId: file.caseId as string,
    title: titleOf(file),
    status: file.status as string,
    statusName: statusName(file.status),
    numbers: numbersOf(file, rights),
    light: seen.time.light,
    dueAt: seen.time.dueAt,
    nextWord: nextWord(seen.time.code),
    ...{ sealed: seen.sight.sealed, flags: flagsOf(file) },
    /** Her words are not for this reader; the summary is what the office wrote for units. */
    wordsWithheld: wordsWithheld(rights),
    verbatims: verbatimViews(file, rights),
    readback: file.readbacks.at(-1)?.state ?? 'NONE',
    summary: summaryOf(file),
    ...{ claims: [...claimsOf(file)], threatWords: file.head.threat?.words ?? '' },
    visits: file.visits.map(({ mark, payload }) => ({
      key: mark.eventId as string,
      at: payload.at as string,
      who: mark.actor.name,
      text: payload.seen,
    })),
    petitioner: [...petitionerLines(file, rights, deps.now()), ...meantLines(context, rights)],
    place: placeName(file.head.areaCode ?? ''),
    placeText: [file.head.groupName, file.head.placeText].filter(Boolean).join(' '),
    category: file.head.categoryL2 === undefined ? '' : categoryName(file.head.categoryL2),
    holder: holderOf(file),
    checks: checksOf(file),
    findings: findingsOf(file, deps.now()),
    photos: photoViews(file, rights),
    manifest: mediaManifest(file),
    gone: goneViews(file, rights),
    badges: badgesOf(file),
    ...(await kinOf(deps, person, file)),
    ...timesOf(file, rights),
    offsetSeconds:
      events.find((event) => event.type === 'case.taken')?.stamp.clockOffsetSeconds ?? null,
    conflicts: conflictViews(file, rights),
    kept: openQuarantine(file).map(({ noted }) => ({
      key: noted.mark.eventId as string,
      name: eventName(noted.payload.eventType),
      text: noted.payload.reason,
    })),
    clocks: seen.clocks
      .filter(({ code }) => rights.field || code !== 'C0')
      .map((clock) => ({
        ...clockView(clock, clocks),
        unit: clock.handlingUnit === null ? '' : unitName(clock.handlingUnit),
      })),
    timeline: historyOf(file, events, rights),
    papers: papersOf(file).map((kind) => ({
      kind,
      href: `/desk/case/${file.caseId}/paper/${kind}`,
    })),
  };
  const acts = (await actViews(deps, person, context)).sort(bySharedEffects);
  const agent = file.agent?.name ?? '';
  if (look.open || !seen.sight.sealed) return { view, acts, agent, look };
  const numbers = { ...view.numbers, query: '' };
  return { view: { ...view, ...UNTOLD, numbers }, acts: [], agent: '', look };
}
