/** 信访人 (REFERENCE 3.3). */
import type { Payload } from './events.ts';

/** 信访人: name P2, ID number, health and interpreter P3. Anonymous: no name. */
export type Petitioner = Payload<'case.taken'>['petitioners'][number];

/** The main petitioner, else the first; null for a case without any. */
export const mainPetitioner = (all: readonly Petitioner[]): Petitioner | null =>
  all.find((p) => p.role === 'MAIN') ?? all[0] ?? null;
