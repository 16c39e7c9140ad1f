import type { DeskEntryWords } from './desk-entry.zh-CN.ts';

/** Words of the page where the office types in a letter, a call or a visit, in English. */
export const deskEntryEn: DeskEntryWords = {
  title: 'Enter a letter, call or visit',
  note: 'What comes without an agent is not lost either',
  open: 'Enter a letter, call or visit',
  go: 'Take it',
  letter: 'A letter is copied and not read back; a caller and a visitor hear it read back',
  done: (code: string) => `Taken, query code ${code}. Tell them: with it they can look and rate`,
  doneSealed: (code: string) =>
    `Taken, query code ${code}. Tell the petitioner alone, with nobody by; it answers only that the case came in and is handled by the rules`,
  sealedDone: 'Sealed; from now on only the sealed desk sees it',
  toCase: 'Register it',
  another: 'Enter another',
  refused: 'Not taken; everything typed is still here',
  missing: (what: string) => `Still missing: ${what}`,
  outsideTaken:
    'Not taken, what you typed is still here. A case with this outside number exists: search the ledger for it, do not handle it twice',
  notYours: 'Your post cannot enter cases',
};
