import { DOC_KINDS } from '$lib/domain/events/unit';
import type { Payload } from '$lib/domain/events';
import type { EventId, UnitId } from '$lib/domain/values';
import type { CaseView } from '$lib/tablet/workspace-types';

type Delivery = Payload<'delivery.recorded'>;

/** Papers that may be handed over; the words are those of the payload. */
export { DOC_KINDS };

/** A paper that the county or a unit made for her, and the plain words to read first. */
export interface Paper {
  readonly docKind: Delivery['docKind'];
  readonly of: EventId;
  readonly docNo?: string | undefined;
  readonly unitId?: UnitId | undefined;
  readonly plain?: string | undefined;
}

const madeBy: Readonly<Record<string, Delivery['docKind']>> = {
  'opinion.issued': '处理意见书',
  'case.replied_directly': '答复',
  'review.decided': '复查意见书',
  'recheck.decided': '复核意见书',
  'case.accepted': '受理告知书',
  'case.transferred': '转送告知单',
  'case.assigned': '交办告知单',
  'case.not_accepted': '不予受理告知书',
  'case.no_more_accepted': '不再受理告知书',
  'case.diverted': '导入法定途径告知书',
  'extension.approved': '延期告知书',
};

/** Weight of a paper: answers go before notices. */
const order = (kind: Delivery['docKind']): number => DOC_KINDS.indexOf(kind);

function detailsOf(view: CaseView, eventId: EventId): Omit<Paper, 'docKind' | 'of'> {
  for (const handling of view.file.handlings) {
    const { opinion } = handling;
    if (opinion?.mark.eventId === eventId) {
      const { docNo, unitId, plain } = opinion.payload;
      return { docNo, unitId, plain };
    }
  }
  const reply = view.file.replies.find((r) => r.mark.eventId === eventId);
  return reply ? { docNo: reply.payload.docNo, plain: reply.payload.plain } : {};
}

/** Papers made and not handed over yet, answers first, then the newest. */
export function papersOf(view: CaseView): readonly Paper[] {
  const given = new Set(view.file.deliveries.map((d) => d.payload.of));
  const kindsGiven = new Set(
    view.file.deliveries.filter((d) => !d.payload.of).map((d) => d.payload.docKind),
  );
  return view.file.timeline
    .flatMap((entry): Paper[] => {
      const docKind = madeBy[entry.type];
      if (!docKind || given.has(entry.eventId) || kindsGiven.has(docKind)) return [];
      return [{ docKind, of: entry.eventId, ...detailsOf(view, entry.eventId) }];
    })
    .reverse()
    .sort((a, b) => order(a.docKind) - order(b.docKind));
}
