/** The judge of the real county: every answer comes from the pure domain. */
import type { CaseEvent } from '../../domain/case-event.ts';
import { emptyCaseFile } from '../../domain/case-file.ts';
import { evolve } from '../../domain/evolve.ts';
import { parseEventBody, upcast, type EventType } from '../../domain/events.ts';
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

export const domainJudge = (): Judge<Subject> => ({
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
  admit: ({ event }) => {
    const parsed = parseEventBody(event);
    if (!parsed.ok) {
      const { code, details } = parsed.error;
      const rejection = code === 'PAYLOAD' ? 'PAYLOAD' : 'UNKNOWN_TYPE';
      return { kind: 'quarantined', code: rejection, reason: details.join('\n'), followUps: [] };
    }
    return { kind: 'applied', rule: null, followUps: [] };
  },
  queryCodeMet: () => [],
  keepsFrom: (asker, file, now) => {
    const denial = whyNot(asker, 'case.view', { object: sightOf(file), now });
    return denial === null ? null : LEAVES[denial];
  },
  grantsPrint,
});
