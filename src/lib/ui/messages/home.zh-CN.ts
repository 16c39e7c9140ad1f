/** Words of 我的单子. */
export const homeZh = {
  title: '我的单子',
  tellTitle: '该上门告诉的人',
  tellCount: (n: number, noPhone: boolean) => `${n} 位${noPhone ? '，都没有电话' : ''}`,
  goTell: '去告诉',
  find: '找单子',
  findHint: '找名字、地方、说过的话，或拼音头一个字母',
  only: '只看',
  all: '全部单子',
  filters: {
    ALL: '全部',
    LATE: '超期',
    SOON: '临期',
    DRAFT: '没写完',
    UNSENT: '还在机器里',
    REFUSED: '县里没收下',
  },
  takenOn: (when: string) => `${when}接单`,
  people: (name: string, n: number) => (n > 1 ? `${name}等 ${n} 人` : name),
  anonymous: '没留名',
  sealed: '封上的单子',
  sealedWhat: '已收到，按规定办理',
  /** 封存: nobody at this tablet reads it any more; its number is all that is said of it. */
  away: (number: string, atCounty: boolean) =>
    `${atCounty ? '已封存上送' : '已封存'} · 线索 ${number}`,
  awayWaits: '封好了，还没送到县里，一有网自己送',
  awayPart: '封好了，有的到县里了，有的还没到，一有网自己送',
  stoppedAt: (n: number) => `停在第 ${n} 问，说过的都在`,
  writtenLast: '写完才送',
  draftNoMatter: '还没说到啥事',
  draftNobody: '还没问名字',
  unsentSentence: '还在代理员机器里，有网就报上去',
  unsentMedia: (n: number) => `${n} 个照片录音还在机器里`,
  unsentEvents: (n: number) => `补的 ${n} 条还在机器里`,
  refusedPart: (n: number) => `有 ${n} 条县里没收下，东西没丢`,
  nothing: '一件也没找着。换个字，或者只打名字的头一个字母',
  empty: '还没有单子。点下面的「接单」，从头记一件。',
  tasks: '该办的事',
  hazard: '隐患排查',
  take: '接单',
  delivery: '送达情况',
  settings: '设置',
  hazardRow: '隐患',
};

/** The shape both languages keep. */
export type HomeWords = typeof homeZh;
