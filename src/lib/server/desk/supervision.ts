import type { Subject } from '../../domain/permissions.ts';
import type { DeskDeps } from './deps.ts';
import { unitName } from './names.ts';
import { listTitle, rowBase } from './row.ts';
import { seenCases } from './see.ts';

const stateOf = (one: { answered: unknown; closed: unknown }) =>
  one.closed ? 'closed' : one.answered ? 'answered' : 'open';

/** 督办: what was issued, newest first, and the cases that are due or overdue. */
export async function supervisionOf(deps: DeskDeps, person: Subject) {
  const seen = await seenCases(deps, person);
  const issued = seen
    .flatMap(({ record, sight }) =>
      record.file.supervisions.map((one) => ({
        key: one.issued.mark.eventId as string,
        at: one.issued.mark.occurredAt as string,
        href: `/desk/case/${record.caseId}`,
        title: listTitle({ record, sight }),
        level: one.issued.payload.level,
        ground: sight.sealed ? '' : one.issued.payload.ground,
        unit: sight.sealed
          ? ''
          : unitName(one.issued.payload.unitId ?? record.file.head.unit ?? ''),
        due: one.issued.payload.answerBy ?? null,
        state: stateOf(one),
      })),
    )
    .sort((a, b) => (a.at < b.at ? 1 : -1));
  const burning = seen
    .filter(({ time }) => time.light.word === 'soon' || time.light.word === 'late')
    .sort((a, b) => a.time.order - b.time.order)
    .map((one) => ({ ...rowBase(one), times: [] as { step: string; at: string }[] }));
  return { issued, burning };
}
