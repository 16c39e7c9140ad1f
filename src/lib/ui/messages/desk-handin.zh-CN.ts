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
  held: (n: number, why: string) => `${n} 条没并进去，原样留着：${why}。`,
  /** The same words as 暂存. */
  heldWhy: {
    SEALED_NO_SLIP: '开它的那一张没一起来，来了自己会打开',
    SEALED_NO_KEY: '县里现在的钥匙打不开，钥匙到了自己会打开',
    SEALED_BROKEN:
      '打不开：路上坏了，或者被动过、换了位置；平板上的那份还在，联网会再来，再存一份应急包带来也行',
    SEALED_EARLY: '它前头的还没到，到了自己会打开',
    SEALED_NO_DEVICE: '这台平板县里没登记过，登记了自己会打开',
    SEALED_SIGNATURE:
      '没有这台平板的签名；平板还在，它自己会再报；平板没了，核实后收下（同一台一次送来的一起收）',
  },
  /** A reason of a later version. */
  heldElse: '县里现在还打不开，能打开的时候自己会进去',
  waitingTitle: '您带来的、还没并进去的',
  waiting: (n: number, since: string, why: string) => `${n} 条（最早 ${since} 带来）：${why}。`,
  unkept: (n: number) =>
    `${n} 条打不开，县里暂存的地方也满了，没留下。文件别删，平板上的原样还在；告诉管机器的人，腾出地方再选一次这个文件。`,
  foreign:
    '这不是应急包，什么也没收。应急包的文件名末尾是 .psb：在带来的 U 盘或者卡里另选一个；找不到，请带来的人从平板上再存一份。',
  ruined:
    '这是应急包，可是坏得一条也读不出来，什么也没收。文件别删；请带来的人从那台平板上再存一份带来。',
  notWhole: '这个文件不全，或者路上坏了一点。好的部分都收了，平板上的原样还在。',
  listed: (read: number, of: number) => `清单上 ${of} 条，读出来 ${read} 条，缺 ${of - read} 条。`,
  slices: (read: number, of: number) =>
    `照片和录音分成的小块：清单上 ${of} 块，读出来 ${read} 块，缺 ${of - read} 块。`,
  lacking: (no: string | null, wanted: number, of: number) =>
    `${no === null ? '有一件' : no + ' '}的一个照片或者录音：一共 ${of} 块，还差 ${wanted} 块。`,
  unclear: (n: number) => `${n} 个照片或者录音，说明没读出来，不知道是哪一件的，没收。`,
  more: (n: number) => `还有 ${n} 个照片或者录音没到齐。`,
  unsigned: (n: number) =>
    `${n} 个照片或者录音没有那台平板的签名：记在您名下留着，不算那位代办员的；那台平板联网会自己再送。`,
  again:
    '下一步：文件别删。请带来的人在那台平板上再存一份应急包带来，只补缺的，收过的不会重；平板联了网，它自己也会补齐。',
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
