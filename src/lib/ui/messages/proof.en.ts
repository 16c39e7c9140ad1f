import type { ProofWords } from './proof.zh-CN.ts';

export const proofEn: ProofWords = {
  title: 'Check a receipt',
  ask: 'See whether this receipt is genuine and the file untouched',
  paste: 'Paste the address that is in the square of the receipt',
  pasteHint: 'scanned with a phone it opens this page by itself',
  check: 'Check',
  working: 'Checking…',
  noCrypto:
    'This browser cannot check it. Open the county’s own address (https), or use another phone.',
  number: 'Number to compare',
  numberNote: 'Compare with what is printed below the square: four digits and four words.',
  date: 'Signed on',
  entries: 'Entries in the file then',
  entriesOf: (n) => `${n}`,
  own: {
    signed: 'The receipt is genuine: the county signed it and nobody changed it.',
    unreadable: 'The square cannot be read: a part is missing, or it is no receipt. Scan it again.',
    foreignKey:
      'This receipt is not of this county. Do not trust it; ask your agent or call the county office.',
    forged:
      'Somebody changed this receipt; it counts for nothing. Keep it and call the county office.',
  },
  today: {
    asking: 'Asking the county whether today’s file still has these entries…',
    contained: 'Today’s file has all of these entries, word for word.',
    sum: (at) => `By the county’s total signed at ${at}; your phone has computed it itself.`,
    fresh:
      'Today’s file has these entries. The receipt is new: in five minutes the total shows it, too.',
    missing:
      'It does not match: today’s file lacks these entries, or they were altered. Keep the receipt, call the county office, or show it to the office above.',
    unproved:
      'The county says yes but has no proof. Keep the receipt and check again; else go to the office above.',
    restored: (day) =>
      `The county was put back from a copy on ${day}, and these entries stand in another order now. Your words are not lost; ask for a new receipt. The county must have announced it; if nobody heard of it, call the county office.`,
    slow: (n) => `Too often. Wait ${n} seconds; a receipt does not expire.`,
    offline:
      'The county cannot be reached, so today’s file was not asked. What stands above holds without it.',
  },
  again: 'Ask again',
  home: 'Where is my case?',
  give: {
    title: 'The county’s receipt for you',
    note: 'Photograph this square or print it. With it anybody can check later that nobody touched your file. It has no name and no word of yours.',
    number: 'Number to compare',
    qr: 'Square of the receipt',
    missing: 'The square could not be drawn; asking works all the same.',
    open: 'Check it now',
    later: 'The county has not received this case yet. Open this page with signal after it has.',
    offline: 'No connection. Opened with signal, the receipt is kept on the tablet for later.',
    kept: 'fetched when there was signal',
  },
  notice: {
    title: 'Totals of the files',
    lead: 'Every day the county computes one number over all files and posts it here for anybody to copy. Who alters one old word makes it disagree with the copies. Nobody’s matter can be read from it.',
    day: 'Day',
    size: 'In all',
    entries: (n) => `${n} entries`,
    number: 'To compare',
    root: 'Total',
    key: 'Signing key',
    keyNote: 'A receipt is the county’s when this key signed it.',
    restored: (day) => `Put back from a copy on ${day}: receipts of before can be renewed.`,
    none: 'No total yet: the first comes five minutes after the county’s machine starts.',
    print: 'Print it',
    link: 'Totals of the files',
  },
};
