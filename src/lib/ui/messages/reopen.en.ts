import type { ReopenWords } from './reopen.zh-CN.ts';

export const reopenEn: ReopenWords = {
  tablet: {
    open: 'The county gave me a new card',
    title: "Open with the county's new card",
    scanSay: 'Hold the new card straight before the camera, a hand away.',
    asking: 'Asking the county…',
    slipTitle: 'Now the slip',
    slipSay: 'Show the code of the slip that came with the card. No signal needed.',
    slipField: 'Letters on the slip',
    slipForeign: 'That is not the code of a slip',
    haveSlip: 'I have the slip, show it',
    again: 'Ask the county again',
    otherCard: 'Another card',
    pinTitle: 'Choose six new digits',
    pinSay: 'From now on: this card and these six digits. No birthday, no telephone, no row.',
    passTitle: 'A new sentence',
    passSay:
      'Forgotten the old one: write a new one, ten characters or more. Known: leave it as it is.',
    keepOld: 'I know the old one',
    finishing: 'Unlocking…',
    done: 'Open, all is there. The old card is void',
    refusals: {
      NO_CARD: 'That was no card. Hold it straight, or type it.',
      FOREIGN:
        'This card is not for this tablet. Look whether it is the right one, ask the county.',
      BARRED:
        'The county stopped this lock; a new card does not open it. Nothing in it is lost. Call the county.',
      IN_USE: 'This card has its digits already. Go back, show the badge, press them.',
      SPENT: 'This card is void. Ask the county for another.',
      NONE: 'The county has not opened this tablet yet. Call it; all is there.',
      NO_SLIP: 'One sign of the slip does not match. Show it again, compare group by group.',
      EXPIRED: 'This slip is too old. Ask the county for another; all is there.',
      WRONG: 'Card and slip do not belong together.',
      STORAGE: 'Not opened. All is there, try again; else call the county.',
      OFFLINE:
        'The county cannot be reached and asked. Show the slip if you have it, or find a place with signal.',
      SIGN_IN:
        'The county wants to know that it is you: sign in once and show this card again, or show the slip.',
      NOT_YOURS:
        'The account that is signed in here is no agent’s. Sign in once with your own and show this card again, or show the slip.',
      COUNTY_FAULT:
        'The county does not answer now. Show the slip if you have it, or wait a while.',
    },
  },
  card: {
    scan: 'Show the new badge that the county printed',
    make: 'Make one here',
    refusals: {
      NO_CARD: 'That was no badge.',
      FOREIGN: 'This badge is not for this tablet, or is void. Ask the county for one.',
    },
    taken: 'The new badge is taken; the old one is void',
  },
  keys: {
    title: "Compare the county's key",
    note: 'With this key the county opens for you when all is forgotten. Read it aloud with somebody there; every sign must match.',
    refused:
      'A new key came from the county and nobody known vouches for it, so it was not taken. The lock is as before, all is there and is sent. Call the county.',
  },
  desk: {
    title: 'Open a lock anew',
    note: 'Card lost and sentence forgotten: two holders of sheets, and he gets a new card',
    link: 'Open anew: everything forgotten',
    back: 'Back to locks and badges',
    missing: 'No tablet has left its half at the county yet; nothing can be opened here.',
    begin: 'Begin',
    beginWhy:
      'First make sure who he is: see him, or call the number he left. Then two holders of sheets open this page, each with his own account on his own computer, and type theirs. The key is put together in your page alone and never kept; leave the page and it starts again.',
    whose: 'Whose tablet',
    choose: 'Choose one',
    reason: 'How you know him, and why',
    running: 'Being opened',
    none: 'Nothing is being opened now.',
    asks: (who, whose) => `${who} opens the lock of ${whose}`,
    print: 'Password of the page',
    printWhy: 'Compare it with his page sign by sign; if it differs, type nothing.',
    sheets: (n) => `${n} given; two people are needed, one each`,
    by: (name) => `${name} gave one`,
    sheet: 'Letters of my sheet',
    give: 'Give it to that page',
    badSheet: 'A sign is wrong, or the sheet is of another key. Nothing was sent.',
    open: 'Put together and make the card',
    opening: 'Opening…',
    gone: 'This page was left in between. Take it back and begin anew.',
    cannot: 'These two sheets are not this key. Was one typed twice? Nothing was changed.',
    card: 'New card',
    slip: 'Slip',
    slipWhy:
      'Give it with the card. With signal the tablet needs it not; without, it is shown after the card. Tear it up after use.',
    made: 'Print now; it is gone when you leave the page. The old cards are void. Hand it to himself.',
    printNow: 'Print',
    end: 'Take back',
    waits: 'Made, waiting for him',
    said: {
      started: 'Noted. Call the two holders.',
      sheet: 'Given.',
      opened: '',
      made: 'The card is made, the old ones are void.',
      ended: 'Taken back.',
      none: 'Not done: not yours to do, or it has changed. Look and try again.',
      prove: 'Say again who you are first. Nothing is done yet.',
      proveLater: 'Too many tries, wait a while. Nothing is done yet.',
      proven: 'Right, go on.',
    },
  },
};
