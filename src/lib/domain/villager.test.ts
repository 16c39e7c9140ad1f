import { describe, expect, it } from 'vitest';
import { LIFECYCLE } from './lifecycle.ts';
import { can, ROLES, sightOf, type Action, type Subject } from './permissions.ts';
import { ROLE_ACTIONS } from './role-acts.ts';
import { at, person, village } from './testing/ids.ts';
import { CLOSED, fileOf, RESOLVED, TRANSFERRED } from './testing/story.ts';
import { isSameName, slipOf } from './villager.ts';

const now = at('2026-07-01T00:00:00Z');
const CODE = '482135709648';
const NAME = '周桂芹';
const file = fileOf(...RESOLVED);
const slip = slipOf(file, [CODE]);
const tracks = (code: string, name: string, of = slip) =>
  can({ code, name }, 'case.track', { object: of, now });

describe('查信儿 asks the one decision, too', () => {
  it('[PV4] the full name opens it, whatever the spaces, dots and width', () => {
    expect(tracks(CODE, ' 周 桂芹 ')).toBe(true);
    expect(tracks(CODE, '周桂')).toBe(false);
    expect(tracks(CODE, '')).toBe(false);
    expect(isSameName('买买提·吐尔逊', '买买提•吐尔逊')).toBe(true);
    const anonymous = fileOf(...TRANSFERRED, ['case.corrected', { field: 'anonymous', new: true }]);
    expect(tracks(CODE, '', slipOf(anonymous, [CODE]))).toBe(true);
    expect(tracks('', '', slipOf(anonymous, [CODE]))).toBe(false);
  });

  it('[AU487] it takes a code of this very case and the name; either alone opens nothing', () => {
    expect(tracks('', NAME)).toBe(false);
    expect(tracks('482135709649', NAME)).toBe(false);
    expect(tracks('', NAME, slipOf(file, ['']))).toBe(false);
    expect(tracks(CODE, NAME, slipOf(file, []))).toBe(false);
    expect(tracks('100000000001', NAME, slipOf(file, [CODE, '100000000001']))).toBe(true);
  });

  it('[AU487] who holds a slip may nothing else, of no case, place or list', () => {
    const all: readonly Action[] = [
      ...new Set(Object.values(ROLE_ACTIONS).flat()),
      ...Object.keys(LIFECYCLE).map((type) => `record:${type}` as Action),
    ];
    expect(all.length).toBeGreaterThan(90);
    const objects = [sightOf(file), slip, { areaCode: village }, null];
    for (const action of all)
      for (const object of objects)
        expect(can({ code: CODE, name: NAME }, action, { object, now }), action).toBe(false);
    for (const object of [sightOf(file), { areaCode: village }, null])
      expect(can({ code: CODE, name: NAME }, 'case.track', { object, now })).toBe(false);
  });

  it('[AU487] no account looks by a slip, whatever its role', () => {
    const grant = { areaCode: village, unitId: null, from: at('2026-01-01T00:00:00Z'), to: null };
    for (const role of ROLES) {
      const subject = {
        ...{ personId: person('A01'), name: NAME },
        grants: [{ ...grant, role, sealedList: true }],
      } as Subject;
      for (const object of [slip, sightOf(file), sightOf(fileOf(...CLOSED)), null])
        expect(can(subject, 'case.track', { object, now }), role).toBe(false);
      expect(can(subject, 'case.view', { object: slip, now }), role).toBe(false);
    }
  });
});
