/**
 * The peers' seeded workload as real acts of Daiban: what an agent would have written with the
 * product for the same content. Pure, for the browser and for the county's count alike.
 *
 *     intake     接单 as ONE save: case.drafted, consent, 口述, 读回, [attachment], case.taken,
 *                case.submitted, with ids, salt, temporary number and query code of its own
 *     follow-up  one act each, by its kind (`FOLLOW_UPS`)
 *
 * Everything the workload says is carried: text, names, telephone, address, position, whom it is
 * against, files by their hash, kinds and states, under the workload's own times. Left out are the
 * workload's ids and its `XF…` number (ours take their place), sex (on the tablet it is read off an
 * identity card only), and who of twelve agents wrote it: one tablet belongs to one person.
 */
import { takingFrom, type TakingEntry } from '../src/lib/domain/forms/taking.ts';
import { intakeV1 } from '../src/lib/domain/forms/intake-v1.ts';
import { textKeyOf, type WordsPiece } from '../src/lib/domain/forms/intake-answers.ts';
import { toLocalDate } from '../src/lib/domain/calendar.ts';
import type { AreaCode, EventId, Instant, PersonId, Sha256 } from '../src/lib/domain/values.ts';
import type { CaseNumbers, Entry, Taking } from '../src/lib/tablet/workspace-types.ts';

/** One event of the generator; `case` is its own id, not ours. */
export interface WorkEvent {
  readonly id: string;
  readonly case: string;
  readonly seq: number;
  readonly type: string;
  readonly at: string;
  readonly data: IntakeContent | FollowUpContent;
}

interface FollowUpContent {
  readonly st: string;
  readonly text: string;
}

interface IntakeContent {
  readonly cat: string;
  readonly ch: string;
  readonly urg: number;
  readonly who: {
    readonly name: string;
    readonly age: number;
    readonly tel: string;
    readonly addr: string;
  };
  readonly against: string;
  readonly gps: readonly [number, number];
  readonly text: string;
  readonly files: readonly { readonly sha: string; readonly kind: string; readonly size: number }[];
}

export const isIntake = (e: WorkEvent): e is WorkEvent & { readonly data: IntakeContent } =>
  e.type === 'intake';

/** Who writes: the agent of the tablet. */
export interface Writer {
  readonly personId: PersonId;
  readonly name: string;
  readonly areaCode: AreaCode;
}

/** The four levels of the workload; the two gravest would be further events in ours. */
const URGENCY = ['NORMAL', 'NORMAL', 'URGENT_TIME', 'SENSITIVE', 'NORMAL'] as const;
const TITLE_CHARS = 30;
const CLAIM_CHARS = 100;
/** Letters of the workload's half-length file hashes that make a whole one. */
const SHA_HEX = 64;

function attachmentOf(file: IntakeContent['files'][number], at: string) {
  const photo = file.kind === 'photo';
  return {
    ...{ sha256: file.sha.padEnd(SHA_HEX, file.sha) as Sha256, bytes: file.size },
    ...({ mime: photo ? 'image/webp' : 'audio/webm', kind: photo ? 'photo' : 'audio' } as const),
    ...{ capturedAt: at as Instant, class: 'P3' as const },
  };
}

/** Answers of a draft that holds what this intake says. */
function answersOf(data: IntakeContent, writer: Writer, ids: { at: Instant; piece: EventId }) {
  const { at } = ids;
  const piece: WordsPiece = {
    ...{ id: ids.piece, verbatim: data.text, tidy: '', audio: [], seconds: 0, gaps: [] },
    ...{ startedAt: at, endedAt: at },
  };
  const answers: Record<string, unknown> = {
    ...{ consent: 'YES', name: data.who.name, age: String(data.who.age), phoneType: 'OWN' },
    ...{
      phone: data.who.tel,
      groupName: data.who.addr,
      literacy: 'SOME',
      placeText: data.gps.join(),
    },
    ...{ words: { pieces: [piece] }, respondentType: 'UNIT', respondentName: data.against },
    ...{ prior: ['NO'], urgency: URGENCY[data.urg], kind: '申诉求决', category: data.cat },
    ...{ priorWords: data.ch, title: data.text.slice(0, TITLE_CHARS) },
    claims: [data.text.slice(-CLAIM_CHARS)],
  };
  const readback = {
    ...{ method: 'WITNESS', at, by: writer.name, evidence: [], ownWish: true, understood: true },
    ...{ witness: { name: '见证人', relation: '邻居' }, changesAsked: [] },
    ...{ textKey: textKeyOf(answers), covers: [piece.id] },
  };
  return { ...answers, readback };
}

/** 接单 of one intake, as the screens hand it to the product. */
export function takingOf(
  event: WorkEvent & { readonly data: IntakeContent },
  writer: Writer,
  piece: EventId,
): Taking {
  const at = event.at as Instant;
  const context = {
    ...{ agent: writer, today: toLocalDate(at), noticeVersion: intakeV1.noticeVersion },
    ...{ startedAt: at, urgentReported: false },
    attachments: event.data.files.map((f) => attachmentOf(f, at)),
  };
  const answers = answersOf(event.data, writer, { at, piece });
  return {
    ...{ areaCode: writer.areaCode, xfDate: toLocalDate(at) },
    entries: ({ queryCode }: CaseNumbers): readonly Entry[] =>
      takingFrom(answers, { ...context, queryCode }) as readonly (TakingEntry & Entry)[],
  };
}

type Write = (e: { at: Instant; st: string; text: string }, writer: Writer) => Entry;

/** One act of an agent per kind of the workload; each is allowed while the case waits. */
const FOLLOW_UPS: Readonly<Record<string, Write>> = {
  note: ({ st, text }) => ({ type: 'case.supplemented', payload: { text: `${st} ${text}` } }),
  transfer: ({ st, text }) => ({ type: 'relief.referred', payload: { what: st, note: text } }),
  visit: ({ at, st, text }, { name }) => ({
    type: 'visit.recorded',
    payload: { at, place: st, who: [name], seen: text },
  }),
  reply: ({ st, text }) => ({
    type: 'notice.told',
    payload: { what: st, how: 'FACE', understood: true, note: text },
  }),
  evidence: ({ st, text }) => ({
    type: 'contact.attempted',
    payload: { how: 'PHONE', why: st, note: text },
  }),
  mediation: ({ at, st, text }) => ({
    type: 'mediation.recorded',
    payload: { at, parties: [st], result: 'PENDING', agreement: text },
  }),
};

/** The act of one follow-up. */
export function followUpOf(event: WorkEvent, writer: Writer): Entry {
  const write = FOLLOW_UPS[event.type];
  if (!write) throw new Error(`the workload has an unknown kind: ${event.type}`);
  const { st, text } = event.data as FollowUpContent;
  return write({ at: event.at as Instant, st, text }, writer);
}

/** Exactly one event of these types stands for each event of the workload. */
export const COUNTED_TYPES: ReadonlySet<string> = new Set([
  ...['case.taken', 'case.supplemented', 'relief.referred', 'visit.recorded', 'notice.told'],
  ...['contact.attempted', 'mediation.recorded'],
]);
