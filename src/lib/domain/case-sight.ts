/** What a decision about access has to know of a case: no more, so that a row can hold it. */
import type { Accused } from './accused.ts';
import type { CaseFile } from './case-file.ts';
import { recusedBy } from './recusal.ts';
import type { FileStatus } from './status.ts';
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

function respondentOf(file: CaseFile): CaseSight['respondent'] {
  const said = file.head.respondent;
  return {
    name: said?.name ?? '',
    level: said === undefined || said.type === 'UNKNOWN' ? 'UNKNOWN' : (said.level ?? 'NONE'),
    areaCode: said?.areaCode ?? file.head.areaCode ?? '',
    unitId: said?.unitId ?? '',
  };
}

/** Forms that never asked 能不能告诉他们是您说的; what they wrote there says nothing by itself. */
const ASKS_FROM: Readonly<Record<string, number>> = { intake: 2, office: 2 };

/** The matter is about a unit or a cadre, as far as somebody said. */
function isAboutBody({ head }: CaseFile): boolean {
  const { level = 'NONE', type, unitId } = head.respondent ?? {};
  if (head.kind === '检举控告' || head.secret === true) return true;
  return type === 'UNIT' || level !== 'NONE' || unitId !== undefined;
}

/** Whether a unit may know who asks, and whether that was really answered. */
function identityOf(file: CaseFile): Pick<CaseSight, 'identityToUnit' | 'identitySaid'> {
  const { form, identityToUnit: told } = file.head;
  const asked = form === null || form.version >= (ASKS_FROM[form.id] ?? 0);
  const later = file.corrections.some(
    (one) => one.field === 'identityToUnit' && one.mark.actor.code === 'O',
  );
  const said = (asked && told !== undefined) || later;
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
