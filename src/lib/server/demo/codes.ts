/**
 * 登记码 of the demo: everybody who has a tablet there gets some, written down where a real county
 * never would, so that the sample county can be tried on as many tablets as one likes.
 */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Kysely } from 'kysely';
import type { PersonId } from '../../domain/values.ts';
import { printEnrolCode } from '../../protocol/enrol-code.ts';
import type { Container } from '../container.ts';
import { makeCodes, openCodes } from '../keys/enrol-codes.ts';
import type { CountyTables } from '../store/tables.ts';
import type { DemoAccount } from './people.ts';

/** Codes that everybody has at a start. */
export const DEMO_CODES = 4;

/** Account with codes to type on a tablet's first visit; none for those who have no tablet. */
export type WithCodes<A> = A & { readonly codes: readonly string[] };

/**
 * As many new codes as everybody lacks who has a tablet: the county says how many of his wait, which
 * letters they have only the file knows. Oldest first.
 */
export async function demoCodes<A extends Pick<DemoAccount, 'code' | 'personId'>>(
  { db, county, store, clock }: Container,
  accounts: readonly A[],
): Promise<WithCodes<A>[]> {
  const deps = { db: db as unknown as Kysely<CountyTables>, county, store };
  const director = accounts.find(({ code }) => code === 'O5')?.personId ?? 'demo';
  const waiting = await openCodes(deps, clock.now());
  const lacking = accounts.flatMap(({ code, personId }) => {
    const open = waiting.filter((one) => one.personId === personId).length;
    const lacks = code === 'A' || code === 'T' ? DEMO_CODES - open : 0;
    return Array.from({ length: Math.max(0, lacks) }, () => personId as PersonId);
  });
  const by = { personId: director as PersonId, at: clock.now() };
  const made = (await makeCodes(deps, lacking, by)).map(({ code }) => printEnrolCode(code));
  return accounts.map((one) => {
    const old = (one as A & { readonly codes?: readonly string[] }).codes ?? [];
    const fresh = made.filter((_, n) => lacking[n] === one.personId);
    // Whoever takes the first one first drops what is used up.
    return { ...one, codes: [...old, ...fresh].slice(-DEMO_CODES) };
  });
}

/** Tops up the codes of a demo that was used or slept, in its `demo-accounts.json`. */
export async function freshDemoCodes(container: Container): Promise<void> {
  const file = path.join(container.env.dataDir, 'demo-accounts.json');
  const told = JSON.parse(await readFile(file, 'utf8')) as { accounts: DemoAccount[] };
  const accounts = await demoCodes(container, told.accounts);
  await writeFile(file, `${JSON.stringify({ ...told, accounts }, null, 2)}\n`);
}
