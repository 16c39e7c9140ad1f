interface MediaCount {
  readonly total: number;
  readonly here: number;
}

/** Words of the review page. */
export const deskCaseZh = {
  verbatim: '原话',
  frozen: '已锁定，不能改',
  notFrozen: '还没念回',
  tidy: '整理',
  tidyBy: '代理员写',
  wordsWithheld: {
    UNIT: '这件事说的就是您这个单位，本人没说能让您知道是谁说的：原话、住处、代办员的名字都不给看。要办的事，看下面县里写的事由。',
    AUDITOR: '审计看怎么办的，不看原话、住处和诉求。谁办的、哪天办的、拿什么理由办的，都在下面。',
  },
  matter: '事由',
  matterBy: '县里写给单位的，不是原话',
  noMatter: '县里还没给您写事由：办之前先问县信访局。',
  claims: '诉求',
  claimsNote: '往后逐项回话',
  visits: '到场看过',
  threat: '扬言的话，原样',
  noVerbatim: '没有文字，听录音',
  play: '录音',
  audioComing: '录音还在路上，先看字',
  where: '在哪块儿',
  photos: '照片',
  photoComing: '还没到',
  gone: {
    never: '不会来了，代理员说',
    again: '原来那张不会来了，重拍了',
    kinds: {
      photo: '照片',
      scan: '纸的照片',
      audio: '录音',
      video: '录像',
      signature: '签名手印',
    } as Record<string, string>,
  },
  photosHere: ({ total, here }: MediaCount) =>
    total === 0
      ? '没有照片'
      : here === total
        ? `${total} 张，都到了`
        : `${total} 张照片到了 ${here} 张`,
  recordingsHere: ({ total, here }: MediaCount) =>
    total === 0
      ? '没有录音'
      : here === total
        ? `${total} 段录音，都到了`
        : `${total} 段录音到了 ${here} 段`,
  original: '下载原件',
  badges: {
    mandate: '委托',
    consent: '告知',
    readback: '念回',
    thumb: '手印签名',
  } as Record<string, string>,
  missing: '没有',
  same: {
    title: '这一家、这类事',
    household: '这户以前来过',
    matter: '同村同类，14 天内',
    respondent: '同一个被反映人',
    none: '没有',
    count: (n: number) => `${n} 件`,
    similar: '像是同一件',
  },
  offline: {
    title: '没网时记的',
    taken: '接单',
    received: '到县',
    clock: '机器时间',
    span: (span: string) => `隔 ${span}`,
    notYet: '还没到县',
    exact: (n: number) => `准，差 ${n} 秒`,
    skewed: (n: number) => `差 ${n} 分钟，按县里的时间算`,
    unknown: '不知道',
  },
  petitioner: '信访人',
  petitionerFields: {
    name: '姓名',
    id: '证件',
    phone: '电话',
    address: '住址',
    age: '岁数',
    count: '人数',
    literacy: '识字',
    respondent: '说的是谁',
    meant: '局里定的',
    meantByOne: '有一个人这么定，还没算数，等白名单上再一个人定得一样',
    told: '告不告诉单位是谁说的',
  } as Record<string, string>,
  told: {
    YES: '能告诉',
    NO: '不能告诉',
    NOTICE: '没单问，管这事的单位知道',
    UNSAID: '没问过、没说，不告诉',
  } as Record<string, string>,
  phoneWhose: (whose: string) => `（${whose}）`,
  phoneOf: {
    FAMILY: '家里人的',
    NEIGHBOUR: '邻居的',
    VILLAGE_OFFICE: '村部的',
  } as Record<string, string>,
  clocks: {
    title: '时限',
    due: '到期',
    stopped: '停在',
    outcomes: {
      MET: '按期',
      MISSED: '超期',
      RUNNING: '在走',
      USED: '用了',
      LAPSED: '过期未用',
    } as Record<string, string>,
    provisional: '暂定，那一年的放假表还没出',
  },
  timeline: {
    title: '走到哪了',
    effects: {
      APPLIED: '',
      NOTED: '记下了，没改状态',
      SUSPENDED: '没有委托，等本人追认',
      SEALED: '密封',
      UNKNOWN: '新版本的，等升级再看',
    } as Record<string, string>,
    arrived: (when: string) => `到县 ${when}`,
    oddDays: (said: string) => `写的日子不对：${said}。照原样留着，不按它算`,
  },
  conflicts: {
    title: '冲突',
    open: '等人定',
    decided: '定了',
    agents: '等代理员选',
    first: (said: string) => `先到的：${said || '没记'}`,
    second: (said: string) => `后到的：${said || '没记'}`,
    keeps: { FIRST: '代理员用先到的', SECOND: '代理员用后到的', BOTH: '代理员两样都留' },
  },
  kept: {
    title: '暂存',
    note: '原样留着，没并进案卷',
    empty: '没有暂存的。',
    raw: '看原样',
    withheld: '还不知道是哪一件、要不要密封，原话先只给管密封件的人看。',
    unreadable: '这一条现在并不进去：内容读不出来，或者已经采认了。原样还在。',
    waiting: (n: number) => `还有 ${n} 条原样留着，没并进案卷`,
  },
  papers: { title: '文书', print: '打印' },
  numbers: { case: '编号', temporary: '临时编号', query: '查询码' },
  sealedNote: '密封件：看过谁都记名',
  paper: {
    print: '打印',
    back: '回这一件',
    seal: '（盖章处）',
    date: '日期',
    plain: '白话',
    query: '查询码',
    number: '编号',
    free: '全程不收钱。有听不明白的，问代理员，或者上班时间打县局电话。',
    unit: '单位',
    to: '收件人',
    officer: '承办人',
    draft: '还没办到这一步，先看样子。办了再打。',
  },
};

/** The shape both languages keep. */
export type DeskCaseWords = typeof deskCaseZh;
