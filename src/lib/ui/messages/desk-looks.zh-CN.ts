/** Words of the record of looks. */
export const deskLooksZh = {
  gate: {
    title: '这件眼下不在您手上',
    some: '身份证号、照片、录音、回访的话先不显示。要看，先说为啥看，会记下来。',
    all: '密封件。要看，先说为啥看，会记下来。',
    why: '为啥看',
    choose: '选一条',
    words: '多说一句（选“别的事”必须写）',
    go: '记下，打开',
    missing: '没打开。选一条为啥看；选“别的事”要写清楚，四个字以上。',
  },
  reasons: {
    ASKED: '村民来问',
    NEXT: '接着办下一步',
    COMPARE: '跟别的件核对',
    SUPERVISE: '督办、回访',
    AUDIT: '审计、检查',
    OTHER: '别的事',
    IN_HAND: '刚经手这一件',
    EXPORT: '两个人点头：',
    '': '本人经办',
  } as Record<string, string>,
  classes: {
    P3: '身份证号、照片、录音',
    P4: '密封内容',
    'P3+P4': '身份证号、照片、录音、回访的话',
    ORIGINAL: '照片或录音的原件',
    EXPORT: '整件导出，带走一份',
  } as Record<string, string>,
  link: '谁看过',
  title: '谁看过这一件',
  note: '信访人来问，可以打印给他。只写岗位，不写名字。',
  at: '时间',
  role: '岗位',
  who: '账号',
  what: '看了什么',
  reason: '为啥看',
  times: (count: number) => (count > 1 ? `${count} 次` : ''),
  empty: '还没有人看过身份证号、照片、录音这些。',
  back: '回到这一件',
  print: '打印',
  number: '编号',
};

/** The shape that every language fills. */
export type DeskLooksWords = typeof deskLooksZh;
