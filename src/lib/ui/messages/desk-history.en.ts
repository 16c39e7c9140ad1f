import { deskActsEn } from './desk-acts.en.ts';
import type { DeskHistoryWords } from './desk-history.zh-CN.ts';

const { asideReason, reason, ground, result } = deskActsEn.options;

/** The same in English, for developers and guests. */
export const deskHistoryEn: DeskHistoryWords = {
  'agent.recused': {
    reason: asideReason,
    wants: {
      NEIGHBOUR_AGENT: 'She wants another person: the agent of the next village',
      TOWNSHIP: 'She wants another person: somebody of the township station',
      COUNTY_PHONE: 'She wants another person: a call from the county; no name or number was left',
      ANY: 'She wants another person: whoever comes',
    },
  },
  'mandate.revoked': {
    reason: {
      VILLAGER: 'The villager takes it back',
      AGENT_RESIGNED: 'The agent gives it up',
      EXPIRED: 'The mandate ran out',
      DEATH: 'The villager died',
      OTHER: 'Something else',
    },
  },
  'mediation.recorded': {
    result: { AGREED: 'Agreed', NOT_AGREED: 'Not agreed', PENDING: 'Still talking' },
  },
  'case.sealed': { reason },
  'case.reopened': { reason },
  'case.replied_directly': { ground },
  'supervision.issued': { ground },
  'opinion.issued': { result },
  'review.decided': { result },
  'review.settled': { result },
  'recheck.decided': { result },
};
