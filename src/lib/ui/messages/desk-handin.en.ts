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
  held: (n) => `${n} cannot be opened yet; they are kept and join by themselves.`,
  unkept: (n) =>
    `${n} cannot be opened and there was no room to keep them. Keep the file; the tablet still has everything. Tell the operator, then choose it again.`,
  notWhole:
    'This file is cut or was changed on its way. What is whole of it is here; the tablet still has everything, a new file adds the rest.',
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
