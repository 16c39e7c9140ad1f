import { deskActsZh } from './desk-acts.zh-CN.ts';

const { asideReason, reason, ground, result } = deskActsZh.options;

/** What the codes of the history mean, by event type and field; the page never shows a code. */
export const deskHistoryZh = {
  'agent.recused': { reason: asideReason },
  'mandate.revoked': {
    reason: {
      VILLAGER: '本人不让代了',
      AGENT_RESIGNED: '代理员不代了',
      EXPIRED: '委托到期了',
      DEATH: '本人过世了',
      OTHER: '别的',
    },
  },
  'mediation.recorded': {
    result: { AGREED: '谈拢了', NOT_AGREED: '没谈拢', PENDING: '还在谈' },
  },
  'case.sealed': { reason },
  'case.reopened': { reason },
  'case.replied_directly': { ground },
  'supervision.issued': { ground },
  'opinion.issued': { result },
  'review.decided': { result },
  'review.settled': { result },
  'recheck.decided': { result },
} as Readonly<
  Record<string, Readonly<Record<string, Readonly<Record<string, string>> | undefined>>>
>;

/** The shape both languages keep. */
export type DeskHistoryWords = typeof deskHistoryZh;
