import type { DeskCodesWords } from './desk-codes.zh-CN.ts';

/** Words of 登记码 at the desk, in English. */
export const deskCodesEn: DeskCodesWords = {
  title: 'Enrolment codes',
  off: 'The county asks for no codes (ENROLMENT_CODES=0): any machine signs in with a right account.',
  note: 'A tablet that is used for the first time needs a code. One code is for one person and one machine, good once and for seven days. Make sure who he is before you give it: by hand, or by the telephone number the county has of him.',
  forWhom: 'For whom',
  choose: 'Choose an agent',
  make: 'Make a code',
  forName: (name: string, until: string) => `Code for ${name}, to be used before ${until}:`,
  once: 'It is shown here once and kept nowhere. Copy it for him or read it to him. After this page only another one helps.',
  aloud: 'It has no letters I, L, O, U, Z: what sounds or looks like them counts as 1, 0, V, 2.',
  done: 'Given, put it away',
  open: 'Not used yet',
  none: 'No code is waiting to be used.',
  whose: 'Whose',
  until: 'To be used before',
  madeBy: 'Made by',
  act: 'What to do',
  voidIt: 'Make void',
  said: {
    code: 'Made.',
    voidCode: 'Void: it helps nobody any more.',
    prove: 'Say first who you are, then do it again. No code was made.',
    hand: 'You set his passphrase: another person makes the code, the director or another administrator. None was made.',
    none: 'Not done: he has five that are not used, or this line has changed. Look and try again.',
  },
};
