import type { Kysely } from 'kysely';
import type { CaseFile } from '../../domain/case-file.ts';
import type { Calendar } from '../../domain/calendar.ts';
import type { Grant, Role, Subject } from '../../domain/permissions.ts';
import type { Settings } from '../../domain/settings.ts';
import type { OpenedRating } from '../../domain/statistics-summary.ts';
import type { Instant, PersonId } from '../../domain/values.ts';
import type { CountyStore } from '../../ports/county-store.ts';
import type { CountyTables } from '../store/tables.ts';
import type { CountyDeps } from '../sync/deps.ts';
import type { CaseReader } from './cases.ts';

/** Somebody with an account, as far as selects need to know. */
export interface Colleague {
  readonly personId: PersonId;
  readonly name: string;
  readonly roles: readonly Role[];
  readonly areaCode: string | null;
  /** In force now. */
  readonly grants: readonly Grant[];
  /** What he had before. */
  readonly ended?: readonly Grant[];
}

/** What the desk's reading needs; acts go through `perform.ts`. */
export interface DeskDeps {
  readonly db: Kysely<CountyTables>;
  readonly county: string;
  readonly store: CountyStore;
  readonly cases: CaseReader;
  readonly calendar: Calendar;
  readonly settings: Settings;
  /** Everybody with a grant in force. */
  colleagues(): Promise<readonly Colleague[]>;
  /** Another person with his grants as they are now; null: none in force, or the account is closed. */
  subjectOf(personId: string): Promise<Subject | null>;
  /** Ends every session of a person at once, on whatever machine. */
  endSessions(personId: string): Promise<void>;
  /** Ratings that the rating desk has opened, by the id of their sealed event. */
  openedRatings(files: readonly CaseFile[]): Promise<ReadonlyMap<string, readonly OpenedRating[]>>;
  now(): Instant;
}

/** Reading and recording. */
export interface DeskActDeps extends DeskDeps {
  readonly sync: CountyDeps<Subject>;
}
