import samples from '../../src/lib/domain/data/sample-cases.json' with { type: 'json' };
import type { Told } from './intake-page.ts';

const sample = samples.cases.find((one) => one.id === 'S01');
if (!sample) throw new Error('S01 is missing from the sample cases');

/** S01, the manure heap by the well: her own words, letter for letter. */
export const S01: Told = {
  name: sample.petitioners[0]?.name ?? '',
  group: sample.groupName ?? '',
  title: sample.title,
  verbatim: sample.dictation.verbatim,
  claims: sample.dictation.claims,
};
