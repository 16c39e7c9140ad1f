import type { CaseSummary } from '../statistics-summary.ts';

type Named = Pick<
  CaseSummary,
  'caseId' | 'registeredAt' | 'endedAt' | 'takenAt' | 'takenReceivedAt'
>;

/** A case taken by an agent and closed, with nothing else to tell of it; `more` says what is. */
export const plainSummary = (more: Named & Partial<CaseSummary>): CaseSummary => ({
  status: 'CLOSED',
  channel: 'DL',
  areaCode: null,
  categoryL2: null,
  unit: null,
  people: 1,
  first: true,
  repeat: false,
  repeatOf: null,
  skipLevel: false,
  sealed: false,
  anonymous: false,
  onsite: false,
  reviewed: false,
  reopened: false,
  trips: 0,
  transferredAt: null,
  acceptedAt: null,
  officeDuty: null,
  fastTransfer: null,
  unitDuties: [],
  liveLimit: null,
  ratings: [],
  expired: [],
  notices: { issued: 0, told: 0 },
  ...more,
});
