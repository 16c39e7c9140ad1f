/** 白话: what the villager hears per status (REFERENCE 4.1). A test proves it equal to the data. */
import type { CaseFile } from './case-file.ts';
import type { Status } from './status.ts';

export const VILLAGER_SENTENCES: Readonly<Record<Status, string>> = {
  DRAFT: '正在给您记',
  TAKEN: '代理员接下了',
  FIELD_RESOLVED: '现场处理完了，等县里核',
  SUBMITTED: '报到县里了，等县里看',
  RETURNED: '县里让再补点材料',
  REGISTERED: '县里登记上了，有号了',
  TRANSFERRED: '转给管这事的单位了',
  OBJECTED: '正在定到底谁管',
  ACCEPTED: '单位接了，正在办',
  OPINION_ISSUED: '有结果了，正给您送来',
  DELIVERED: '结果交到您手里了',
  CLOSED: '办完了',
  REVIEWING: '上一级正在复查',
  REVIEWED: '复查有结果了',
  RECHECKING: '再上一级正在复核',
  TERMINATED: '三级程序走完了',
  NOT_ACCEPTED: '这事不归信访办，告诉您该找谁',
  NO_MORE: '这事程序已走完，不再重新受理',
  DIVERTED: '这事要走法律程序，已帮您转/指路',
  WITHDRAWN: '您自己撤回了',
  MERGED: '跟另一件并成一件办',
  VOIDED: '登记错了，已作废',
};

/** While the submission is still on the tablet (REFERENCE 4.5 rule 6). */
export const UNSENT_SENTENCE = '还在代理员机器里，有网就报上去';
/** A sealed case says nothing else to anybody (REFERENCE 5). */
export const SEALED_SENTENCE = '已收到，按规定办理';

/** Statuses that only the county's receipt may speak of. */
const COUNTY_KNOWS: readonly string[] = ['SUBMITTED', 'FIELD_RESOLVED'];

/** The sentence for a case: sealed first, then unsent, then its status. */
export function villagerSentence(file: CaseFile): string {
  if (file.sealed !== null) return SEALED_SENTENCE;
  if (file.status === 'NONE') return VILLAGER_SENTENCES.DRAFT;
  const waits = COUNTY_KNOWS.includes(file.status) && file.moments.receivedAt === null;
  return waits ? UNSENT_SENTENCE : VILLAGER_SENTENCES[file.status];
}

/** 几号之前给您信儿; `on` is the next live legal due day, null when none runs. */
export function untilSentence(on: string | null, provisional = false): string {
  if (on === null) return '';
  const [, month = '', day = ''] = on.split('-');
  const tail = provisional ? '（以县局为准）' : '';
  return `${Number(month)}月${Number(day)}日之前给您信儿${tail}`;
}
