/** Every word of every screen in English, by area. Screens import their own area; tests look at all. */
import { actsEn } from './messages/acts.en.ts';
import { askEn } from './messages/ask.en.ts';
import { caseEn } from './messages/case.en.ts';
import { deskEn } from './messages/desk.en.ts';
import { deskActsEn } from './messages/desk-acts.en.ts';
import { deskCaseEn } from './messages/desk-case.en.ts';
import { deskEntryEn } from './messages/desk-entry.en.ts';
import { deskExportEn } from './messages/desk-export.en.ts';
import { deskKeysEn } from './messages/desk-keys.en.ts';
import { deskLedgerEn } from './messages/desk-ledger.en.ts';
import { deskLocksEn } from './messages/desk-locks.en.ts';
import { deskSettingsEn } from './messages/desk-settings.en.ts';
import { dictationEn } from './messages/dictation.en.ts';
import { fieldEn } from './messages/field.en.ts';
import { findingsEn } from './messages/findings.en.ts';
import { homeEn } from './messages/home.en.ts';
import { intakeEn } from './messages/intake.en.ts';
import { ratingEn } from './messages/rating.en.ts';
import { readbackEn } from './messages/readback.en.ts';
import { receiptEn } from './messages/receipt.en.ts';
import { reopenEn } from './messages/reopen.en.ts';
import { sendingEn } from './messages/sending.en.ts';
import { settingsEn } from './messages/settings.en.ts';
import { shellEn } from './messages/shell.en.ts';
import { statusEn } from './messages/status.en.ts';
import { trackEn } from './messages/track.en.ts';
import { vaultEn } from './messages/vault.en.ts';

export const messagesEn = {
  acts: actsEn,
  ask: askEn,
  case: caseEn,
  desk: deskEn,
  deskActs: deskActsEn,
  deskCase: deskCaseEn,
  deskEntry: deskEntryEn,
  deskExport: deskExportEn,
  deskKeys: deskKeysEn,
  deskLedger: deskLedgerEn,
  deskLocks: deskLocksEn,
  deskSettings: deskSettingsEn,
  dictation: dictationEn,
  field: fieldEn,
  findings: findingsEn,
  home: homeEn,
  intake: intakeEn,
  rating: ratingEn,
  readback: readbackEn,
  receipt: receiptEn,
  reopen: reopenEn,
  sending: sendingEn,
  settings: settingsEn,
  shell: shellEn,
  status: statusEn,
  track: trackEn,
  vault: vaultEn,
} as const;
