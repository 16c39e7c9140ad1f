import { describe, expect, it } from 'vitest';
import { fileOf, REGISTERED, TRANSFERRED, type Line } from './testing/story.ts';
import { untold } from './untold.ts';

const SEALED: readonly Line[] = [
  ...REGISTERED.slice(0, -1),
  ['case.sealed'],
  ...REGISTERED.slice(-1),
];
const typeOf = (...lines: readonly Line[]) => {
  const file = fileOf(...lines);
  const mark = untold(file);
  return mark === null ? null : file.timeline.find(({ eventId }) => eventId === mark.eventId)?.type;
};

describe('a decision that nobody has told', () => {
  for (const end of [
    'case.diverted',
    'case.not_accepted',
    'case.no_more_accepted',
    'case.replied_directly',
  ] as const) {
    it(`[UI200] ${end} of a sealed case waits until somebody tells it`, () => {
      expect(typeOf(...SEALED, [end])).toBe(end);
      for (const told of ['delivery.recorded', 'notice.told'] as const)
        expect(typeOf(...SEALED, [end], [told, {}, { by: 'O' }])).toBeNull();
      // What was told before the decision does not tell it.
      expect(typeOf(...SEALED, ['notice.told', {}, { by: 'O' }], [end])).toBe(end);
    });

    it(`[UI200] ${end} of a case with an agent is his errand`, () => {
      expect(typeOf(...REGISTERED, [end])).toBeNull();
    });
  }

  it('[UI200] nothing decided, nothing to tell; who cannot be found asks by the code', () => {
    expect(typeOf(...SEALED)).toBeNull();
    expect(typeOf(...TRANSFERRED)).toBeNull();
    const nameless = SEALED.map(([type, change, how]): Line =>
      type === 'case.taken'
        ? ([type, { head: { anonymous: true }, petitioners: [] }, how] as Line)
        : ([type, change, how] as Line),
    );
    expect(typeOf(...nameless, ['case.diverted'])).toBeNull();
  });
});
