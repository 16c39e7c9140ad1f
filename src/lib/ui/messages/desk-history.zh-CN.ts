import { deskActsZh } from './desk-acts.zh-CN.ts';

const { asideReason, reason, ground, result } = deskActsZh.options;

/** What the codes of the history mean, by event type and field; the page never shows a code. */
export const deskHistoryZh = {
  'agent.recused': {
    reason: asideReason,
    wants: {
      NEIGHBOUR_AGENT: '村民要换个人记：想让邻村的代理员来',
      TOWNSHIP: '村民要换个人记：想让乡信访站的人来',
      COUNTY_PHONE: '村民要换个人记：想让县里打电话来，没留名字和号码',
      ANY: '村民要换个人记：谁来都行',
    },
  },
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
