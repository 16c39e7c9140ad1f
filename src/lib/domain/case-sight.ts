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
  /** 可以告诉他们. */
  readonly identityToUnit: boolean;
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
    identityToUnit: head.identityToUnit === true,
    leaderId: file.leaderCase?.payload.leader.personId ?? null,
    leaderConcern: level4 || file.urgent.level === 'LIFE' || file.urgent.level === 'MAJOR',
  };
}
