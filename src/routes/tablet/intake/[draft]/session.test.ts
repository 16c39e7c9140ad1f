import { describe, expect, it } from 'vitest';
import { intakeNow } from '$lib/domain/forms/intake-forms';
import { caseIdOf, fitsCase, isBoundId } from '$lib/protocol/bound-ids';
import { browserClock } from '$lib/tablet/browser';
import { IntakeSession } from './session.svelte';

describe('pieces of what is said', () => {
  it('[SY194] have the case in their ids, typed, split or for a question', () => {
    const caseId = caseIdOf(browserClock.salt());
    const draft = {
      caseId,
      answers: {},
      step: '',
      savedAt: null,
      save: async () => ({ ok: true }),
    };
    const session = new IntakeSession(draft as never, intakeNow);
    session.typePiece(session.blankId, { verbatim: '话'.repeat(50_000) });
    session.typePiece(session.newPieceId(), { verbatim: '又一句' });
    const ids = [...session.pieces.map(({ id }) => id), session.blankId];
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeGreaterThan(3);
    expect(ids.filter((id) => !isBoundId(id) || !fitsCase(id, caseId))).toEqual([]);
  });
});
