import { describe, expect, it } from 'vitest';
import { browserClock } from '../tablet/browser.ts';
import { BOUND, caseIdOf, eventIdOf, fitsCase, fitsSalt } from './bound-ids.ts';
import { isId, nextId } from './ids.ts';

const changed = (id: string, at: number): string =>
  id.slice(0, at) + (id.charAt(at) === 'b' ? 'c' : 'b') + id.slice(at + 1);

describe('ids that are bound', () => {
  it('[SY190] a case has the fingerprint of its salt for an id; another salt does not fit', () => {
    const salt = 'AAECAwQFBgcICQoLDA0ODw';
    const id = caseIdOf(salt);
    expect(id).toBe('own13o_MYljIFazFc0vLxw');
    expect([isId(id), id.startsWith(BOUND)]).toEqual([true, true]);
    expect(fitsSalt(id, salt)).toBe(true);
    expect(fitsSalt(id, browserClock.salt())).toBe(false);
    for (let at = BOUND.length; at < 21; at++) expect(fitsSalt(changed(id, at), salt)).toBe(false);
    expect(fitsSalt(`${id.slice(0, 21)}b`, salt)).toBe(false);
  });

  it('[SY190] an event has its case in its id, and so have those of the act behind it', () => {
    const caseId = caseIdOf('AAECAwQFBgcICQoLDA0ODw');
    expect(eventIdOf(caseId, '_____________________w')).toBe('own18FX7UEjHFOWw8LU3jQ');
    // The example of docs/PROTOCOL.md.
    expect(fitsCase('own1____kawhfy26v_B__w', caseId)).toBe(true);
    let id: string = eventIdOf(caseId, browserClock.eventId());
    const other = caseIdOf(browserClock.salt());
    for (let n = 0; n < 2_000; n++, id = nextId(id)) {
      expect([isId(id), fitsCase(id, caseId), fitsCase(id, other)]).toEqual([true, true, false]);
    }
    for (let at = BOUND.length; at < 18; at++)
      expect(fitsCase(changed(id, at), caseId)).toBe(false);
    expect(fitsCase(`${id.slice(0, 21)}b`, caseId)).toBe(false);
    expect(fitsCase(BOUND, caseId)).toBe(false);
  });

  it('[SY190] two acts of a case have other ids, and a random id stays what it was', () => {
    const caseId = caseIdOf(browserClock.salt());
    const ids = Array.from({ length: 500 }, () => eventIdOf(caseId, browserClock.eventId()));
    expect(new Set(ids).size).toBe(500);
    const old = 'gYGBgYGBgYGBgYGBgYGBgQ';
    expect([fitsCase(old, caseId), fitsSalt(old, 'any')]).toEqual([true, true]);
  });
});
