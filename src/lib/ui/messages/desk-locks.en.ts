import type { DeskLocksWords } from './desk-locks.zh-CN.ts';

export const deskLocksEn: DeskLocksWords = {
  title: 'Locks and badges',
  note: 'A tablet lost, an agent gone: lock here. Badges are printed and made void here',
  back: 'Back to devices',
  keyless:
    'Tablets get no locks yet: the county has no key, so nobody could open what an agent forgot how to open. They work as ever and lose nothing; but who finds a lost one can read it.',
  keylessDo:
    'The director makes one, a second person agrees. From then on each sign-in gives a lock.',
  foreign:
    'A key lies in the county’s database that no two people of the county put there. Nothing was sealed to it; nothing that came is lost or shown.',
  foreignDo:
    'Look under Keys which one it is: if nobody made it, end it and find out who writes the database.',
  switchedOff:
    'The county gives no locks (TABLET_VAULTS=0). Tablets that have one keep it and open as ever; those that sign in anew get none, and who finds a lost one can read it.',
  newCard: 'Print a badge',
  newCardNote:
    'The code is made on this computer and goes onto the paper only; the county keeps none. No name on it. The agent shows it when he locks his tablet; without his six digits it opens nothing.',
  forWhom: 'For whom',
  choose: 'Choose an agent',
  newTablet: 'New tablet, first badge',
  otherCard: 'Another badge for a tablet with a lock (he takes it there, in the settings)',
  make: 'Make one',
  printNow: 'Print now. When this page is left the code is gone; another can be made.',
  print: 'Print',
  printed: 'Printed, put away',
  tablets: 'Tablets',
  whose: 'Whose',
  state: 'Now',
  since: 'Since',
  say: 'What to do',
  letter: (letter) => (letter ? `tablet ${letter}` : ''),
  bars: { open: 'opens', revoked: 'stopped', lost: 'lost' },
  doBar: { open: 'Free it', revoked: 'Stop it', lost: 'Report lost' },
  reason: 'Why',
  by: (who, ago) => `${who}, ${ago}. `,
  barNote:
    'The tablet locks at its next contact and cannot be read, and the county shows it nothing more; what is unsent stays, nothing is lost. Lost also ends his sign-ins on every machine: his other tablets ask him to sign in again, and the lost one sends once somebody signs in there. Freeing waits for a contact, too.',
  cards: 'Badges',
  noCards: 'No badge was printed yet.',
  number: 'Number',
  cardGood: 'good',
  cardDead: 'void',
  cardReason: 'Why void',
  revoke: 'Make void',
  cardNote:
    'A void badge opens nothing after the next contact of its tablet. There is no way back; print another.',
  said: {
    lost: 'Noted as lost. All his sign-ins ended just now; the tablet locks at its next contact, nothing unsent is lost.',
    revoked:
      'Noted as stopped. The tablet locks at its next contact; his sign-ins stay, nothing unsent is lost.',
    freed: 'Noted as open again. The tablet opens after its next contact, with all that is in it.',
    why: 'Not done, tablet and card are as before. The reason is too short: two letters or more, so that others understand it later.',
    card: 'Made. Print it for him.',
    revoke: 'Void.',
    prove: 'Say first who you are, then do it again. Nothing was done.',
    proveLater: 'Too many tries; wait a moment. Nothing was done.',
    proven: 'Right; go on.',
    none: 'Not done: no reason, or it has changed. Look and try again.',
  },
};
