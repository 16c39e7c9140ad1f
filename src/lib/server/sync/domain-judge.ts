/** The judge of the real county: every answer comes from the pure domain. */
import { admit, isFieldAct } from '../../domain/admit.ts';
import type { AreaTree } from '../../domain/area.ts';
import type { CaseEvent } from '../../domain/case-event.ts';
import { emptyCaseFile, type CaseFile } from '../../domain/case-file.ts';
import { mirrorFor } from '../../domain/conflict-cases.ts';
import { evolveAs } from '../../domain/evolve.ts';
import { parseEventBody } from '../../domain/event-body.ts';
import { type CaseEvent as KnownEvent, type EventType } from '../../domain/events.ts';
import {
  actorUnder,
  can,
  grantFor,
  grantsAt,
  grantsPrint,
  sightOf,
  whyNot,
  type Denial,
  type Subject,
} from '../../domain/permissions.ts';
import { isOfToday, lifted, SHAPES, type Shapes } from '../../domain/shapes.ts';
import { followUps, systemAct } from '../../domain/system-acts.ts';
import type { LeaveReason } from '../../protocol/sync.ts';
import { caseColumns } from '../store/columns.ts';
import type { Judge } from './judge.ts';

const LEAVES: Readonly<Record<Denial, LeaveReason>> = {
  NO_GRANT: 'GRANT_ENDED',
  NOT_THIS_ROLE: 'GRANT_ENDED',
  OUT_OF_SCOPE: 'HANDED_OVER',
  SEALED: 'SEALED',
  ACCUSED_UNIT: 'SEALED',
  RECUSED: 'RECUSED',
  NAMED_IN_CASE: 'SEALED',
  IDENTITY_WITHHELD: 'SEALED',
  WORDS_WITHHELD: 'SEALED',
  P3_WITHHELD: 'SEALED',
  NOT_YET: 'HANDED_OVER',
};

/** What a copy on a tablet shows to whoever has it. */
const ON_TABLET = ['case.view', 'case.view_words', 'case.view_identity'] as const;

/** The last fold of `admit`: the event joins the log next, and the fold is the same. */
interface Folded {
  readonly file: CaseFile;
  readonly event: CaseEvent<string>;
  readonly after: CaseFile;
}

/** Every field that a fold can read, the bodies and actors by identity. */
const isSame = (one: CaseEvent<string>, other: CaseEvent<string>): boolean =>
  one.id === other.id &&
  one.caseId === other.caseId &&
  one.type === other.type &&
  one.v === other.v &&
  one.occurredAt === other.occurredAt &&
  one.payload === other.payload &&
  one.stamp.seq === other.stamp.seq &&
  one.stamp.receivedAt === other.stamp.receivedAt &&
  one.stamp.actor === other.stamp.actor &&
  one.stamp.clockOffsetSeconds === other.stamp.clockOffsetSeconds;

/**
 * `county` is the 12-digit code of the county whose log this is, `areas` its places today (K13).
 * Older shapes are lifted before anything looks at them; the log keeps what was hashed.
 */
export const domainJudge = (
  county: string,
  areas: AreaTree,
  shapes: Shapes = SHAPES,
): Judge<Subject> => {
  let last: Folded | null = null;
  return {
    emptyFile: emptyCaseFile,
    evolve: (file, event) => {
      if (last !== null && last.file === file && isSame(last.event, event)) return last.after;
      return evolveAs(shapes, file, event);
    },
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
    admit: ({ asker, file, event, now, takenAfter }) => {
      const place = { county: county.slice(0, 6), areas, shapes };
      const context = { subject: asker, now, ...place, ...(takenAfter && { takenAfter }) };
      const verdict = admit(file, event, context);
      if (verdict.kind === 'quarantined' || verdict.kind === 'opaque') return verdict;
      const { followUps: acts, after } = verdict;
      last = { file, event, after };
      const rule = verdict.kind === 'applied_with_conflict' ? verdict.rule : null;
      return { kind: 'applied', rule, followUps: acts };
    },
    readable: (event) => {
      const parsed = parseEventBody(event, shapes);
      // Whose next version this was is known by now: an act of the office does not come by a tablet.
      const ok = parsed.ok && isFieldAct(event.type, event.stamp.actor.code);
      return ok ? { ...parsed.value, stamp: event.stamp } : null;
    },
    followUps: (file, event) => {
      const up = lifted(event, shapes);
      return isOfToday(up, shapes) ? followUps(file, up as KnownEvent) : [];
    },
    mirror: (child, event) => {
      const up = lifted(event, shapes);
      const payload = isOfToday(up, shapes) ? mirrorFor(child, up as KnownEvent) : null;
      if (payload === null || child.mergedInto === null) return null;
      return { master: child.mergedInto.caseId, ...systemAct('case.supplemented', payload) };
    },
    queryCodeMet: (_file, others) => [
      systemAct('case.received', { querySuffix: String(others + 1) }),
    ],
    numberNotOwn: (claimed) => [systemAct('case.received', { numberNotOwn: claimed })],
    readsP3: (asker, file, now) =>
      can(asker, 'case.view_sensitive', { object: sightOf(file), now }),
    keepsFrom: (asker, file, now) => {
      const scene = { object: sightOf(file), now };
      // A tablet holds a case whole: who may not read her words or name at the desk has no copy.
      const denial = ON_TABLET.map((action) => whyNot(asker, action, scene)).find(Boolean);
      return denial ? LEAVES[denial] : null;
    },
    grantsPrint,
  };
};
