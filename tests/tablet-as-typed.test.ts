import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { asTyped } from '../src/lib/domain/said-words.ts';

const ROOT = 'src/routes/tablet';
/** Members of payloads that hold somebody's own words, not a name, a place or a line. */
const TRIMMED =
  /\b(?:text|evidence|seen|said|agreement|next|measures?|note): (?:\w+\.)?\w+\.trim\(\)/g;

it('[UI78] what was told stays as it was typed, blanks and marks at both ends too', () => {
  for (const text of ['  地界让他占了 \n', '水井\ufeff', '\u3000一', '一\u00a0'])
    expect(asTyped(text)).toBe(text);
  for (const nothing of ['', ' \n', '\ufeff', '\u3000']) expect(asTyped(nothing)).toBe('');
  // The sentences of the reading back are shown, not saved.
  const forms = readdirSync(ROOT, { recursive: true, encoding: 'utf8' }).filter(
    (name) => /(?:\.svelte|(?<!\.test)\.ts)$/.test(name) && !name.includes('readback'),
  );
  expect(forms.length).toBeGreaterThan(50);
  const cut = forms.flatMap((name) => readFileSync(`${ROOT}/${name}`, 'utf8').match(TRIMMED) ?? []);
  expect(cut).toEqual([]);
});
