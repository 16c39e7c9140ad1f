/** The judge of the real county: every answer comes from the pure domain. */
import type { Actor, CaseEvent } from '../../domain/case-event.ts';
import { emptyCaseFile } from '../../domain/case-file.ts';
import { evolve } from '../../domain/evolve.ts';
import { parseEventBody, upcast } from '../../domain/events.ts';
import type { Subject } from '../../domain/permissions.ts';
import { caseColumns } from '../store/columns.ts';
import type { Judge } from './judge.ts';

/** An older shape is lifted before it is folded; the log keeps what was hashed. */
function lifted(event: CaseEvent<string>): CaseEvent<string> {
  const up = upcast(event);
  return up.ok ? { ...event, ...up.value } : event;
}

export const domainJudge = (): Judge<Subject> => ({
  emptyFile: emptyCaseFile,
  evolve: (file, event) => evolve(file, lifted(event)),
  columns: caseColumns,
  actor: (asker): Actor => ({ code: 'A', personId: asker.personId, name: asker.name }),
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
  keepsFrom: (asker, file) => {
    if (file.sealed !== null) return 'SEALED';
    return file.agent?.personId === asker.personId ? null : 'HANDED_OVER';
  },
  grantsPrint: (asker, now) => JSON.stringify([asker.grants, now.slice(0, 10)]),
});
