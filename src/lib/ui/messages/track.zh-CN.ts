/** Words of 查信儿 and of the front door: a villager reads or hears them. */
export const trackZh = {
  title: '查信儿',
  office: (county: string) => `${county}信访局`,
  night: '夜间',
  day: '白天',
  ask: '看看您的事办到哪了',
  code: '查询码，12 个数',
  codeHint: '在回执上，四个数一组',
  name: '姓名',
  nameHint: '跟回执上一样；匿名的写「匿名」',
  keys: '数字键',
  back: '退一个',
  clear: '都清掉',
  go: '查一查',
  unknown: '没查着。看看 12 个数和姓名，有一个不对就查不着。',
  unknownNext: '回执丢了，找代理员，或者上班时间打县局电话。',
  wrongs: (minutes: number) =>
    `这个查询码今天对不上的次数太多了，先歇一歇，您的事没耽误。过 ${minutes} 分钟再查；着急就拿上条儿到县局问，或者问代理员。`,
  slow: (n: number) => `查得太勤了。等 ${n} 秒再查，您的事没耽误。`,
  incomplete: '还差几个数：查询码一共 12 个。',
  noName: '还没写姓名。',
  codeOf: (code: string) => `查询码 ${code}`,
  speak: '念给我听',
  line: '走到哪了',
  help: '有听不明白的，问代理员，或者上班时间打县局电话。全程不收钱。',
  done: '查完了，清掉',
  counting: (n: number) => `${n} 秒后自己清`,
  longer: '再看一会儿',
  door: {
    title: '代办通',
    note: (county: string) => `${county} · 信访代理`,
    agent: '代理员的平板',
    agentNote: '没信号也能用，有信号自己送',
    track: '群众查信儿',
    trackNote: '拿回执上的 12 个数和姓名来查',
    desk: '县里和单位',
    deskNote: '信访局、乡镇、责任单位、领导',
  },
};

/** The shape both languages keep. */
export type TrackWords = typeof trackZh;
