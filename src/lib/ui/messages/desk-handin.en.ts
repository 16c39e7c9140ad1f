import type { DeskHandInWords } from './desk-handin.zh-CN.ts';

/** The same in English, for developers and guests. */
export const deskHandInEn: DeskHandInWords = {
  title: 'Bring in a hand-in file',
  note: 'unsent work of a tablet, carried by anybody',
  link: 'Bring in a hand-in file that somebody carried here',
  what: 'Choose files ending in .psb from a stick or card. They are sealed and nobody reads them here; everything counts as its own agent’s. The same file twice changes nothing.',
  pick: 'Choose files (several at once)',
  going: (name, n) => `Bringing in ${name}, ${n} entries are at the county … keep this page open.`,
  stored: (stored, dup) =>
    dup > 0 ? `${stored} new entries; ${dup} were here already.` : `${stored} new entries.`,
  files: (complete, begun) =>
    begun > 0
      ? `Photos and recordings: ${complete} complete, ${begun} begun and kept.`
      : `Photos and recordings: ${complete} complete.`,
  refused: (n) => `${n} were not merged and are kept as they came, see Kept aside.`,
  held: (n, why) => `${n} did not join and are kept as they came: ${why}.`,
  heldWhy: {
    SEALED_NO_SLIP: 'what opens them did not come along; they open by themselves when it does',
    SEALED_NO_KEY: 'no key of the county opens them now; they open by themselves when it is here',
    SEALED_BROKEN:
      'damaged on the way, changed or put elsewhere; the tablet still has them and sends them again, a new hand-in file does too',
    SEALED_EARLY: 'what comes before them is missing; they open by themselves when it is here',
    SEALED_NO_DEVICE: 'the county does not know this tablet; they open once it is enrolled',
    SEALED_SIGNATURE:
      'without their tablet’s signature; it sends them again by itself, and where it is gone the office can take them after asking',
  },
  heldElse: 'the county cannot open them yet; they join by themselves when it can',
  waitingTitle: 'What you brought and did not join yet',
  waiting: (n, since, why) => `${n} (the first on ${since}): ${why}.`,
  unkept: (n) =>
    `${n} cannot be opened and there was no room to keep them. Keep the file; the tablet still has everything. Tell the operator, then choose it again.`,
  foreign:
    'This is no hand-in file; nothing was taken in. Its name ends in .psb: choose another one on the stick or card, or have a new one saved on the tablet.',
  ruined:
    'This is a hand-in file, but nothing of it could be read; nothing was taken in. Keep it, and have a new one saved on that tablet.',
  notWhole:
    'This file is cut or was changed on its way. What is whole of it is here; the tablet still has everything.',
  listed: (read, of) => `${of} entries on its list, ${read} could be read, ${of - read} missing.`,
  slices: (read, of) =>
    `Slices of photos and recordings: ${of} on its list, ${read} could be read, ${of - read} missing.`,
  lacking: (no, wanted, of) =>
    `A photo or recording of ${no ?? 'a case'}: ${of} slices, ${wanted} still missing.`,
  unclear: (n) =>
    `${n} photos or recordings whose description could not be read: not known of which case, not taken.`,
  more: (n) => `${n} more photos or recordings are not complete.`,
  unsigned: (n) =>
    `${n} photos or recordings without their tablet’s signature: kept in your name, not the agent’s; that tablet sends them again by itself.`,
  again:
    'Next: keep the file. Have another hand-in file saved on that tablet and brought here: it adds what is missing and doubles nothing. With a network the tablet adds it by itself.',
  stops: {
    OFFLINE: 'The network broke. Nothing is lost; choose the file again to go on.',
    SIGN_IN: 'The sign-in is over. Nothing is lost; sign in and choose the file again.',
    BUSY: 'The county is busy. Nothing is lost; choose the file again in a minute.',
    FULL: 'The county’s disk is full. Nothing is lost; tell the operator, then choose it again.',
    REFUSED: 'The county does not take this file. Keep it and tell the operator.',
    FOREIGN: 'Somebody else than the county answered. Choose the file again on another network.',
  },
  ackWhy: 'Carried back to the tablet, the ack file tells it what has arrived.',
  ack: (n) => `Save the ack file (${n})`,
  ackFailed: 'No ack file came. Nothing is lost; press again in a while.',
};
