import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { notUnderstood } from '../scripts/house/options.ts';

const known = {
  flags: ['--plant'],
  values: { '--db': ['pg'], '--n': 'any' },
  names: ['cut'],
} as const;
const wrong = (...words: string[]) => notUnderstood(words, known);

describe('options of the commands that judge', () => {
  it('understands flags, values and names in any order', () => {
    expect(wrong('cut', '--plant', '--db', 'pg', '--n', '5')).toEqual([]);
    expect(wrong()).toEqual([]);
  });

  it('names what it does not understand', () => {
    expect(wrong('--plnat', 'cot', '--db', 'mysql')).toEqual(['--plnat', 'cot', '--db mysql']);
    expect(wrong('--db')).toEqual(['--db without a value']);
    expect(wrong('--n', '--plant')).toEqual(['--n without a value']);
  });

  it.each([
    'sim --plnat',
    'sim --seed --trace',
    'chaos cut --qick',
    'chaos cut --db mysql',
    'authz --mutant',
  ])('%s is refused before anything is tried', { timeout: 60_000 }, (line) => {
    const [command = '', ...words] = line.split(' ');
    const script = path.join(import.meta.dirname, `../scripts/${command}.ts`);
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...words], {
      encoding: 'utf8',
    });
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain('not understood: --');
    expect(stderr).toContain(`usage: npm run -s ${command}`);
  });
});
