/** What a decision about access has to know of a case: no more, so that a row can hold it. */
import type { Accused } from './accused.ts';
import type { CaseFile } from './case-file.ts';
import { recusedBy } from './recusal.ts';
import type { FileStatus } from './status.ts';
import { toldAfter } from './told-later.ts';
import type { CaseId, PersonId } from './values.ts';

export interface CaseSight {
  readonly caseId: CaseId;
  readonly status: FileStatus;
  /** Place of the problem; empty before `case.drafted`. */
  readonly areaCode: string;
  /** Agents who have the case now: its own and those of children it took in (K04). */
  readonly agentIds: readonly PersonId[];
  /** Everyone who ever had it; their late work is still taken (K21). */
  readonly formerAgentIds: readonly PersonId[];
  readonly recusedIds: readonly PersonId[];
  /** Units with a live handling. */
  readonly unitIds: readonly string[];
  readonly sealed: boolean;
  /** 检举控告 or 怕人知道: the accused unit and its people see nothing (条例 art. 30). */
  readonly guarded: boolean;
  readonly respondent: Accused;
  /** 可以告诉他们: by her answer, or by the notice that nobody's answer contradicts. */
  readonly identityToUnit: boolean;
  /** She was asked and answered; what stands by the notice alone is nothing for a unit that is meant. */
  readonly identitySaid?: boolean;
  readonly leaderId: PersonId | null;
  /** Urgent MAJOR or LIFE, or supervised at level 4: a leader's concern. */
  readonly leaderConcern: boolean;
}

/** One answer of the office to 是不是说我们局里的人、哪个单位. */
interface Answer {
  readonly by: PersonId;
  readonly seq: number;
  readonly about: 'NOBODY' | 'UNIT' | 'PERSON';
  readonly personId: string;
  /** Words that were changed since are not answered: nobody is let in by it. */
  readonly current: boolean;
}

/** What somebody of the office said himself; a proposal from the field that was adopted is none. */
function answersOf(file: CaseFile): readonly Answer[] {
  const words = file.head.respondent?.name;
  const adopted = new Set(file.supplements.map(({ decision }) => decision?.eventId));
  return file.corrections.flatMap(({ field, new: given, mark }) => {
    if (field !== 'respondent' || mark.actor.code !== 'O' || adopted.has(mark.eventId)) return [];
    const {
      about,
      personId = '',
      name,
    } = (given ?? {}) as NonNullable<CaseFile['head']['respondent']>;
    if (about === undefined) return [];
    const current = name === words;
    return [{ by: mark.actor.personId, seq: mark.seq ?? 0, about, personId, current }];
  });
}

/** An answer that holds, and up to which place of the log it was given to what the case tells. */
interface Standing extends Answer {
  readonly upTo: number;
}

/** The answer that holds: the last one; of a sealed case only when another person says the same. */
function standingOf(file: CaseFile, answers: readonly Answer[]): Standing | null {
  const last = answers.at(-1);
  if (last === undefined) return null;
  if (file.sealed === null && file.head.procedure !== 'SEALED') return { ...last, upTo: last.seq };
  const others = new Map(answers.map((one) => [one.by, one] as const));
  const agreed = [...others.values()].filter(
    (one) => one.by !== last.by && one.about === last.about && one.personId === last.personId,
  );
  // Both have to know what was told: the earlier of the two says up to where.
  const upTo = Math.min(last.seq, Math.max(...agreed.map(({ seq }) => seq)));
  return agreed.length > 0 ? { ...last, upTo } : null;
}

/** Whom the office named: by the standing answer, and by the last one from before the sealing. */
function meantBy(
  file: CaseFile,
): Pick<Accused, 'personIds' | 'personsSettled' | 'unitsSettled' | 'later'> {
  const answers = answersOf(file);
  const standing = standingOf(file, answers);
  const sealedAt = file.sealed?.mark.seq ?? 0;
  const before = standing === null ? answers.findLast(({ seq }) => seq < sealedAt) : undefined;
  const personIds = [standing, before].flatMap((one) => one?.personId || []);
  return {
    personIds,
    personsSettled: standing?.current === true && standing.about !== 'UNIT',
    unitsSettled: standing?.current === true && standing.about === 'NOBODY',
    ...(standing && { later: toldAfter(file, standing.upTo) }),
  };
}

function respondentOf(file: CaseFile): CaseSight['respondent'] {
  const said = file.head.respondent;
  return {
    name: said?.name ?? '',
    level: said === undefined || said.type === 'UNKNOWN' ? 'UNKNOWN' : (said.level ?? 'NONE'),
    areaCode: said?.areaCode ?? file.head.areaCode ?? '',
    unitId: said?.unitId ?? '',
    ...meantBy(file),
    texts: textsOf(file),
  };
}

/** What the case tells in words, as somebody said or wrote it. */
function textsOf({ head, dictations, supplements }: CaseFile): readonly string[] {
  const { title, summary, claims, evidenceText, respondent, threat } = head;
  const said = dictations.flatMap(({ verbatim, tidy, tidyBefore }) => [
    ...[verbatim, tidy],
    ...tidyBefore.map(({ text }) => text),
  ]);
  const asked = [claims, supplements.map(({ payload }) => payload)].map((one) =>
    JSON.stringify(one ?? ''),
  );
  const texts = [title, summary, evidenceText, respondent?.post, threat?.words, ...said, ...asked];
  return texts.filter((text) => typeof text === 'string' && text !== '') as string[];
}

/** Forms that never asked 能不能告诉他们是您说的; what they wrote there says nothing by itself. */
const ASKS_FROM: Readonly<Record<string, number>> = { intake: 2, office: 2 };

/** The matter is about a unit or a cadre, as far as somebody said. */
function isAboutBody({ head }: CaseFile): boolean {
  const { level = 'NONE', type, unitId } = head.respondent ?? {};
  if (head.kind === '检举控告' || head.secret === true) return true;
  return type === 'UNIT' || level !== 'NONE' || unitId !== undefined;
}

const tells = ({ payload }: CaseFile['consents'][number]): boolean =>
  payload.identityToUnit !== undefined;

/** Whether a unit may know who asks, and whether that was really answered. */
function identityOf(file: CaseFile): Pick<CaseSight, 'identityToUnit' | 'identitySaid'> {
  const { form, identityToUnit: told } = file.head;
  const asked = form === null || form.version >= (ASKS_FROM[form.id] ?? 0);
  const later = file.corrections.some(
    (one) => one.field === 'identityToUnit' && one.mark.actor.code === 'O',
  );
  // A no that was filled in for her is kept, and is not said by her.
  const assumed = told === false && file.consents.findLast(tells)?.payload.identityAsked === false;
  const said = (asked && told !== undefined && !assumed) || later;
  if (said || told === false) return { identityToUnit: told === true, identitySaid: said };
  // The notice says that the unit in charge sees who asks; of the unit complained of it says nothing.
  const heard = file.consents.some((one) => one.payload.given);
  const byNotice = heard && !isAboutBody(file) && (told === true || asked);
  return { identityToUnit: byNotice, identitySaid: false };
}

/** The last answer: one event asks several times about the very same file. */
let last: { readonly file: CaseFile; readonly sight: CaseSight } | null = null;

/** The sight of a folded case. */
export function sightOf(file: CaseFile): CaseSight {
  if (last?.file !== file) last = { file, sight: seen(file) };
  return last.sight;
}

function seen(file: CaseFile): CaseSight {
  const { head } = file;
  const absorbed = file.children.flatMap((c) => c.payload.agent?.personId ?? []);
  // A hazard belongs to who reported it first.
  const reporter = file.hazard && file.status === 'NONE' ? file.timeline[0]?.actor.personId : null;
  const own = file.agent ? [file.agent.personId] : reporter ? [reporter] : [];
  const level4 = file.supervisions.some((s) => s.closed === null && s.issued.payload.level === 4);
  return {
    caseId: file.caseId,
    status: file.status,
    areaCode: head.areaCode ?? file.hazard?.latest.areaCode ?? '',
    agentIds: [...new Set([...own, ...absorbed])],
    formerAgentIds: [...new Set(file.agents.map((t) => t.agent.personId))],
    recusedIds: file.recusals.flatMap((r) => recusedBy(file, r) ?? []),
    unitIds: [
      ...new Set(file.handlings.flatMap((h) => (h.status === 'RETRACTED' ? [] : [h.unitId]))),
    ],
    sealed: file.sealed !== null || head.procedure === 'SEALED',
    guarded: head.kind === '检举控告' || head.secret === true,
    respondent: respondentOf(file),
    ...identityOf(file),
    leaderId: file.leaderCase?.payload.leader.personId ?? null,
    leaderConcern: level4 || file.urgent.level === 'LIFE' || file.urgent.level === 'MAJOR',
  };
}
