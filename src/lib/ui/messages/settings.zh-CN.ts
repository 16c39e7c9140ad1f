/** Words of 登录, 设置 and 救急. */
export const settingsZh = {
  signIn: {
    title: '代办通',
    say: '登一次，往后没信号也能用',
    user: '账号',
    passphrase: '口令',
    go: '登录',
    going: '正在登录……',
    secrets: '国家秘密不许进这台机器。不截屏，不转发。',
    refusals: {
      OFFLINE:
        '连不上县里。头一回登录要连上一次：找个有信号的地方再登；信号好好的还连不上，过一会儿再登。',
      WRONG:
        '账号或者口令不对。再看看，大小写也算。还不对，打县局电话问问口令换没换。存下的都在，一件不丢。',
      LOCKED: '错了太多回，锁了一会儿。过十五分钟再试，或者打县局电话。',
      NOT_AN_AGENT: '这个账号不是代理员。坐办公室的请到县里的网页登录。',
      COUNTY_FAULT: '县里的机器这会儿不通。过一会儿再登。',
      OTHER_AGENT_HERE:
        '这台机器里有另一位代理员接的单子，一件没丢，也没让您看见。请他用自己的账号登录；您用自己的机器。这台要换人用，先打县局电话。',
      STORAGE: '机器的存储打不开。先别清数据，打县局电话。',
    },
  },
  title: '设置',
  textSize: '字号',
  sizes: { 18: '平常', 22: '大', 26: '更大', 30: '最大' },
  theme: '亮暗',
  themes: { auto: '跟着机器', light: '白天', dark: '夜间' },
  language: '语言',
  languages: { 'zh-CN': '中文', en: 'English' },
  passcode: '开门数',
  passcodeNote: '她评的时候锁平板用的，4 到 6 个数字',
  passcodeSet: '换一个',
  passcodeSave: '设好',
  passcodeSaved: '设好了',
  storage: '存东西的地方',
  persisted: '机器答应了不自己清掉',
  notPersisted: '机器没答应，满了可能自己清。装到桌面上就好了，单子勤送县里',
  askPersist: '再问一次机器',
  usage: (used: string, all: string) => `用了 ${used}，一共能用 ${all}`,
  usageUnknown: '机器不肯说还剩多少',
  contact: '跟县里',
  lastContact: (at: string) => `上回通上：${at}`,
  neverContact: '还没通上过',
  version: '版本',
  update: '换上新版本',
  updateWaits: '有新版本。有单子正写着，写完再换',
  noUpdate: '已是新的',
  fault: '找错',
  faultNote: '出了毛病，把下面几行念给县里听，里头没有她的事，也没有名字',
  faultCopy: '抄下来',
  faultCopied: '抄好了',
  /** Read aloud over the telephone, so every line is words and figures. */
  faultLines: {
    states: {
      ...{ opening: '正在打开', signedOut: '没登录', ready: '好用', rescue: '打不开' },
      ...{ locked: '锁着', enrolling: '正在上锁' },
    },
    phases: { idle: '歇着', sending: '正在送', waiting: '等着', stopped: '停了' },
    yes: '有',
    no: '没有',
    app: (version: string, state: string) => `版本 ${version} · ${state}`,
    counts: (cases: number, drafts: number) => `单子 ${cases} 件 · 草稿 ${drafts} 张`,
    unsent: (events: number, files: number, refused: number) =>
      `没送到：文字 ${events} 条，文件 ${files} 个 · 没收下 ${refused} 条`,
    sync: (phase: string, why: string) => `往县里送：${phase} · ${why}`,
    heard: (receipt: string, tried: string) => `县里上回说收到 ${receipt} · 上回试 ${tried}`,
    clock: (seconds: number, now: string) => `钟差 ${seconds} 秒 · 现在 ${now}`,
    storage: (used: string, all: string, kept: string) =>
      `用了 ${used}，一共 ${all} · 答应不清 ${kept}`,
    offline: (shell: string, signal: string) => `没网能开 ${shell} · 信号 ${signal}`,
  },
  me: '我是谁',
  agentLine: (code: string, letter: string) => `${code} 号代理员，这台机器是 ${letter}`,
  signOut: '退出登录',
  signOutAsk: '退出以后，没信号就登不回来。没送完的东西还在机器里，再登录接着送。真要退？',
  signOutDo: '退出',
  rescue: {
    title: '机器里的东西打不开',
    STORE_BROKEN: '存东西的地方坏了。先别清数据、别卸载，东西可能还救得回来。',
    STORE_NEWER: '这台机器用过更新的版本，旧版本打不开。连上网换成新版本就好了。',
    STORE_EVICTED:
      '机器自己把存的东西清了。县里收到过的都还在县里，登录就拿得回来。没送到县里的拿不回来了，打县局电话说一声，再去她家补记。',
    next: '急着接单的，先用纸记，别让人白跑一趟。',
    reload: '再打开一次',
  },
};

/** The shape both languages keep. */
export type SettingsWords = typeof settingsZh;
