/** What the desk's list does for every page, for the attacks that measure it under load. */
import type { Kysely } from 'kysely';
import type { Container } from '../../src/lib/server/container.ts';
import { createCaseReader } from '../../src/lib/server/desk/cases.ts';
import type { CountyTables } from '../../src/lib/server/store/tables.ts';

/** Rows of one page of the desk's list. */
const PAGE = 50;

/** Answers the newest cases through the desk's own reader. */
export function deskOf({ db, county }: Pick<Container, 'db' | 'county'>): () => Promise<Response> {
  const reader = createCaseReader(db as unknown as Kysely<CountyTables>, county);
  return async () => {
    const cases = await reader.all();
    return Response.json({ cases: cases.length, page: cases.slice(0, PAGE) });
  };
}
