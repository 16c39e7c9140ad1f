import type { Settings } from './workspace-types.ts';

/** Keys of sealed values in the store's `meta`. */
export const META = {
  session: 'session',
  settings: 'settings',
  receipts: 'receipts',
  signal: 'signal',
  alarmRead: 'alarmRead',
  read: 'read',
  signedReceipts: 'signedReceipts',
  seen: 'seen',
  cardShown: 'cardShown',
} as const;

export const DEFAULT_SETTINGS: Settings = { textSize: 18, theme: 'auto', language: 'zh-CN' };

/** Settings as stored, with defaults for what an older version did not know. */
export const settingsFrom = (stored: unknown): Settings => ({
  ...DEFAULT_SETTINGS,
  ...(typeof stored === 'object' ? (stored as Partial<Settings>) : {}),
});
