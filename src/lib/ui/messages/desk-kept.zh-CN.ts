/** Words of 暂存 beside those that the page of a case shares with it. */
export const deskKeptZh = {
  from: (who: string, post: string) => `送来的人：${who}${post === '' ? '' : `（${post}）`}`,
  unknownSender: '送来的人已经不在名单上',
  notAgent: (agent: string) => `这一件的代理员是${agent}，不是他。并进去也记在送来的人名下。`,
  lay: '为啥搁下',
  layGo: '搁下',
  up: '为啥捡回来',
  upGo: '捡回来',
  laid: (count: number) => `搁下的 ${count} 条`,
  laidTitle: '搁下的：原样还在，随时能捡回来、能采认',
  back: '回暂存',
  more: (who: string, count: number) => `${who}还有 ${count} 条，点开看`,
  somebody: '不在名单上的人',
  onlyOf: (who: string) => `只看${who}送来的`,
  page: (page: number, pages: number, total: number) =>
    `第 ${page} 页，一共 ${pages} 页、${total} 条`,
  before: '上一页',
  after: '下一页',
  asks: '原话里可能有身份证号、住处，或者是密封件。要看，先说为啥看，会记下来。',
  notLaid: '没搁成。这一条刚有人动过，或者没写为啥。',
};
export type DeskKeptWords = typeof deskKeptZh;
