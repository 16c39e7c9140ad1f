/** 文书 of withdrawing, review and recheck, the letter of 交办 and the report of danger. */
import type { CaseFile } from '../../domain/case-file.ts';
import { unitName } from './names.ts';
import { at, BLANK, day, GAP, office, type Paper, type Template } from './paper-kit.ts';

const PROOFS: Readonly<Record<string, string>> = {
  SIGN: '签名',
  THUMB: '手印',
  VOICE: '录音',
  WITNESS: '见证人在场',
  ORAL: '口头',
};
const RESULTS: Readonly<Record<string, string>> = {
  MAINTAIN: '维持原意见',
  REVOKE: '撤销原意见，责令重新处理',
  CHANGE: '变更原意见',
};
const PLAIN_RESULTS: Readonly<Record<string, string>> = {
  MAINTAIN: '上头看过了，原来的答复不变。',
  REVOKE: '上头看过了，原来的答复不算，重新办。',
  CHANGE: '上头看过了，原来的答复改了。',
};
const DECISIONS: Readonly<Record<string, string>> = {
  SUPPORT: '支持',
  PARTIAL: '部分支持',
  EXPLAIN: '解释说明',
  ADOPT: '采纳',
  NOT: '不予支持',
};

type Decided = NonNullable<(CaseFile['reviews'] | CaseFile['rechecks'])[number]['decided']>;

function claimsOf(file: CaseFile, { payload }: Decided): string[] {
  const asked = file.head.claims ?? [];
  return (payload.claims ?? []).map((one) => {
    const facts = one.facts ? `；${one.facts}` : '';
    return `${one.i + 1}. ${asked[one.i]?.text ?? ''}：${DECISIONS[one.decision] ?? one.decision}${facts}`;
  });
}

/** The opinion of a review, or of a recheck, which is the last (条例 art. 35, 36). */
function opinionOf(
  file: CaseFile,
  decided: Decided | null | undefined,
  words: { readonly title: string; readonly after: string },
): Omit<Paper, 'to'> | null {
  if (!decided) return null;
  const { payload, mark } = decided;
  return {
    title: words.title,
    docNo: payload.docNo ?? '',
    paragraphs: [
      `经审查，决定：${RESULTS[payload.result] ?? payload.result}。`,
      ...claimsOf(file, decided),
      words.after,
    ],
    plain: payload.plain ?? PLAIN_RESULTS[payload.result] ?? '',
    unit: payload.body,
    on: at(mark),
  };
}

interface Asked {
  readonly title: string;
  readonly body: string;
  readonly about: string;
  readonly receivedOn: string | undefined;
  readonly reason: string;
  readonly on: string;
}

const application = ({ title, body, about, receivedOn, reason, on }: Asked) => ({
  title,
  docNo: '',
  paragraphs: [
    `${body}：`,
    `申请人不服 ${about || `${BLANK}号`}（${day(receivedOn)}收到），依法提出申请。`,
    `请求和理由：${reason}`,
    `附材料：${BLANK}${BLANK}`,
    `申请人签名或手印：${BLANK}${BLANK}代交人：${BLANK}${BLANK}`,
  ],
  plain: '',
  unit: '申请人',
  on,
});

/** Their templates by kind. */
export const APPEAL_TEMPLATES: Readonly<Record<string, Template>> = {
  withdrawn: ({ file, title }) => {
    const one = file.withdrawals.at(-1);
    if (!one) return null;
    const { payload, mark } = one.requested;
    const answer = {
      OPEN: `县局核实：${BLANK}方式：${BLANK}核实人：${BLANK}结论：${BLANK}`,
      CONFIRMED: `县局已于 ${at(one.decision)} 直接向本人核实，系本人真实意愿，准予撤回。`,
      REFUSED: `县局已于 ${at(one.decision)} 直接向本人核实，不予撤回，继续办理。`,
    }[one.answer];
    return {
      title: '撤回申请',
      docNo: '',
      paragraphs: [
        `事由：${title}`,
        `本人原话：“${payload.words}”`,
        `没有人逼我。凭证：${PROOFS[payload.proof] ?? payload.proof}${GAP}签名或手印：${BLANK}`,
        answer,
      ],
      plain: one.answer === 'REFUSED' ? '没给撤，接着办。' : '您说不办了，县里亲自问过您才算。',
      unit: office,
      on: at(mark),
    };
  },
  reviewAsked: ({ file }) => {
    const asked = file.reviews.at(-1)?.requested;
    if (!asked) return null;
    const { body, opinionDocNo, receivedOn, reason } = asked.payload;
    const about = opinionDocNo ?? '';
    const title = '信访事项复查申请书';
    return application({ title, body, about, receivedOn, reason, on: at(asked.mark) });
  },
  review: ({ file }) =>
    opinionOf(file, file.reviews.findLast((one) => one.decided !== null)?.decided, {
      title: '信访事项复查意见书',
      after:
        '如不服本复查意见，可自收到之日起 30 日内向上一级机关、单位申请复核（《信访工作条例》第三十六条）。',
    }),
  recheckAsked: ({ file }) => {
    const asked = file.rechecks.at(-1)?.requested;
    if (!asked) return null;
    const { body, reviewDocNo, receivedOn, reason } = asked.payload;
    const about = reviewDocNo ?? '';
    const title = '信访事项复核申请书';
    return application({ title, body, about, receivedOn, reason, on: at(asked.mark) });
  },
  recheck: ({ file }) =>
    opinionOf(file, file.rechecks.findLast((one) => one.decided !== null)?.decided, {
      title: '信访事项复核意见书',
      after:
        '本复核意见为信访程序的终结意见。仍以同一事实和理由提出的，不再受理（《信访工作条例》第三十六条）。',
    }),
  assigned: ({ file, title, number }) => {
    const lead = file.handlings.findLast((one) => one.lead && one.feedbackOn !== null);
    if (!lead) return null;
    return {
      title: '信访事项交办函',
      docNo: number,
      paragraphs: [
        `${unitName(lead.unitId)}：`,
        `现将“${title}”（编号 ${number}）交你单位办理。请自收到之日起 15 日内书面告知信访人受理情况，并于 ${day(lead.feedbackOn)} 前反馈结果。`,
        '办结报告提纲：一、基本情况；二、调查经过；三、查明的事实；四、处理意见和依据；五、送达情况；六、群众评价；七、后续措施。',
      ],
      plain: '',
      unit: office,
      on: at(lead.sent),
    };
  },
  urgent: ({ file, title }) => {
    const report = file.urgent.reports.at(-1);
    if (!report) return null;
    const { payload, mark } = report;
    const calls = payload.calls.map(({ to, answer }) => (answer ? `${to}（${answer}）` : to));
    return {
      title: `紧急信息报告（${file.urgent.reports.length > 1 ? '续报' : '首报'}）`,
      docNo: '',
      paragraphs: [
        `事项：${title}`,
        `地点：${payload.place ?? BLANK}${GAP}人数：${payload.people ?? BLANK}`,
        `情况：${payload.kind}`,
        payload.words ? `原话：“${payload.words}”` : '',
        `已采取措施：${payload.done}`,
        calls.length > 0 ? `已联系：${calls.join('、')}` : '',
        `建议：${BLANK}${BLANK}`,
      ].filter((text) => text !== ''),
      plain: '',
      unit: office,
      on: at(mark),
    };
  },
};
