/** Every version of the intake that a draft may be pinned to. */
import type { FormDefinition } from '../intake-form.ts';
import { intakeV1 } from './intake-v1.ts';
import { intakeV2 } from './intake-v2.ts';
import { intakeV3 } from './intake-v3.ts';

/** What a new draft is begun with. */
export const intakeNow: FormDefinition = intakeV3;

/** Versions a draft may be pinned to, newest first. */
export const intakeForms: readonly FormDefinition[] = [intakeV3, intakeV2, intakeV1];

/** The definition a draft was begun with; undefined when this app has never had it. */
export const formOf = (id: string, version: number): FormDefinition | undefined =>
  intakeForms.find((f) => f.id === id && f.version === version);
