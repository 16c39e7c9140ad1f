import type { DeskKeptWords } from './desk-kept.zh-CN.ts';

export const deskKeptEn: DeskKeptWords = {
  from: (who, post) => `Sent by: ${who}${post === '' ? '' : ` (${post})`}`,
  unknownSender: 'Its sender is on no list any more',
  notAgent: (agent) =>
    `The agent of this case is ${agent}, not the sender. It joins under the sender’s name.`,
  lay: 'Why lay it aside',
  layGo: 'Lay aside',
  up: 'Why take it up again',
  upGo: 'Take up',
  laid: (count) => `${count} laid aside`,
  laidTitle: 'Laid aside: still here as it came, may be taken up or adopted at any time',
  back: 'Back to what is kept',
  more: (who, count) => `${count} more of ${who}: open`,
  somebody: 'somebody who is on no list',
  onlyOf: (who) => `Only what ${who} sent`,
  page: (page, pages, total) => `Page ${page} of ${pages}, ${total} in all`,
  before: 'Before',
  after: 'Next',
  asks: 'The words may hold an identity number, a place, or a sealed case. Say why you look; it is written down.',
  notLaid: 'Not laid aside: somebody else was here just now, or no reason was given.',
};
