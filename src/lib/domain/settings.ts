import { fail, ok, type Result } from './values.ts';

/**
 * 可配置项: the points that the rules leave open, with the values we begin with (REFERENCE 9).
 * What the law fixes is not here and cannot be set: 60/30/15 days, five representatives, one
 * extension, append-only.
 */
export interface Settings {
  /** 简易程序 decision to accept, working days. */
  readonly 'simple.acceptWorkdays': number;
  /** Working days for transferring a simple matter; null means no such limit. */
  readonly 'simple.transferWorkdays': number | null;
  readonly 'rating.windowDays': number;
  readonly 'rating.oncePerTarget': boolean;
  /** A rating made in time may arrive this many days after the window. */
  readonly 'rating.lateSyncGraceDays': number;
  /** Whether duties of offices roll to the next working day too. */
  readonly rollOfficeDeadlines: boolean;
  /** C0, hours. */
  readonly 'sync.maxHours': number;
  /** C13, minutes. */
  readonly 'urgent.ackMinutes': number;
  /** C14. */
  readonly 'supplement.workdays': number;
  /** C17. */
  readonly 'objectionRuling.workdays': number;
  /** C19 from level 2 on; level 1 is answered within `supervision.reminderWorkdays`. */
  readonly 'supervision.answerWorkdays': number;
  readonly 'supervision.reminderWorkdays': number;
  /** C1b after a registration or reopening, hours. */
  readonly 'transfer.targetHours': number;
  /** C1b after an upheld objection, working days. */
  readonly 'transfer.againWorkdays': number;
  /** C18. */
  readonly 'leaderCase.days': number;
  /** 一次性化解: no repeat within this many days. */
  readonly 'onceSolved.repeatDays': number;
  readonly 'device.purgeClosedAfterDays': number;
  readonly 'device.autoLockMinutes': number;
}

/** The defaults of REFERENCE 9. */
export const DEFAULT_SETTINGS: Settings = {
  'simple.acceptWorkdays': 3,
  'simple.transferWorkdays': null,
  'rating.windowDays': 30,
  'rating.oncePerTarget': true,
  'rating.lateSyncGraceDays': 15,
  rollOfficeDeadlines: false,
  'sync.maxHours': 24,
  'urgent.ackMinutes': 30,
  'supplement.workdays': 3,
  'objectionRuling.workdays': 2,
  'supervision.answerWorkdays': 10,
  'supervision.reminderWorkdays': 2,
  'transfer.targetHours': 24,
  'transfer.againWorkdays': 1,
  'leaderCase.days': 90,
  'onceSolved.repeatDays': 90,
  'device.purgeClosedAfterDays': 30,
  'device.autoLockMinutes': 5,
};

/** A setting that is not one of ours, or whose value cannot be used. */
export interface SettingRefusal {
  readonly key: string;
  readonly why: 'unknown_key' | 'wrong_value';
}

const NUMBER_MAX = 10_000;

function isUsable(value: unknown, example: unknown): boolean {
  if (typeof example === 'boolean') return typeof value === 'boolean';
  if (value === null) return example === null;
  return typeof value === 'number' && Number.isInteger(value) && value > 0 && value <= NUMBER_MAX;
}

/** Lays a county's own values over the defaults; refuses keys that may not be configured. */
export function settingsOf(
  overrides: Readonly<Record<string, unknown>>,
): Result<Settings, SettingRefusal> {
  for (const [key, value] of Object.entries(overrides)) {
    if (!Object.hasOwn(DEFAULT_SETTINGS, key)) return fail({ key, why: 'unknown_key' });
    const example = DEFAULT_SETTINGS[key as keyof Settings];
    if (!isUsable(value, example)) return fail({ key, why: 'wrong_value' });
  }
  return ok({ ...DEFAULT_SETTINGS, ...overrides });
}
