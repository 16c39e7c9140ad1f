/** A small, honest judge: enough rules to move cases between people, none of the county's words. */
import { emptyCaseFile, type CaseFile } from '../../src/lib/domain/case-file.ts';
import type { PersonId } from '../../src/lib/domain/values.ts';
import type { CaseColumns } from '../../src/lib/ports/county-store.ts';
import type { Asker, Judge } from '../../src/lib/server/sync/judge.ts';

export interface PlainAsker extends Asker {
  /** Changes when his rights change; an empty text means that all rights ended. */
  readonly grants: string;
}

interface Said {
  readonly to?: string;
  readonly bad?: boolean;
  readonly rule?: string;
  readonly queryCode?: string;
}

const said = (payload: unknown): Said =>
  typeof payload === 'object' && payload !== null ? payload : {};

function withAgent(file: CaseFile, personId: string): CaseFile {
  const agent = { personId: personId as PersonId, name: personId, areaCode: null };
  return { ...file, agent, agents: [...file.agents, { agent } as CaseFile['agents'][number]] };
}

const columns = (file: CaseFile): CaseColumns => ({
  status: file.status,
  caseNo: null,
  temporaryNumber: null,
  queryCode: file.numbers.queryCode,
  otherCodes: null,
  areaCode: '',
  agentId: file.agent?.personId ?? null,
  leadUnitId: null,
  category: null,
  level: null,
  sealed: file.sealed !== null,
  urgent: false,
  xfDate: null,
  receivedAt: null,
  closedAt: null,
  searchText: '',
});

export const plainJudge = (): Judge<PlainAsker> => ({
  emptyFile: emptyCaseFile,
  evolve: (file, { type, payload, stamp }) => {
    const { to, queryCode } = said(payload);
    const counted = { ...file, seq: stamp.seq ?? file.seq };
    if (type === 'case.drafted') {
      const taken = withAgent(counted, stamp.actor.personId);
      return { ...taken, numbers: { ...file.numbers, queryCode: queryCode ?? null } };
    }
    if (type === 'case.handed_over' && to !== undefined) return withAgent(counted, to);
    if (type === 'case.sealed') return { ...counted, sealed: {} as CaseFile['sealed'] };
    return counted;
  },
  columns,
  agents: (file) => file.agents.map(({ agent }) => agent.personId),
  actor: ({ personId, name }) => ({ code: 'A', personId, name }),
  admit: ({ event }) => {
    const { bad, rule } = said(event.payload);
    const conflict = { type: 'conflict.detected', v: 1, payload: { rule, events: [event.id] } };
    const received = { type: 'case.received', v: 1, payload: { eventId: event.id } };
    const aside = { type: 'event.quarantined', v: 1, payload: { eventId: event.id } };
    if (bad === true)
      return { kind: 'quarantined', code: 'PAYLOAD', reason: 'bad', followUps: [aside] };
    if (rule !== undefined) return { kind: 'applied', rule, followUps: [conflict] };
    const followUps = event.type === 'case.taken' ? [received] : [];
    return { kind: 'applied', rule: null, followUps };
  },
  readable: (event) => event,
  followUps: () => [],
  mirror: () => null,
  queryCodeMet: (_file, others) => [
    { type: 'case.received', v: 1, payload: { querySuffix: String(others + 1) } },
  ],
  keepsFrom: (asker, file) => {
    if (asker.grants === '') return 'GRANT_ENDED';
    if (file.sealed !== null) return 'SEALED';
    return file.agent?.personId === asker.personId ? null : 'HANDED_OVER';
  },
  readsP3: () => true,
  grantsPrint: (asker) => asker.grants,
});
