import type { Kysely } from 'kysely';
import type { Calendar } from '../../domain/calendar.ts';
import type { Settings } from '../../domain/settings.ts';
import type { Instant } from '../../domain/values.ts';
import type { CaseReader } from './cases.ts';
import type { CountyTables } from '../store/tables.ts';

/** What the desk's reading needs; acts go through `perform.ts`. */
export interface DeskDeps {
  readonly db: Kysely<CountyTables>;
  readonly county: string;
  readonly cases: CaseReader;
  readonly calendar: Calendar;
  readonly settings: Settings;
  now(): Instant;
}
