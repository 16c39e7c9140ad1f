/** What is searched for at the desk stands in no address. */
import { expect, it } from 'vitest';
import {
  addressFor,
  askedWith,
  FIND_MAX,
  findSeal,
  scopeOf,
} from '../../src/lib/server/desk/finding.ts';
import { formOf } from './county.ts';

const NAME = '何淑云';
const seal = findSeal('a-secret-of-this-county-and-no-other');
const url = (address: string) => new URL(address, 'http://desk');
const search = (words: string, kept: Record<string, string> = {}) =>
  addressFor(seal, 'p-1', { path: '/desk/ledger', form: formOf({ ...kept, q: words }) });

it('[AU388] a search goes in the body and stands in the address sealed, for its person alone', () => {
  const address = search(NAME, { v: 'open', f: 'older' });
  expect(address).toMatch(/^\/desk\/ledger\?v=open&f=[\w-]{300,}$/);
  for (const said of [NAME, encodeURIComponent(NAME)]) expect(address).not.toContain(said);
  expect(askedWith(seal, 'p-1', url(address)).toString()).toBe(
    new URLSearchParams({ v: 'open', q: NAME }).toString(),
  );
  for (const [other, whose] of [
    [seal, 'p-2'],
    [findSeal('another-county-altogether-with-its-own'), 'p-1'],
  ] as const)
    expect(askedWith(other, whose, url(address)).has('q')).toBe(false);
  // The same words twice are two addresses, and a short one is as long as a long one.
  expect(search(NAME)).not.toBe(search(NAME));
  expect(search('a').length).toBe(search('某'.repeat(FIND_MAX)).length);
  expect(search(' \u0000 ')).toBe('/desk/ledger');
});

it('[AU388] words in clear in an address count for nothing, nor does a sealed search that was changed', () => {
  expect(askedWith(seal, 'p-1', url(`/desk?q=${NAME}&s=due`)).toString()).toBe('s=due');
  const sealed = seal.seal('p-1', NAME);
  for (const odd of ['', 'x', `${sealed}A`, sealed.slice(1), `B${sealed.slice(1)}`, '%00'])
    if (odd !== sealed) expect(seal.open('p-1', odd)).toBe('');
  expect(seal.open('p-1', sealed)).toBe(NAME);
  for (const long of ['𠮷'.repeat(FIND_MAX), 'a'.repeat(500), '某'.repeat(61)])
    expect(seal.open('p-1', seal.seal('p-1', long))).toBe([...long].slice(0, FIND_MAX).join(''));
});

it('[AU389] the audit of an export says that words were searched for, never which', () => {
  const address = url(`${search(NAME, { v: 'late' })}&purpose=月报&q=${NAME}`);
  expect(scopeOf(address)).toBe('v=late&f=%E2%80%A6');
  expect(scopeOf(url('/desk/ledger?v=late'))).toBe('v=late');
});
