import type { CaseFile } from '../../domain/case-file.ts';

/** Papers that a case has grounds for; the templates are in `paper.ts`. */
export function papersOf(file: CaseFile): string[] {
  const lead = file.handlings.findLast((one) => one.lead);
  const has: [string, boolean][] = [
    ['registered', file.numbers.caseNo !== null],
    ['resolved', file.resolutions.length > 0],
    ['transferred', lead !== undefined],
    ['replied', file.replies.length > 0],
    ['accepted', lead?.accepted != null],
    ['extended', lead?.extension.approved != null],
    ['opinion', lead?.opinion != null],
    ['delivery', file.deliveries.length > 0],
    ['notAccepted', file.status === 'NOT_ACCEPTED'],
    ['noMore', file.status === 'NO_MORE'],
    ['diverted', file.status === 'DIVERTED'],
    ['withdrawn', file.withdrawals.length > 0],
    ['assigned', lead?.feedbackOn != null],
    ['urgent', file.urgent.reports.length > 0],
    ['reviewAsked', file.reviews.length > 0],
    ['recheckAsked', file.rechecks.length > 0],
    ['supervision', file.supervisions.length > 0],
    ['review', file.reviews.some((one) => one.decided !== null)],
    ['recheck', file.rechecks.some((one) => one.decided !== null)],
  ];
  return has.filter(([, there]) => there).map(([kind]) => kind);
}
