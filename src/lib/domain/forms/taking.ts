/**
 * 接单 v1: from answers to the payloads of one act. Pure; hashes, ids and the day come with it.
 *
 * Anything the villager could not say is named as a gap, never invented: 请县里定.
 */
import type { EventType, Payload } from '../events.ts';
import { checkIdentityNumber } from '../identity-number.ts';
import type { Answers } from '../intake-form.ts';
import { LIMITS } from '../limits.ts';
import type { AgentRef } from '../mandate.ts';
import { readbackHash } from '../text-hash.ts';
import type { AreaCode, EventId, Instant, LocalDate } from '../values.ts';
import { TELL_NOBODY, TELL_UNIT } from './intake-v2.ts';
import {
  countOf,
  daysOf,
  flagOf,
  listOf,
  personOf,
  piecesOf,
  readbackOf,
  spokenText,
  textOf,
  unitsOf,
  type Person,
  type WordsPiece,
} from './intake-answers.ts';

/** What the answers do not hold: who acts, which day it is, what was captured. */
export interface TakingContext {
  readonly agent: AgentRef & { readonly areaCode: AreaCode };
  readonly today: LocalDate;
  readonly noticeVersion: string;
  /** When the draft was begun: the notice was read out first. */
  readonly startedAt: Instant;
  readonly attachments: readonly Payload<'attachment.added'>[];
  /** 12 digits, the last a check digit (`numbers.ts`). */
  readonly queryCode: string;
  /** An `urgent.reported` already left this draft. */
  readonly urgentReported: boolean;
}

/** One event to be, in the order to record. */
export interface TakingEntry {
  readonly type: EventType;
  readonly payload: unknown;
  readonly id?: EventId;
  readonly occurredAt?: Instant;
}

type Head = Payload<'case.taken'>['head'];
type Petitioner = Payload<'case.taken'>['petitioners'][number];

/** 信访目的 that goes with each 事项类别. */
export const purposes = {
  申诉求决: '求决',
  建议意见: '意见建议',
  检举控告: '揭发控告',
  咨询: '咨询',
  感谢其他: '其他',
} as const;
const bystander = (p: Person) => ({
  name: p.name,
  ...(p.relation ? { relation: p.relation } : {}),
  ...(p.signature ? { signature: p.signature } : {}),
});
/** Leaves empty answers out, so that a payload never holds an empty text. */
const filled = <T extends object>(fields: T): T =>
  Object.fromEntries(
    Object.entries(fields).filter(([, v]) => v !== undefined && v !== '' && v !== null),
  ) as T;

/** 信访人, as far as he said; nothing of an anonymous one but how to read to him. */
export function petitionerFrom(answers: Answers, today: LocalDate, home: AreaCode): Petitioner {
  const literacy = (textOf(answers, 'literacy') || 'NONE') as Petitioner['literacy'];
  const language = textOf(answers, 'language') || '汉语';
  const needs = listOf(answers, 'needs') as NonNullable<Petitioner['needs']>;
  const guardian = personOf(answers, 'guardian');
  const interpreter = personOf(answers, 'interpreter');
  const shared = {
    literacy,
    language,
    role: 'MAIN' as const,
    needs: needs.length > 0 ? needs : undefined,
    guardian: guardian ? bystander(guardian) : undefined,
    interpreter: interpreter ? bystander(interpreter) : undefined,
  };
  if (flagOf(answers, 'anonymous')) return filled({ ...shared, phoneType: 'NONE' as const });
  const idNo = textOf(answers, 'idNo').toUpperCase();
  const checked = idNo ? checkIdentityNumber(idNo, today, 'idNo') : null;
  const age = Number(textOf(answers, 'age'));
  const year = Number(today.slice(0, 4)) - age;
  const owner = personOf(answers, 'phoneOwner');
  return filled({
    ...shared,
    name: textOf(answers, 'name').slice(0, LIMITS.nameMax),
    sex: checked?.read?.sex,
    birthDate: checked?.read?.birthDate ?? (age > 0 && age < 130 ? String(year) : undefined),
    idType: idNo ? ('111' as const) : ('NONE' as const),
    idNo: idNo || undefined,
    idUnverified: checked && checked.findings.length > 0 ? true : undefined,
    phoneType: (textOf(answers, 'phoneType') || 'NONE') as Petitioner['phoneType'],
    phone: textOf(answers, 'phone') || undefined,
    phoneOwner: owner
      ? { ...bystander(owner), maySay: flagOf(answers, 'phoneMayTell') }
      : undefined,
    addressCode: (textOf(answers, 'addressCode') || home) as AreaCode,
    groupName: textOf(answers, 'groupName') || undefined,
  });
}

const CADRES = ['VILLAGE', 'TOWNSHIP', 'COUNTY'] as const;

/** The answers say that it is about a unit or a cadre. */
export const isAboutBody = (answers: Answers): boolean => {
  const type = textOf(answers, 'respondentType');
  const about = type === 'UNIT' || CADRES.some((one) => one === type);
  return about || textOf(answers, 'kind') === '检举控告';
};

/**
 * Whether a unit may know who said it: as she answered; without an answer no where it is about a
 * unit or a cadre, else nothing is written and the notice that was read to her stands.
 */
export function identityFrom(answers: Answers): boolean | undefined {
  const said = listOf(answers, 'sensitive');
  if (flagOf(answers, 'secret') || said.includes(TELL_NOBODY)) return false;
  if (said.includes(TELL_UNIT)) return true;
  return isAboutBody(answers) || textOf(answers, 'conflict') === 'CADRE' ? false : undefined;
}

/** A no that she did not say herself. */
const isIdentityAssumed = (answers: Answers): boolean =>
  identityFrom(answers) === false && !listOf(answers, 'sensitive').includes(TELL_NOBODY);

/** 被反映人 as she said it; a cadre with his level. */
export function respondentFrom(answers: Answers): Head['respondent'] {
  const type = textOf(answers, 'respondentType') || 'UNKNOWN';
  const name = textOf(answers, 'respondentName') || undefined;
  const level = CADRES.find((one) => one === type);
  if (level !== undefined) return filled({ type: 'PERSON' as const, name, level });
  return filled({ type: type as 'PERSON' | 'UNIT' | 'UNKNOWN', name });
}

/** The answers make a sealed case: an accusation, or one that she wants sealed. */
export const isSealed = (answers: Answers): boolean =>
  flagOf(answers, 'secret') || textOf(answers, 'kind') === '检举控告';

function priorFrom(answers: Answers): NonNullable<Head['prior']> {
  const chosen = listOf(answers, 'prior');
  if (chosen.includes('NO')) return { before: 'NO' };
  if (chosen.length === 0 || chosen.includes('UNKNOWN')) return { before: 'UNKNOWN' };
  return { before: 'YES', where: [...chosen] };
}

/** Whom frightening words are aimed at, as far as the urgency says; the words stand beside it. */
function threatKind(answers: Answers): 'SELF' | 'OTHERS' | 'GATHER' {
  const urgency = textOf(answers, 'urgency');
  if (urgency === 'SENSITIVE') return 'GATHER';
  return urgency === 'LIFE' ? 'SELF' : 'OTHERS';
}

/** 案件首部 "to take": what was answered about the matter. */
export function headFrom(answers: Answers, context: TakingContext): Head {
  const threat = textOf(answers, 'threatWords');
  const count = countOf(answers, 'petitionerCount');
  const representatives = listOf(answers, 'representatives');
  return filled({
    channel: 'DL' as const,
    areaCode: (textOf(answers, 'areaCode') || context.agent.areaCode) as AreaCode,
    placeText: textOf(answers, 'placeText') || undefined,
    groupName: textOf(answers, 'groupName') || undefined,
    happenedText: textOf(answers, 'happened') || undefined,
    respondent: respondentFrom(answers),
    petitionerCount: count,
    involvedCount: count,
    joint: count > 1,
    representatives: representatives.length > 0 ? [...representatives] : undefined,
    anonymous: flagOf(answers, 'anonymous'),
    secret: flagOf(answers, 'secret'),
    publicOk: false,
    identityToUnit: identityFrom(answers),
    prior: priorFrom(answers),
    legalNote: textOf(answers, 'priorWords') || undefined,
    urgency: (textOf(answers, 'urgency') || 'NORMAL') as NonNullable<Head['urgency']>,
    threat: threat ? { kind: threatKind(answers), words: threat } : undefined,
  });
}

/** What "to submit" adds, and the names of what is left to the county. */
export function submissionFrom(answers: Answers): { head: Head; gaps: string[] } {
  const spoken = piecesOf(answers).map(spokenText).filter(Boolean).join('\n');
  const kind = textOf(answers, 'kind') as keyof typeof purposes | '';
  const claims = listOf(answers, 'claims').slice(0, LIMITS.claimsMax);
  const head = filled({
    title: textOf(answers, 'title').slice(0, LIMITS.titleMax) || undefined,
    summary: spoken.length >= LIMITS.summaryMin ? spoken.slice(0, LIMITS.summaryMax) : undefined,
    claims:
      claims.length > 0
        ? claims.map((text) => ({ text: text.slice(0, LIMITS.claimMax) }))
        : undefined,
    kind: kind || undefined,
    purpose: kind ? purposes[kind] : undefined,
    categoryL2: textOf(answers, 'category') || undefined,
  });
  const wanted = ['title', 'summary', 'claims', 'kind', 'categoryL2'] as const;
  return { head, gaps: wanted.filter((f) => head[f] === undefined) };
}

function mandateFrom(answers: Answers, context: TakingContext): TakingEntry | null {
  const readback = readbackOf(answers);
  const chosen = Array.isArray(answers['powers'])
    ? listOf(answers, 'powers')
    : ['REPORT', 'SUPPLEMENT', 'SIGN_FOR_PAPERS', 'FILE_REVIEW', 'ATTEND'];
  const withheld = flagOf(answers, 'anonymous') || flagOf(answers, 'secret');
  if (!readback || readback.evidence.length === 0 || withheld || chosen.length === 0) return null;
  const special = chosen.filter((p) => p === 'WITHDRAW' || p === 'SETTLE');
  const proof =
    readback.method === 'INTERPRETER' || readback.method === 'WITNESS'
      ? 'WITNESS'
      : readback.method;
  const payload = filled({
    principal: textOf(answers, 'name'),
    agents: [filled({ ...context.agent })],
    matter: textOf(answers, 'title') || listOf(answers, 'claims').join('；') || '见口述记录',
    powers: chosen.filter((p) => p !== 'WITHDRAW' && p !== 'SETTLE'),
    specialPowers: special.length > 0 ? special : undefined,
    from: context.today,
    term: '至本事项办结后30日',
    proof,
    evidence: readback.evidence,
    witness: readback.witness ? bystander(readback.witness) : undefined,
  });
  return { type: 'mandate.granted', payload, occurredAt: readback.at };
}

function mandateMissing(answers: Answers): Payload<'case.taken'>['mandateMissing'] {
  if (flagOf(answers, 'anonymous')) return '匿名';
  if (flagOf(answers, 'secret')) return '密封';
  if (textOf(answers, 'kind') === '咨询') return '咨询';
  if (['LIFE', 'MAJOR'].includes(textOf(answers, 'urgency'))) return '紧急先办';
  return '本人明天补签';
}

function consentFrom(answers: Answers, context: TakingContext): TakingEntry {
  const said = listOf(answers, 'sensitive');
  const payload: Payload<'consent.recorded'> = filled({
    noticeVersion: context.noticeVersion,
    given: true,
    sensitive: {
      thumb: said.includes('thumb'),
      audio: said.includes('audio'),
      photo: said.includes('photo'),
    },
    identityToUnit: identityFrom(answers),
    ...(isIdentityAssumed(answers) && { identityAsked: false }),
    readBy: context.agent.name,
  });
  return { type: 'consent.recorded', payload, occurredAt: context.startedAt };
}

/** The tidy text is kept only where somebody changed something. */
const tidyOf = (piece: WordsPiece): string | undefined =>
  piece.tidy.trim() && piece.tidy !== piece.verbatim ? piece.tidy : undefined;

/** Rows whose words stand in this piece; what stands in none of them (何时) goes with the first. */
function saidIn<T extends { readonly said: string }>(
  rows: readonly T[],
  of: { readonly pieces: readonly WordsPiece[]; readonly piece: WordsPiece },
): T[] | undefined {
  const home = (row: T): WordsPiece | undefined =>
    of.pieces.find((p) => p.verbatim.includes(row.said)) ?? of.pieces[0];
  const mine = rows.filter((row) => home(row) === of.piece);
  return mine.length > 0 ? mine : undefined;
}

function wordsFrom(answers: Answers): TakingEntry[] {
  const readback = readbackOf(answers);
  const present = readback?.witness ? [readback.witness.name] : undefined;
  const pieces = piecesOf(answers);
  return pieces.map((piece) => ({
    type: 'dictation.recorded',
    id: piece.id,
    occurredAt: piece.endedAt,
    payload: filled({
      verbatim: piece.verbatim || undefined,
      tidy: tidyOf(piece),
      promptsUsed: piece.question ? [piece.question] : undefined,
      audio: piece.audio.length > 0 ? [...piece.audio] : undefined,
      gaps: piece.gaps.length > 0 ? [...piece.gaps] : undefined,
      speaker: textOf(answers, 'name') || undefined,
      language: textOf(answers, 'language') || '汉语',
      startedAt: piece.startedAt,
      endedAt: piece.endedAt,
      present,
      unitsSaid: saidIn(unitsOf(answers), { pieces, piece }),
      datesSaid: saidIn(daysOf(answers), { pieces, piece }),
    }),
  }));
}

function readbackFrom(answers: Answers): TakingEntry[] {
  const readback = readbackOf(answers);
  if (!readback) return [];
  const interpreter = personOf(answers, 'interpreter');
  const guardian = personOf(answers, 'guardian');
  const pieces = piecesOf(answers);
  const claims = listOf(answers, 'claims');
  const read = pieces.map((p) => ({ verbatim: p.verbatim || null, tidy: tidyOf(p) ?? null }));
  const payload = filled({
    textHash: readbackHash(read, claims),
    covers: pieces.map((p) => p.id),
    claims,
    method: readback.method,
    by: readback.by,
    at: readback.at,
    witness: readback.witness ? bystander(readback.witness) : undefined,
    interpreter: interpreter ? bystander(interpreter) : undefined,
    guardian: guardian ? bystander(guardian) : undefined,
    changesAsked: readback.changesAsked,
    ownWish: readback.ownWish,
    understood: readback.understood,
    evidence: readback.evidence,
  });
  return [{ type: 'dictation.readback_confirmed', payload, occurredAt: readback.at }];
}

function urgentFrom(answers: Answers, context: TakingContext): TakingEntry[] {
  const level = textOf(answers, 'urgency');
  if (context.urgentReported || (level !== 'LIFE' && level !== 'MAJOR')) return [];
  const words = textOf(answers, 'threatWords');
  const payload: Payload<'urgent.reported'> = filled({
    level,
    kind: level === 'LIFE' ? '人命关天' : '伤人或险情',
    done: '接单时问到，随单上报',
    calls: [],
    words: words || undefined,
  });
  return [{ type: 'urgent.reported', payload }];
}

function sealFrom(answers: Answers): TakingEntry[] {
  if (!isSealed(answers)) return [];
  const accuses = textOf(answers, 'kind') === '检举控告';
  const payload: Payload<'case.sealed'> = { reason: accuses ? 'ACCUSATION' : 'VILLAGER_WISH' };
  return [{ type: 'case.sealed', payload }];
}

/**
 * 接单: every event after `case.drafted`, in the order to record. The sealing comes last, so that
 * the rest is inside it.
 */
export function takingFrom(answers: Answers, context: TakingContext): readonly TakingEntry[] {
  const mandate = mandateFrom(answers, context);
  const submission = submissionFrom(answers);
  const taken = {
    head: headFrom(answers, context),
    petitioners: [petitionerFrom(answers, context.today, context.agent.areaCode)],
    receipt: {
      how: isSealed(answers) ? ('CODE_ONLY' as const) : ('PAPER' as const),
      queryCode: context.queryCode,
    },
    ...(mandate ? {} : { mandateMissing: mandateMissing(answers) }),
  };
  return [
    consentFrom(answers, context),
    ...context.attachments.map((payload) => ({
      type: 'attachment.added' as const,
      payload,
      occurredAt: payload.capturedAt,
    })),
    ...wordsFrom(answers),
    ...readbackFrom(answers),
    ...(mandate ? [mandate] : []),
    ...urgentFrom(answers, context),
    { type: 'case.taken', payload: taken },
    { type: 'case.submitted', payload: submission },
    ...sealFrom(answers),
  ];
}
