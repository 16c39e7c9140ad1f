/**
 * 到哪步了: the plain sentence of every status, letter for letter as in state-machine.json.
 */
export const statusZh = {
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

/** Status codes that have a sentence. */
export type StatusWords = typeof statusZh;
