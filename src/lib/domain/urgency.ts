/** 紧急程度, rising. */
import type { Urgency } from './case.ts';

const RISING: readonly Urgency[] = ['NORMAL', 'URGENT_TIME', 'SENSITIVE', 'MAJOR', 'LIFE'];

/** The higher of two; what a machine may do on its own (K16). */
export const higherUrgency = (a: Urgency, b: Urgency): Urgency =>
  RISING.indexOf(a) >= RISING.indexOf(b) ? a : b;
