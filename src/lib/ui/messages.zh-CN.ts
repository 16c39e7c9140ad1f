/** Every word of every screen in Chinese, by area. Screens import their own area; tests look at all. */
import { actsZh } from './messages/acts.zh-CN.ts';
import { askZh } from './messages/ask.zh-CN.ts';
import { caseZh } from './messages/case.zh-CN.ts';
import { deskZh } from './messages/desk.zh-CN.ts';
import { deskActsZh } from './messages/desk-acts.zh-CN.ts';
import { deskCaseZh } from './messages/desk-case.zh-CN.ts';
import { deskEntryZh } from './messages/desk-entry.zh-CN.ts';
import { deskExportZh } from './messages/desk-export.zh-CN.ts';
import { deskKeysZh } from './messages/desk-keys.zh-CN.ts';
import { deskLedgerZh } from './messages/desk-ledger.zh-CN.ts';
import { deskLocksZh } from './messages/desk-locks.zh-CN.ts';
import { deskSettingsZh } from './messages/desk-settings.zh-CN.ts';
import { dictationZh } from './messages/dictation.zh-CN.ts';
import { fieldZh } from './messages/field.zh-CN.ts';
import { findingsZh } from './messages/findings.zh-CN.ts';
import { homeZh } from './messages/home.zh-CN.ts';
import { intakeZh } from './messages/intake.zh-CN.ts';
import { ratingZh } from './messages/rating.zh-CN.ts';
import { readbackZh } from './messages/readback.zh-CN.ts';
import { receiptZh } from './messages/receipt.zh-CN.ts';
import { reopenZh } from './messages/reopen.zh-CN.ts';
import { sendingZh } from './messages/sending.zh-CN.ts';
import { settingsZh } from './messages/settings.zh-CN.ts';
import { shellZh } from './messages/shell.zh-CN.ts';
import { statusZh } from './messages/status.zh-CN.ts';
import { trackZh } from './messages/track.zh-CN.ts';
import { vaultZh } from './messages/vault.zh-CN.ts';

export const messagesZhCN = {
  acts: actsZh,
  ask: askZh,
  case: caseZh,
  desk: deskZh,
  deskActs: deskActsZh,
  deskCase: deskCaseZh,
  deskEntry: deskEntryZh,
  deskExport: deskExportZh,
  deskKeys: deskKeysZh,
  deskLedger: deskLedgerZh,
  deskLocks: deskLocksZh,
  deskSettings: deskSettingsZh,
  dictation: dictationZh,
  field: fieldZh,
  findings: findingsZh,
  home: homeZh,
  intake: intakeZh,
  rating: ratingZh,
  readback: readbackZh,
  receipt: receiptZh,
  reopen: reopenZh,
  sending: sendingZh,
  settings: settingsZh,
  shell: shellZh,
  status: statusZh,
  track: trackZh,
  vault: vaultZh,
} as const;
