/** 登记码 at the desk: for whom a code may be made, and what the page shows of the open ones. */
import type { Instant, PersonId } from '../../domain/values.ts';
import { makeCode, openCodes, type MadeCode } from '../keys/enrol-codes.ts';
import { areOneHand } from '../settings/account-resets.ts';
import type { By } from '../settings/kept.ts';
import type { DeskDeps } from './deps.ts';

export { printEnrolCode } from '../../protocol/enrol-code.ts';

/** A code that waits, in the words of the page. */
export interface CodeLine {
  readonly id: string;
  readonly name: string;
  readonly by: string;
  readonly expiresAt: string;
}

type Colleague = Awaited<ReturnType<DeskDeps['colleagues']>>[number];

/** Who may have a tablet: agents, and those of a township. */
export const hasTablet = ({ roles }: Pick<Colleague, 'roles'>): boolean =>
  roles.some((role) => role === 'A' || role === 'T');

/** The codes that may still be used, by person, and of one person the newest first; never the code itself. */
export async function codeLines(deps: DeskDeps, now: Instant): Promise<readonly CodeLine[]> {
  const names = new Map((await deps.colleagues()).map((one) => [one.personId as string, one.name]));
  const lines = (await openCodes(deps, now)).map(({ id, personId, by, expiresAt }) => ({
    ...{ id, expiresAt },
    ...{ name: names.get(personId) ?? personId, by: names.get(by) ?? by },
  }));
  // Codes of one kind hold equally long: the one that ends last was made last.
  return lines.toSorted(
    (a, b) =>
      a.name.localeCompare(b.name, 'zh-CN') || Date.parse(b.expiresAt) - Date.parse(a.expiresAt),
  );
}

/**
 * A code for a colleague who has a tablet, with his name; null: he has none, or five are open. 'hand':
 * this person has set his passphrase lately, and with a code he would be him on a tablet.
 */
export async function codeFor(
  deps: DeskDeps,
  personId: string,
  by: By,
): Promise<(MadeCode & { readonly name: string }) | 'hand' | null> {
  const colleague = (await deps.colleagues()).find((one) => one.personId === personId);
  if (!colleague || !hasTablet(colleague)) return null;
  if (await areOneHand(deps, [personId, by.personId], by.at)) return 'hand';
  const made = await makeCode(deps, personId as PersonId, by);
  return made && { ...made, name: colleague.name };
}
