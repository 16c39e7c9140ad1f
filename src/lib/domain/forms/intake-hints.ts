/** 接单前再看看: what the checks of REFERENCE 3.9 say about the answers so far. Hints, never gates. */
import { areaTreeOf, type AreaTree } from '../area.ts';
import type { Finding } from '../findings.ts';
import type { Answers } from '../intake-form.ts';
import { intakeFindings, type IntakeRecord } from '../intake-findings.ts';
import type { LocalDate } from '../values.ts';
import { piecesOf, readbackOf } from './intake-answers.ts';
import { headFrom, petitionerFrom, submissionFrom, type TakingContext } from './taking.ts';

/** The answers as the record that tablet, desk and import check by the same rules. */
export function intakeRecordOf(
  answers: Answers,
  context: Pick<TakingContext, 'agent' | 'today'>,
): IntakeRecord {
  const whole = { ...context, noticeVersion: '', startedAt: '' as TakingContext['startedAt'] };
  const taking = { ...whole, attachments: [], queryCode: '', urgentReported: false };
  const pieces = piecesOf(answers);
  return {
    words: pieces.map(({ verbatim }) => verbatim).join('\n'),
    hasAudio: pieces.some(({ audio }) => audio.length > 0),
    head: { ...headFrom(answers, taking), ...submissionFrom(answers).head },
    petitioners: [petitionerFrom(answers, context.today, context.agent.areaCode)],
    readback: readbackOf(answers) === null ? 'none' : 'confirmed',
  };
}

/** The tablet holds no list of the county's places and asks nothing about them. */
const NO_PLACES: AreaTree = areaTreeOf('', []);

/** What is worth another look before the case is taken; nothing here stops anything. */
export function intakeHints(
  answers: Answers,
  world: {
    readonly agent: TakingContext['agent'];
    readonly today: LocalDate;
    readonly countyCode: string;
  },
): readonly Finding[] {
  const { today, countyCode } = world;
  const stage = 'take' as const;
  const record = intakeRecordOf(answers, world);
  const found = intakeFindings(record, { stage, today, areas: NO_PLACES, countyCode });
  // The read-back is what she is doing just now, and the place was chosen from her own list.
  const hints = found.filter(({ code }) => !code.startsWith('readback.') && !/^area\./.test(code));
  const seen = new Set<string>();
  return hints.filter(({ code }) => !seen.has(code) && seen.add(code));
}

/** The question of the form that a finding belongs to; null when it has none of its own. */
export function questionOf({ field }: Finding): string | null {
  if (field.startsWith('petitioners')) return 'who';
  if (field === 'words') return 'words';
  if (field === 'head.prior') return 'prior';
  if (field.startsWith('head.claims')) return 'wants';
  return null;
}
