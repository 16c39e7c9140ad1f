import type { EventType } from './events.ts';
import { CLOCK_CODES, type ClockCode } from './lifecycle-table.ts';
import type { Settings } from './settings.ts';

export { CLOCK_CODES, type ClockCode };

/**
 * 时钟性质. `legal`: an article; `rule`: a departmental rule or assignment; `window`: a right that
 * may lapse, expiry is no breach; `internal`: our own target.
 */
export type ClockNature = 'legal' | 'rule' | 'window' | 'internal';

type NumberSetting = {
  [K in keyof Settings]: Settings[K] extends number ? K : never;
}[keyof Settings];

/** How long a clock runs: a fixed count, a setting, or a day that a paper states. */
export type ClockLength =
  | {
      readonly unit: 'minutes' | 'hours' | 'days' | 'workdays';
      readonly count: number | NumberSetting;
    }
  | { readonly unit: 'stated'; readonly otherwise?: ClockLength };

/** 时限规则: one clock as data, with the article it rests on. */
export interface ClockRule {
  readonly code: ClockCode;
  readonly zh: string;
  readonly nature: ClockNature;
  readonly length: ClockLength;
  /** Source: article or rule, in the words of state-machine.json. */
  readonly basis: string;
  /** Which time starts it: 发生时间 for acts in the village, 收到时间 for duties of offices. */
  readonly startsBy: 'occurredAt' | 'receivedAt';
  readonly startsOn: readonly EventType[];
  /** Every event that may end it; windows are not ended by an act that came too late. */
  readonly stopsOn: readonly EventType[];
  /** 末日顺延: rights of the petitioner roll to a working day, duties of offices do not. */
  readonly rolls: boolean;
  /** One clock per unit (REFERENCE 4.5 rule 12), or one for the case. */
  readonly per: 'case' | 'handling' | 'commitment' | 'supervision' | 'report';
}

type Entry = Omit<ClockRule, 'code' | 'rolls' | 'per' | 'startsBy'> &
  Partial<Pick<ClockRule, 'rolls' | 'per' | 'startsBy'>>;

const rule = (code: ClockCode, entry: Entry): ClockRule => ({
  rolls: false,
  per: 'case',
  startsBy: 'occurredAt',
  ...entry,
  code,
});

const ENDS_BEFORE_HANDLING: readonly EventType[] = [
  'case.merged',
  'case.transferred',
  'case.assigned',
  'case.replied_directly',
  'case.not_accepted',
  'case.no_more_accepted',
  'case.diverted',
  'withdrawal.confirmed',
  'resolution.approved',
];

/** 全部时限, in the order of state-machine.json. */
export const CLOCK_RULES: Readonly<Record<ClockCode, ClockRule>> = {
  C0: rule('C0', {
    zh: '离线接单同步',
    nature: 'internal',
    length: { unit: 'hours', count: 'sync.maxHours' },
    basis: 'seed: 佛山 24h; config sync.maxHours',
    startsOn: ['case.taken'],
    stopsOn: ['case.received'],
  }),
  C1: rule('C1', {
    zh: '登记、转送、交办',
    nature: 'legal',
    length: { unit: 'days', count: 15 },
    basis: '条例22条',
    startsBy: 'receivedAt',
    startsOn: ['case.received'],
    stopsOn: ENDS_BEFORE_HANDLING,
  }),
  C1b: rule('C1b', {
    zh: '登记后转办提速目标',
    nature: 'internal',
    length: { unit: 'hours', count: 'transfer.targetHours' },
    basis: '只对需转办的事项；佛山日清日结; 2014 满意度办法 分级转送: 国家5/省3/市3/县4 日',
    startsOn: ['case.registered', 'objection.upheld', 'case.reopened'],
    stopsOn: ENDS_BEFORE_HANDLING,
  }),
  C2: rule('C2', {
    zh: '单位书面告知（受理）',
    nature: 'legal',
    length: { unit: 'days', count: 15 },
    basis: '条例23条3款',
    startsBy: 'receivedAt',
    startsOn: ['case.transferred', 'case.assigned'],
    stopsOn: [
      'case.merged',
      'case.not_accepted',
      'case.no_more_accepted',
      'case.diverted',
      'objection.upheld',
      'case.accepted',
      'withdrawal.confirmed',
    ],
    per: 'handling',
  }),
  C3: rule('C3', {
    zh: '单位提出异议',
    nature: 'window',
    length: { unit: 'workdays', count: 5 },
    basis: '条例23条3款',
    startsBy: 'receivedAt',
    startsOn: ['case.transferred', 'case.assigned'],
    stopsOn: [
      'case.merged',
      'case.not_accepted',
      'case.no_more_accepted',
      'case.diverted',
      'objection.raised',
      'case.accepted',
      'withdrawal.confirmed',
    ],
    per: 'handling',
  }),
  C4: rule('C4', {
    zh: '办理',
    nature: 'legal',
    length: { unit: 'days', count: 60 },
    basis: '条例34条；只适用31条(六)项',
    startsOn: ['case.accepted', 'review.settled'],
    stopsOn: ['case.merged', 'case.diverted', 'delivery.recorded', 'withdrawal.confirmed'],
    per: 'handling',
  }),
  C5: rule('C5', {
    zh: '延期',
    nature: 'legal',
    length: { unit: 'stated' },
    basis: '条例34条',
    startsOn: ['extension.approved'],
    stopsOn: ['delivery.recorded', 'withdrawal.confirmed'],
    per: 'handling',
  }),
  C6: rule('C6', {
    zh: '简易：决定受理',
    nature: 'rule',
    length: { unit: 'workdays', count: 'simple.acceptWorkdays' },
    basis: '简易办理办法（数值待核）',
    startsBy: 'receivedAt',
    startsOn: ['case.transferred', 'case.assigned'],
    stopsOn: ['case.merged', 'case.diverted', 'case.accepted'],
    per: 'handling',
  }),
  C7: rule('C7', {
    zh: '简易：作出处理意见',
    nature: 'rule',
    length: { unit: 'workdays', count: 10 },
    basis: '简易办理办法（已核）',
    startsOn: ['case.accepted'],
    stopsOn: ['case.merged', 'case.diverted', 'delivery.recorded', 'withdrawal.confirmed'],
    per: 'handling',
  }),
  C8: rule('C8', {
    zh: '群众申请复查',
    nature: 'window',
    length: { unit: 'days', count: 30 },
    basis: '条例35条',
    startsOn: ['delivery.recorded'],
    stopsOn: ['review.requested'],
    rolls: true,
    per: 'handling',
  }),
  C9: rule('C9', {
    zh: '作出复查意见',
    nature: 'legal',
    length: { unit: 'days', count: 30 },
    basis: '条例35条',
    startsBy: 'receivedAt',
    startsOn: ['review.requested'],
    stopsOn: ['review.decided'],
  }),
  C10: rule('C10', {
    zh: '群众申请复核',
    nature: 'window',
    length: { unit: 'days', count: 30 },
    basis: '条例36条',
    startsOn: ['delivery.recorded'],
    stopsOn: ['recheck.requested', 'review.settled'],
    rolls: true,
  }),
  C11: rule('C11', {
    zh: '作出复核意见',
    nature: 'legal',
    length: { unit: 'days', count: 30 },
    basis: '条例36条',
    startsBy: 'receivedAt',
    startsOn: ['recheck.requested'],
    stopsOn: ['recheck.decided'],
  }),
  C12: rule('C12', {
    zh: '满意度评价窗口',
    nature: 'window',
    length: { unit: 'days', count: 'rating.windowDays' },
    basis: '国信发〔2022〕11号（期限未核到）',
    startsOn: ['delivery.recorded', 'resolution.approved'],
    stopsOn: ['rating.accepted'],
  }),
  C13: rule('C13', {
    zh: '紧急接报',
    nature: 'internal',
    length: { unit: 'minutes', count: 'urgent.ackMinutes' },
    basis: '条例25条"及时报告"',
    startsOn: ['urgent.reported'],
    stopsOn: ['urgent.acknowledged'],
    per: 'report',
  }),
  C14: rule('C14', {
    zh: '补正',
    nature: 'internal',
    length: { unit: 'workdays', count: 'supplement.workdays' },
    basis: '—',
    startsOn: ['case.returned'],
    stopsOn: ['case.supplemented', 'case.submitted'],
  }),
  C15: rule('C15', {
    zh: '交办反馈',
    nature: 'rule',
    length: { unit: 'stated' },
    basis: '条例22条(三)',
    startsOn: ['case.assigned'],
    stopsOn: ['case.closed'],
  }),
  C16: rule('C16', {
    zh: '承诺兑现',
    nature: 'internal',
    length: { unit: 'stated' },
    basis: '—',
    startsOn: ['resolution.recorded', 'opinion.issued'],
    stopsOn: ['commitment.fulfilled', 'commitment.breached'],
    per: 'commitment',
  }),
  C17: rule('C17', {
    zh: '县局裁定异议',
    nature: 'internal',
    length: { unit: 'workdays', count: 'objectionRuling.workdays' },
    basis: '—',
    startsOn: ['objection.raised'],
    stopsOn: ['objection.upheld', 'objection.overruled'],
    per: 'handling',
  }),
  C18: rule('C18', {
    zh: '领导包案化解',
    nature: 'internal',
    length: { unit: 'stated', otherwise: { unit: 'days', count: 'leaderCase.days' } },
    basis: '朔州：包案限时办结',
    startsOn: ['leader.assigned'],
    stopsOn: ['case.closed'],
  }),
  C19: rule('C19', {
    zh: '督办反馈',
    nature: 'internal',
    length: {
      unit: 'stated',
      otherwise: { unit: 'workdays', count: 'supervision.answerWorkdays' },
    },
    basis: '条例40条（未定日数）',
    startsOn: ['supervision.issued'],
    stopsOn: ['supervision.answered'],
    per: 'supervision',
  }),
};

/**
 * Clocks that any ending of the case closes as well, beside the `stopsOn` of each: nothing of them
 * is left to do. C8, C12, C13, C16 and C19 outlive the ending.
 */
export const CLOSED_BY_ANY_ENDING: readonly ClockCode[] = [
  'C1',
  'C1b',
  'C2',
  'C3',
  'C4',
  'C5',
  'C6',
  'C7',
  'C14',
  'C15',
  'C17',
  'C18',
];
