/** The judges of the simulation: who may see what is a table that the faults change. */
import type { CaseEvent } from '../../src/lib/domain/case-event.ts';
import type { CaseFile } from '../../src/lib/domain/case-file.ts';
import type { Grant, Subject } from '../../src/lib/domain/grants.ts';
import type { AreaCode, Instant } from '../../src/lib/domain/values.ts';
import { AREAS } from '../../src/lib/server/county.ts';
import { domainJudge } from '../../src/lib/server/sync/domain-judge.ts';
import type { Asker, Judge } from '../../src/lib/server/sync/judge.ts';
import { COUNTY } from './county.ts';
import { plainJudge, type PlainAsker } from './plain-judge.ts';

/** What a person may do now; absent: everything an agent may. */
export interface Right {
  readonly revoked: boolean;
  /** Areas of the plain county that he sees: digits of `0`, `1`, `2`. */
  readonly areas: string;
  /** Village of the real county. */
  readonly village: string;
  readonly revokedAt: Instant | null;
}
export type Rights = Map<string, Right>;
export const FULL: Right = { revoked: false, areas: '012', village: '', revokedAt: null };

interface Said {
  readonly area?: string;
  readonly poison?: boolean;
  readonly sha?: string;
  readonly sha256?: string;
}
const said = (payload: unknown): Said =>
  typeof payload === 'object' && payload !== null ? payload : {};

type Attachment = CaseFile['attachments'][number];

/** What the plain county makes of an event beyond moving cases: its order, its files, its end. */
function fold(file: CaseFile, event: CaseEvent<string>): CaseFile {
  const { type, payload, id, stamp } = event;
  const { area, poison, sha, sha256 } = said(payload);
  if (poison === true) throw new Error('an event that the fold cannot read');
  const timeline = [...file.timeline, { eventId: id } as unknown as CaseFile['timeline'][number]];
  const next = { ...file, timeline };
  if (type === 'case.drafted')
    return { ...next, head: { ...next.head, areaCode: area as AreaCode } };
  if (type === 'case.unsealed') return { ...next, sealed: null };
  if (type === 'agent.recused') return { ...next, agent: null };
  if (type === 'attachment.added' && sha !== undefined) {
    const added = { sha256: sha, received: false, mark: { actor: stamp.actor } };
    return { ...next, attachments: [...next.attachments, added as unknown as Attachment] };
  }
  if (type !== 'attachment.received') return next;
  const attachments = next.attachments.map((one) =>
    one.sha256 === sha256 ? ({ ...one, received: true } as unknown as Attachment) : one,
  );
  return { ...next, attachments };
}

/** Small rules and the whole protocol; `forged` believes what a body says about its author. */
export function plainCounty(rights: Rights, forged: boolean): Judge<Asker> {
  const plain = plainJudge();
  const rightOf = ({ personId }: Asker) => rights.get(personId) ?? FULL;
  const as = (asker: Asker): PlainAsker => {
    const { revoked, areas } = rightOf(asker);
    return { ...asker, grants: revoked ? '' : areas };
  };
  return {
    ...plain,
    evolve: (file, event) => fold(plain.evolve(file, event), event),
    actor: (asker, file, event) => plain.actor(as(asker), file, event),
    admit: ({ asker, file, event, now }) => {
      const claimed = (event.payload as { actor?: { personId: string } } | null)?.actor;
      if (forged && claimed !== undefined) Object.assign(event.stamp.actor, claimed);
      if (rightOf(asker).revoked && event.type !== 'case.drafted')
        return { kind: 'quarantined', code: 'REVOKED', reason: '', followUps: [] };
      return plain.admit({ asker: as(asker), file, event, now });
    },
    keepsFrom: (asker, file, now) => {
      const reason = plain.keepsFrom(as(asker), file, now);
      const here = rightOf(asker).areas.includes(file.head.areaCode ?? '0');
      return reason ?? (here ? null : 'HANDED_OVER');
    },
    grantsPrint: (asker, now) => plain.grantsPrint(as(asker), now),
  };
}

const SINCE = '2020-01-01T00:00:00Z' as Instant;

/** The real domain, asked for subjects with the grants that the table says. */
export function realCounty(rights: Rights): Judge<Asker> {
  const real = domainJudge(COUNTY, AREAS);
  const as = ({ personId, name }: Asker): Subject => {
    const { village, revokedAt } = rights.get(personId) ?? FULL;
    const grant = { role: 'A', areaCode: village, unitId: null, from: SINCE, to: revokedAt };
    return { personId, name, grants: [grant as Grant] };
  };
  return {
    ...real,
    actor: (asker, file, event) => real.actor(as(asker), file, event),
    admit: (offered) => real.admit({ ...offered, asker: as(offered.asker) }),
    keepsFrom: (asker, file, now) => real.keepsFrom(as(asker), file, now),
    readsP3: (asker, file, now) => real.readsP3(as(asker), file, now),
    grantsPrint: (asker, now) => real.grantsPrint(as(asker), now),
  };
}
