import type { CaseFile } from './case-file.ts';
import type { EventType } from './events.ts';

/** 告知: how many notices were due to the villager and how many reached him. */
export interface NoticeCount {
  readonly issued: number;
  readonly told: number;
}

/** Acts the villager must hear of, and the papers that carry the news. */
const NOTICES: Partial<Record<EventType, readonly string[]>> = {
  'case.accepted': ['受理告知书', '受理告知'],
  'case.not_accepted': ['不予受理告知书'],
  'case.no_more_accepted': ['不再受理告知书'],
  'case.diverted': ['导入法定途径告知书'],
  'extension.approved': ['延期告知书'],
  'opinion.issued': ['处理意见书', '答复'],
  'case.replied_directly': ['答复'],
  'review.decided': ['复查意见书'],
  'recheck.decided': ['复核意见书'],
};

/**
 * Counts notices by `notice.told` or `delivery.recorded`, matched by the event they name, else by
 * the paper, recorded after the act. The anonymous cannot be told and are left out.
 */
export function countNotices(file: CaseFile): NoticeCount {
  if (file.head.anonymous === true) return { issued: 0, told: 0 };
  const order = new Map(file.timeline.map((line, i) => [line.eventId, i]));
  const news = [
    ...file.notices.map(({ payload, mark }) => ({ mark, of: payload.about, name: payload.what })),
    ...file.deliveries.map(({ payload, mark }) => ({
      mark,
      of: payload.of,
      name: payload.docKind,
    })),
  ];
  let issued = 0;
  let told = 0;
  for (const [i, line] of file.timeline.entries()) {
    const papers = NOTICES[line.type];
    if (papers === undefined || (line.effect !== 'APPLIED' && line.effect !== 'SEALED')) continue;
    issued += 1;
    const reached = news.some(
      ({ mark, of, name }) =>
        of === line.eventId ||
        (of === undefined && papers.includes(name) && (order.get(mark.eventId) ?? -1) > i),
    );
    if (reached) told += 1;
  }
  return { issued, told };
}
