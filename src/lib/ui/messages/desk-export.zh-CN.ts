/** Words of the export of a sealed case, which takes two. */
export const deskExportZh = {
  title: '密封件导出',
  rule: '密封件出门要两个人：名单上一个人提，另一个人点头，提的人取一回，过了一天作废。每一步都留痕。',
  why: '干什么用（四个字以上）',
  ask: '提请导出',
  asked: (name: string, why: string) => `${name}提的：${why}`,
  confirmed: (name: string, why: string) => `${name}点了头：${why}`,
  until: (moment: string) => `${moment}作废`,
  confirmWhy: '您为啥同意（四个字以上）',
  confirm: '点头',
  take: '取文件（只这一回）',
  end: '不导了，撤回',
  prove: '去说一遍您是谁',
  said: {
    asked: '提上去了，还没导出。要名单上另一个人到这一页点头。',
    confirmed: '点头了。提的人一天之内能取一回。',
    over: '撤回了，没有导出。',
    prove: '离您上回输口令有一阵子了，事还没办。',
    why: '没办。写清楚为什么，四个字以上。',
    own: '这个是您提的，要另一个人点头，还没导出。',
    there: '已经有人提了，没再提。',
    late: '别人刚办了一步，没重办。看看现在到哪一步了。',
  } as Record<string, string>,
};

/** The shape both languages keep. */
export type DeskExportWords = typeof deskExportZh;
