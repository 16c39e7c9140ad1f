import type { EnrolCodeWords } from './enrol-code.zh-CN.ts';

/** Words of 登记码 on the tablet, in English. */
export const enrolCodeEn: EnrolCodeWords = {
  first: {
    title: 'The county does not know you on this tablet yet',
    say: 'It needs a one-time code of the county.',
    how: 'Without a code call the county, say your name, and have one made and read to you. A code is good once and for seven days.',
  },
  afterReset: {
    title: 'Somebody at the county changed your passphrase',
    say: 'Who changed it knows it, so it opens nothing by itself. You need a one-time code, given by another person.',
    how: 'Call the county, say your name, ask who changed it, and have the code made by somebody else. If you did not ask for the change, say so at once. A code is good once and for seven days.',
  },
  safe: 'Should cases be saved on this tablet already: none is lost, and they are sent with or without a code.',
  label: 'Enrolment code',
  hint: 'Ten letters and digits. Capitals or not, without gaps or with.',
  call: 'Call the county',
  noNumber: 'The county has filled in no number. Call its petition office, or ask the township.',
  refusals: {
    CODE_NEEDED: '',
    CODE_AFTER_RESET: '',
    CODE_TYPO: 'A letter of the code is wrong or missing. Type it again, one by one.',
    CODE_WRONG:
      'This code is not right, or is for somebody else. Compare it; else ask the county for another.',
    CODE_SPENT: 'This code was used, or the county made it void. Ask the county for another.',
    CODE_EXPIRED: 'This code is older than seven days. Ask the county for another.',
    CODE_LATER: 'Too many tries. Wait a minute, look closely, and type it again.',
  },
};
