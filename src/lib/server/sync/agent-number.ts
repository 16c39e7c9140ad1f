/**
 * Numbers of agents, and whether a temporary number was made by its sender's own tablets. Another
 * agent's number on a case keeps everything the villager said; the number itself does not count.
 */
import { readTemporaryNo } from '../../domain/numbers.ts';
import type { PersonId } from '../../domain/values.ts';
import type { CountyTx } from '../../ports/county-store.ts';
import type { CountyDeps } from './deps.ts';
import type { Asker } from './judge.ts';
import type { Ledger } from './ledger.ts';

/** Counter under which an agent's number in the county is kept; a demo may set it beforehand. */
export const agentNumberKey = (personId: string): string => `agent_no.${personId}`;

/** `A01`: the agent's number as it stands in temporary numbers. */
export const agentIdOf = (number: number): string => `A${String(number).padStart(2, '0')}`;

interface Vaults {
  readonly agent: string;
  /** Of all tablets this person ever had: after a fork a number keeps the letter it was made with. */
  readonly letters: ReadonlySet<string>;
}

/** Null before the person enrolled a tablet: nothing is known to compare with. */
async function vaultsOf(tx: CountyTx, personId: PersonId): Promise<Vaults | null> {
  const number = await tx.counter(agentNumberKey(personId));
  const letters = (await tx.devicesOf(personId)).map(({ letter }) => letter).filter(Boolean);
  return number > 0 && letters.length > 0
    ? { agent: agentIdOf(number), letters: new Set(letters) }
    : null;
}

const isOwn = (text: string, { agent, letters }: Vaults): boolean => {
  const no = readTemporaryNo(text);
  return no !== null && no.agent === agent && letters.has(no.letter);
};

/** Looks at the number of every case that began in this push. */
export async function checkTemporaryNumbers<S extends Asker>(
  deps: CountyDeps<S>,
  tx: CountyTx,
  { ledger, personId }: { readonly ledger: Ledger; readonly personId: PersonId },
): Promise<void> {
  const begun = ledger.appended().filter(({ type }) => type === 'case.drafted');
  if (begun.length === 0) return;
  const vaults = await vaultsOf(tx, personId);
  if (vaults === null) return;
  for (const { caseId } of begun) {
    const claimed = ledger.record(caseId)?.file.numbers.temporaryNo ?? null;
    const foreign = claimed !== null && !isOwn(claimed, vaults);
    if (foreign) ledger.follow(caseId, deps.judge.numberNotOwn?.(claimed) ?? []);
  }
}
