import { toLocalDate } from '../domain/calendar.ts';
import { limitOf, nextDuty } from '../domain/lights.ts';
import { groupQueryCode, readQueryCode } from '../domain/numbers.ts';
import { can } from '../domain/permissions.ts';
import { publicView } from '../domain/public-view.ts';
import { slipOf, type Villager } from '../domain/villager.ts';
import type { CaseRecord } from '../ports/county-store.ts';
import { LIMITS, type Limiter } from './auth/rate-limit.ts';
import type { DeskDeps } from './desk/deps.ts';

/** What of a receipt the page draws and says. */
export interface TrackReceipt {
  /** Address behind the square. */
  readonly address: string;
  readonly spoken: { readonly digits: string; readonly words: readonly number[] };
}

export interface TrackQuestion {
  /** As typed: any grouping, also full-width digits. */
  readonly code: string;
  readonly name: string;
  readonly address: string;
  /** Signs for the case that was found; left out where nothing signs. */
  readonly sign?: (record: CaseRecord) => Promise<TrackReceipt | null>;
}

/** One line of the public timeline; `now` is where it stands, `wait` what is still to come. */
export interface TrackStep {
  readonly key: string;
  readonly text: string;
  readonly when: string;
  readonly state: 'done' | 'now' | 'wait';
}

export type TrackAnswer =
  | {
      readonly kind: 'found';
      readonly code: string;
      readonly sentence: string;
      readonly next: string;
      readonly timeline: readonly TrackStep[];
      /** What the county signs of the file as it is now; null when it has nothing to sign. */
      readonly receipt: TrackReceipt | null;
    }
  /** Wrong code, wrong name, somebody else's case: one answer for all. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'slow'; readonly waitSeconds: number }
  /** Too many wrong names today for this code, whether or not anybody has it. */
  | { readonly kind: 'wrongs'; readonly waitSeconds: number };

/** Digits of a mistyped code that tell it from others. */
const TYPED_MAX = 20;

const dayWords = (date: string): string =>
  `${Number(date.slice(0, 4))}年${Number(date.slice(5, 7))}月${Number(date.slice(8, 10))}日`;

/** Whether the code and the name are those of a slip of this case. */
function mayTrack(deps: DeskDeps, who: Villager, { file, columns }: CaseRecord): boolean {
  const codes = [columns.queryCode, ...(columns.otherCodes?.split(' ') ?? [])];
  const object = slipOf(
    file,
    codes.filter((code) => code !== null),
  );
  return can(who, 'case.track', { object, now: deps.now() });
}

/** The answer to a query code and a full name; tries are limited per address and per code. */
export async function lookUp(
  deps: DeskDeps,
  limiter: Limiter,
  question: TrackQuestion,
): Promise<TrackAnswer> {
  const code = readQueryCode(question.code);
  // A mistyped code counts for itself, so that one person's slip slows nobody else down.
  const asTyped = question.code.normalize('NFKC').replace(/\D/g, '').slice(0, TYPED_MAX);
  const of = code ?? `typed ${asTyped}`;
  // Whose address is refused takes nothing of anything else, so that he floods no other's limits.
  const wait =
    (await limiter.take(LIMITS.trackAddress, question.address)) ||
    (await limiter.take(LIMITS.trackCode, of));
  if (wait > 0) return { kind: 'slow', waitSeconds: wait };
  const waitToday = await limiter.take(LIMITS.trackWrong, of);
  if (waitToday > 0) return { kind: 'wrongs', waitSeconds: waitToday };
  // The look happens for every code, so that a wrong one takes as long as a right one.
  const records = await deps.cases.byQueryCode(code ?? '');
  const villager = { code: code ?? '', name: question.name };
  const record = records.find((one) => mayTrack(deps, villager, one));
  if (code === null || record === undefined) return { kind: 'unknown' };
  // A right name is no guess.
  await limiter.give(LIMITS.trackWrong, of);
  const { calendar, settings } = deps;
  const clocks = await deps.cases.clocks(record, { calendar, settings, now: deps.now() });
  const duty = nextDuty(clocks);
  const due = duty === null ? null : toLocalDate(limitOf(duty));
  const view = publicView(record.file, { on: due, provisional: duty?.provisional ?? false });
  const last = view.steps.length - 1;
  const told = view.steps.map(({ on, sentence }, i): TrackStep => {
    const state = i === last && !view.ended ? 'now' : 'done';
    return { key: `${i}`, text: sentence, when: dayWords(on), state };
  });
  const coming: TrackStep[] =
    view.until === '' ? [] : [{ key: 'next', text: view.until, when: '', state: 'wait' }];
  return {
    kind: 'found',
    code: groupQueryCode(code),
    sentence: view.sentence,
    next: view.until,
    timeline: view.steps.length === 0 ? [] : [...told, ...coming],
    receipt: (await question.sign?.(record)) ?? null,
  };
}
