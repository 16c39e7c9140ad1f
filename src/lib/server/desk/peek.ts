import { summaryOf, numberOf, titleOf, missingOf, shownName, holderOf } from './row.ts';
import type { Subject } from '../../domain/permissions.ts';
import { mainPetitioner } from '../../domain/petitioner.ts';
import { personsOf } from './acts/facts.ts';
import type { DeskDeps } from './deps.ts';
import { logLook, lookAt } from './looks.ts';
import { nextWord } from './review.ts';
import { may, seeCase } from './see.ts';

/** The pane beside the inbox; null when there is no such case for this person, or no reason yet. */
export async function peekOf(deps: DeskDeps, person: Subject, caseId: string) {
  const seen = await seeCase(deps, person, caseId);
  if (seen === null) return null;
  const { file } = seen.record;
  // Of a sealed case everything is P4: a look, or nothing of it.
  const look = seen.sight.sealed ? await lookAt(deps, person, seen) : null;
  if (look?.open === false) return null;
  if (look !== null) await logLook(deps, person, { seen, look });
  const identity = may(deps, person, ['case.view_identity', seen.sight]);
  const main = mainPetitioner(file.petitioners);
  const born = Number(main?.birthDate?.slice(0, 4) ?? NaN);
  return {
    caseId: file.caseId as string,
    href: `/desk/case/${file.caseId}`,
    title: titleOf(file),
    number: numberOf(file),
    light: seen.time.light,
    dueAt: seen.time.dueAt,
    nextWord: nextWord(seen.time.code),
    verbatim: file.dictations[0]?.verbatim ?? '',
    summary: summaryOf(file),
    claims: (file.head.claims ?? []).map((claim) => claim.text),
    person: {
      name: shownName(file, identity),
      age: Number.isNaN(born) ? null : Number(deps.now().slice(0, 4)) - born,
      literacy: main?.literacy ?? null,
      phone: main?.phoneType ?? null,
      count: personsOf(file),
    },
    takenAt: file.moments.takenAt as string | null,
    receivedAt: file.moments.receivedAt as string | null,
    readback: (file.readbacks.at(-1)?.state ?? 'NONE') as string,
    missing: missingOf(file),
    holder: holderOf(file),
  };
}
