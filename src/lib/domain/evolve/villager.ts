/** Facts of the villager's own acts. */
import type { CaseFile, SealedRatingRecord } from '../case-file.ts';
import { leadHandling } from '../lifecycle.ts';
import type { Mark } from '../noted.ts';
import { keptIn, note, replaceLast, type Reducer, type Reducers } from './step.ts';

type VillagerType =
  | 'rating.sealed'
  | 'rating.accepted'
  | 'rating.expired'
  | 'withdrawal.requested'
  | 'withdrawal.confirmed'
  | 'withdrawal.refused'
  | 'review.requested'
  | 'review.decided'
  | 'review.settled'
  | 'recheck.requested'
  | 'recheck.decided';

const ratingAccepted: Reducer<'rating.accepted'> = (file, { payload }) => {
  const waits = (r: SealedRatingRecord) =>
    payload.ratingId ? r.mark.eventId === payload.ratingId : r.state === 'PENDING';
  const accept = (r: SealedRatingRecord): SealedRatingRecord => {
    if (!payload.repeat) {
      return { ...r, state: 'ACCEPTED', counted: [...r.counted, ...payload.targets] };
    }
    return { ...r, state: r.state === 'ACCEPTED' ? 'ACCEPTED' : 'REPEAT' };
  };
  return { ...file, ratings: replaceLast(file.ratings, waits, accept) };
};

const answerWithdrawal = (
  file: CaseFile,
  mark: Mark,
  answer: 'CONFIRMED' | 'REFUSED',
): CaseFile => ({
  ...file,
  withdrawals: file.withdrawals.map((w) =>
    w.answer === 'OPEN' ? { ...w, answer, decision: mark } : w,
  ),
});

/** 复查后重新办理: the lead unit handles anew, with days of its own. */
function newRound(file: CaseFile): CaseFile {
  const lead = leadHandling(file);
  const round = file.round + 1;
  if (!lead) return { ...file, round };
  const again = {
    ...lead,
    id: `${lead.id}#${round}`,
    round,
    status: 'ACCEPTED',
    opinion: null,
    served: null,
    extension: { requested: null, approved: null, rejected: null },
  } as const;
  const handlings = file.handlings.map((h) =>
    h.id === lead.id && h.status !== 'SERVED' ? { ...h, status: 'ENDED' as const } : h,
  );
  return { ...file, round, closeKind: null, handlings: [...handlings, again] };
}

export const villagerReducers: Reducers<VillagerType> = {
  'rating.sealed': (file, step) => ({
    ...file,
    ratings: [...file.ratings, { ...note(step), state: 'PENDING', counted: [] }],
  }),
  'rating.accepted': ratingAccepted,
  'rating.expired': keptIn('ratingExpired'),
  'withdrawal.requested': (file, step) => ({
    ...file,
    withdrawals: [...file.withdrawals, { requested: note(step), answer: 'OPEN', decision: null }],
  }),
  'withdrawal.confirmed': (file, { mark, allowed }) =>
    allowed ? answerWithdrawal(file, mark, 'CONFIRMED') : file,
  'withdrawal.refused': (file, { mark, allowed }) =>
    allowed ? answerWithdrawal(file, mark, 'REFUSED') : file,
  'review.requested': (file, step) => ({
    ...file,
    reviews: [...file.reviews, { requested: note(step), decided: null, settled: null }],
  }),
  'review.decided': (file, step) => ({
    ...file,
    reviews: replaceLast(
      file.reviews,
      (r) => r.decided === null,
      (r) => ({ ...r, decided: note(step) }),
    ),
  }),
  'review.settled': (file, step) => {
    if (!step.allowed) return file;
    const reviews = replaceLast(
      file.reviews,
      (r) => r.settled === null,
      (r) => ({ ...r, settled: note(step) }),
    );
    const settled = { ...file, reviews };
    return step.next === 'ACCEPTED' ? newRound(settled) : settled;
  },
  'recheck.requested': (file, step) => ({
    ...file,
    rechecks: [...file.rechecks, { requested: note(step), decided: null, settled: null }],
  }),
  'recheck.decided': (file, step) => ({
    ...file,
    rechecks: replaceLast(
      file.rechecks,
      (r) => r.decided === null,
      (r) => ({ ...r, decided: note(step) }),
    ),
  }),
};
