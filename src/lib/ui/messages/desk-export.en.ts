import type { DeskExportWords } from './desk-export.zh-CN.ts';

/** The same in English, for developers and guests. */
export const deskExportEn: DeskExportWords = {
  title: 'Export of a sealed case',
  rule: 'It takes two of the sealed list: one asks, another confirms, the first fetches it once, within a day. Every step is in the audit.',
  seconds: (names) => `Who can be the second: ${names}.`,
  alone:
    'It cannot leave now: beside whoever asks, nobody of the list can confirm this case. Asking would wait for nobody.',
  third:
    'A third comes first: the director or an administrator proposes a reviewer or another sealed officer in Settings, sealed list, and another of them confirms. Then that person confirms here. Tell them only that the list needs one more, not which case it is and not why.',
  why: 'What for (four letters or more)',
  ask: 'Ask',
  asked: (name, why) => `${name} asks: ${why}`,
  confirmed: (name, why) => `${name} agrees: ${why}`,
  until: (moment) => `holds until ${moment}`,
  confirmWhy: 'Why you agree (four letters or more)',
  confirm: 'Confirm',
  take: 'Fetch it (this once)',
  fetching:
    'On its way: look at the downloads of the browser. This page looks again in two seconds.',
  taken: (moment, by, confirmedBy) =>
    `The file was fetched: ${moment}, by ${by}; ${confirmedBy} had agreed. It is given once and cannot be fetched again.`,
  anew: 'It did not arrive whole, or another one is needed: ask anew below, and another person confirms.',
  end: 'Take back or refuse',
  prove: 'Say who you are',
  said: {
    asked: 'Asked; nothing left the house. Another person of the list confirms on this page.',
    confirmed: 'Confirmed. Whoever asked may fetch it once within a day.',
    over: 'Taken back; nothing was exported.',
    prove: 'You gave your passphrase a while ago. Nothing was done.',
    why: 'Nothing was done. Say why, in four letters or more.',
    own: 'You asked yourself: another person has to confirm.',
    alone: 'Not asked: nobody else of the list can confirm. Put one more on the sealed list first.',
    there: 'Somebody has asked already.',
    late: 'Somebody was faster. Look how it stands now.',
  },
};
