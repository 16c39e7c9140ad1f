/** The judge of the real county: every answer comes from the pure domain. */
import { admit } from '../../domain/admit.ts';
import type { AreaTree } from '../../domain/area.ts';
import type { CaseEvent } from '../../domain/case-event.ts';
import { emptyCaseFile } from '../../domain/case-file.ts';
import { mirrorFor } from '../../domain/conflict-cases.ts';
import { evolve } from '../../domain/evolve.ts';
import {
  isEventType,
  upcast,
  type CaseEvent as KnownEvent,
  type EventType,
} from '../../domain/events.ts';
import {
  actorUnder,
  grantFor,
  grantsAt,
  grantsPrint,
  sightOf,
  whyNot,
  type Denial,
  type Subject,
} from '../../domain/permissions.ts';
import { followUps, systemAct } from '../../domain/system-acts.ts';
import type { LeaveReason } from '../../protocol/sync.ts';
import { caseColumns } from '../store/columns.ts';
import type { Judge } from './judge.ts';

/** An older shape is lifted before it is folded; the log keeps what was hashed. */
function lifted(event: CaseEvent<string>): CaseEvent<string> {
  const up = upcast(event);
  return up.ok ? { ...event, ...up.value } : event;
}

const LEAVES: Readonly<Record<Denial, LeaveReason>> = {
  NO_GRANT: 'GRANT_ENDED',
  NOT_THIS_ROLE: 'GRANT_ENDED',
  OUT_OF_SCOPE: 'HANDED_OVER',
  SEALED: 'SEALED',
  ACCUSED_UNIT: 'SEALED',
  RECUSED: 'RECUSED',
  NAMED_IN_CASE: 'SEALED',
  IDENTITY_WITHHELD: 'SEALED',
  NOT_YET: 'HANDED_OVER',
};

/** `county` is the 12-digit code of the county whose log this is, `areas` its places today (K13). */
export const domainJudge = (county: string, areas: AreaTree): Judge<Subject> => ({
  emptyFile: emptyCaseFile,
  evolve: (file, event) => evolve(file, lifted(event)),
  columns: caseColumns,
  agents: (file) => {
    const { agentIds, formerAgentIds } = sightOf(file);
    return [...new Set([...agentIds, ...formerAgentIds])];
  },
  actor: (asker, file, { type, now }) => {
    const action = `record:${type as EventType}` as const;
    const scene = { object: sightOf(file), now };
    const grant = grantFor(asker, action, scene) ?? grantsAt(asker, now)[0] ?? asker.grants[0];
    if (grant !== undefined) return actorUnder(asker, grant, type as EventType);
    return { code: 'A', personId: asker.personId, name: asker.name };
  },
  admit: ({ asker, file, event, now }) => {
    const context = { subject: asker, now, county: county.slice(0, 6), areas };
    const verdict = admit(file, event, context);
    const { followUps: acts } = verdict;
    if (verdict.kind === 'quarantined') return verdict;
    const rule = verdict.kind === 'applied_with_conflict' ? verdict.rule : null;
    return { kind: 'applied', rule, followUps: acts };
  },
  followUps: (file, event) => {
    const up = lifted(event);
    return isEventType(up.type) ? followUps(file, up as KnownEvent) : [];
  },
  mirror: (child, event) => {
    const up = lifted(event);
    const payload = isEventType(up.type) ? mirrorFor(child, up as KnownEvent) : null;
    if (payload === null || child.mergedInto === null) return null;
    return { master: child.mergedInto.caseId, ...systemAct('case.supplemented', payload) };
  },
  queryCodeMet: (_file, others) => [
    systemAct('case.received', { querySuffix: String(others + 1) }),
  ],
  numberNotOwn: (claimed) => [systemAct('case.received', { numberNotOwn: claimed })],
  keepsFrom: (asker, file, now) => {
    const denial = whyNot(asker, 'case.view', { object: sightOf(file), now });
    return denial === null ? null : LEAVES[denial];
  },
  grantsPrint,
});
