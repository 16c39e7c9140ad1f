/** Words of 导入应急包: sealed files that somebody carried here. */
export const deskHandInZh = {
  title: '导入应急包',
  note: '平板上没报出去的，谁带来都行',
  link: '导入应急包：有人带来了平板上存出来的文件',
  what: '选 U 盘或者卡里 .psb 结尾的文件。里头是封着的，这里谁也看不见；该是谁报的还记谁的名下。同一个文件导几次都不会重。',
  pick: '选文件（可以一次选几个）',
  going: (name: string, n: number) => `正在导入 ${name}，已经到县局 ${n} 条……别关这一页。`,
  stored: (stored: number, dup: number) =>
    dup > 0 ? `新收进 ${stored} 条；${dup} 条早就到了，没重收。` : `新收进 ${stored} 条。`,
  files: (complete: number, begun: number) =>
    begun > 0
      ? `照片和录音：${complete} 个到齐；${begun} 个还没到齐，到齐的部分先存着。`
      : `照片和录音：${complete} 个到齐。`,
  refused: (n: number) => `${n} 条县里没并进去，原样留着，在“暂存”里看。`,
  held: (n: number) => `${n} 条还打不开，原样留着，能打开的时候自己会进去。`,
  unkept: (n: number) =>
    `${n} 条打不开，县里暂存的地方也满了，没留下。文件别删，平板上的原样还在；告诉管机器的人，腾出地方再选一次这个文件。`,
  notWhole:
    '这个文件不全，或者路上坏了一点。好的部分都收了；平板上的原样还在，再存一份带来就补齐。',
  stops: {
    OFFLINE: '网断了。收进的不会丢；网好了再选一次这个文件，接着收。',
    SIGN_IN: '登录过期了。收进的不会丢；重新登录，再选一次这个文件。',
    BUSY: '县里的机器正忙。收进的不会丢；过一分钟再选一次这个文件。',
    FULL: '县里的机器存满了。收进的不会丢；先告诉管机器的人，腾出地方再选一次这个文件。',
    REFUSED: '这个文件县里不收。文件别删；告诉管机器的人。',
    FOREIGN: '回话的不是县里的机器。这个文件没收全；换个网再选一次。',
  },
  ackWhy: '回执带回平板，平板就知道这些已经到县局了，不用再留着等。',
  ack: (n: number) => `存回执（${n} 条）`,
  ackFailed: '回执没拿到。收进的都在，没丢；过一会儿再按一次。',
};
export type DeskHandInWords = typeof deskHandInZh;
