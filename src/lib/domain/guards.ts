/** What every content guard gets and answers. */
import type { Calendar } from './calendar.ts';
import type { CaseFile } from './case-file.ts';
import type { EventOf, EventType } from './events.ts';
import type { DelegationRule } from './delegation.ts';
import type { RefusalCode } from './refusal.ts';

/** What the guards may look at besides the file. */
export interface GuardContext {
  /** A tablet may make only what the life cycle marks ⚡. */
  readonly place: 'tablet' | 'county';
  readonly calendar: Calendar;
  /** First six digits of this county's codes. */
  readonly county: string | null;
  readonly delegation: DelegationRule;
}

/** Null when the content holds. */
export type Finding = readonly [RefusalCode, ...string[]] | null;
export type Guard<T extends EventType> = (
  file: CaseFile,
  event: EventOf<T>,
  context: GuardContext,
) => Finding;
export type Guards<T extends EventType> = { readonly [K in T]?: Guard<K> };

/** The first finding of a list of checks. */
export const first = (...findings: readonly Finding[]): Finding =>
  findings.find((f) => f !== null) ?? null;
export const when = (refused: boolean, code: RefusalCode, ...details: string[]): Finding =>
  refused ? [code, ...details] : null;
