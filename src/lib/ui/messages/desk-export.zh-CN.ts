/** Words of the export of a sealed case, which takes two. */
export const deskExportZh = {
  title: '密封件导出',
  rule: '密封件出门要两个人：名单上一个人提，另一个人点头，提的人取一回，过了一天作废。每一步都留痕。',
  seconds: (names: string) => `能点头的第二个人：${names}。`,
  alone: '眼下导不出去：名单上除了提的人，没有别人能给这一件点头。提了也是白等。',
  third:
    '先添一个人：请局长或者管账号的人在「设置」的密封白名单上提一位审核员或者密封专员，他们里头的另一个人点头。添上的人就能到这一页来点头。跟他们只说「名单上得再添一个人」，别说是哪一件，别说为什么。',
  why: '干什么用（四个字以上）',
  ask: '提请导出',
  asked: (name: string, why: string) => `${name}提的：${why}`,
  confirmed: (name: string, why: string) => `${name}点了头：${why}`,
  until: (moment: string) => `${moment}作废`,
  confirmWhy: '您为啥同意（四个字以上）',
  confirm: '点头',
  take: '取文件（只这一回）',
  fetching: '正在取，看浏览器的下载。这一页过两秒自己更新。',
  taken: (moment: string, by: string, confirmedBy: string) =>
    `文件取走了：${moment}，${by}取的，${confirmedBy}点的头。一回只能取一份，这一份不能再取。`,
  anew: '文件没下全，或者还要一份：在下面重新提，再由另一个人点头。',
  end: '不导了，撤回',
  prove: '去说一遍您是谁',
  said: {
    asked: '提上去了，还没导出。要名单上另一个人到这一页点头。',
    confirmed: '点头了。提的人一天之内能取一回。',
    over: '撤回了，没有导出。',
    prove: '离您上回输口令有一阵子了，事还没办。',
    why: '没办。写清楚为什么，四个字以上。',
    own: '这个是您提的，要另一个人点头，还没导出。',
    alone: '没提：名单上没有别人能点头。先在密封白名单上添一个人，再来提。',
    there: '已经有人提了，没再提。',
    late: '别人刚办了一步，没重办。看看现在到哪一步了。',
  } as Record<string, string>,
};

/** The shape both languages keep. */
export type DeskExportWords = typeof deskExportZh;
