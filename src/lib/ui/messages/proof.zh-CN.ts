/** Words of the receipt that is verified and of the notice: said aloud to a villager. */

/** Sixty-four things of a farm, two letters each: four of them are compared aloud. */
export const PLAIN_WORDS: readonly string[] = [
  ...['水井', '高粱', '玉米', '大豆', '白菜', '土豆', '萝卜', '黄瓜'],
  ...['茄子', '辣椒', '大葱', '大蒜', '苹果', '西瓜', '葡萄', '花生'],
  ...['老牛', '绵羊', '山羊', '白马', '毛驴', '花猫', '黑狗', '母鸡'],
  ...['公鸡', '鸭子', '大鹅', '麻雀', '燕子', '喜鹊', '蜜蜂', '蝴蝶'],
  ...['火炕', '铁锅', '水缸', '木桶', '扁担', '锄头', '镰刀', '铁锹'],
  ...['斧子', '锯子', '剪刀', '针线', '棉袄', '布鞋', '草帽', '手套'],
  ...['大门', '窗户', '屋檐', '院墙', '石磨', '马车', '犁杖', '雨伞'],
  ...['大山', '小河', '水渠', '稻田', '树林', '月亮', '星星', '雪花'],
];

/** Four digits and four words as they are said. */
export const spokenWords = (spoken: { digits: string; words: readonly number[] }): string =>
  `${spoken.digits} · ${spoken.words.map((place) => PLAIN_WORDS[place] ?? '').join(' ')}`;

export const proofZh = {
  title: '验回执',
  ask: '看看这张回执是真是假，案卷动没动过',
  paste: '把回执方块里的网址贴在这儿',
  pasteHint: '用手机照回执上的方块，会自己打开这一页，不用贴',
  check: '验一验',
  working: '正在验…',
  noCrypto: '这个浏览器验不了。请用县里的网址（https 开头）打开，或者换个手机。',
  number: '核对号',
  numberNote: '跟回执方块底下印的比一比：四个数、四个词都一样，才是同一张。',
  date: '开的日子',
  entries: '那会儿案卷里有',
  entriesOf: (n: number) => `${n} 笔`,
  own: {
    signed: '回执是真的：是县里开的，没人改过。',
    unreadable: '这个方块读不出来：少了一截，或者不是回执。再照一回。',
    foreignKey: '这不是咱县开的回执。别信它，找代理员或者打县局电话问。',
    forged: '这张回执让人改过，不算数。留着它，打县局电话说。',
  },
  today: {
    asking: '正在问县里：今天的案卷里还有没有这几笔…',
    contained: '今天的案卷里，这几笔一笔不少、一字没动。',
    sum: (at: string) => `凭的是县里 ${at} 签的总数，您的手机自己算过了。`,
    fresh: '今天的案卷里有这几笔。刚开的回执，过五分钟再验，能连总数一块儿验上。',
    missing:
      '对不上：今天的案卷里没有这几笔，或者让人动过。回执留好，打县局电话，或者找上一级信访局，把它给人家看。',
    unproved: '县里说有，可是拿不出凭据。回执留好，过一会儿再验；还这样，就找上一级信访局。',
    restored: (day: string) =>
      `县里的机器 ${day} 出过事，是从备份恢复的，这几笔的先后跟您回执上的不一样了。您说的话没丢，去要一张新回执。这事县里应当公示过；没听说过，就打县局电话问。`,
    slow: (n: number) => `验得太勤了，等 ${n} 秒再验。回执不会过期。`,
    offline: '没联上县里，今天的案卷这会儿问不了。上头说的真假不用联网，照样算数。',
  },
  again: '再问一回',
  home: '查信儿',
  /** On the page of 查信儿 and on the tablet. */
  give: {
    title: '县里给您开的凭据',
    note: '拿手机照下这个方块，或者打出来收好。往后谁动过您的案卷，一验就知道。上头没有姓名，也没有您说的话。',
    number: '核对号',
    qr: '回执方块',
    missing: '方块没画出来，不耽误查信儿。',
    open: '现在就验一验',
    later: '县里还没收到这一单，没有凭据可开。报上去以后，联网打开这一页就有。',
    offline: '这会儿没联上县里。联网打开这一页，凭据会存在平板上，下回没网也能给人看。',
    kept: '有网时取的',
  },
  notice: {
    title: '案卷总数公示',
    lead: '每天，县里把全部案卷算成一个数，贴在这儿，谁都能抄下来留着。谁偷偷动过以前的一个字，往后的数就跟抄下来的对不上。里头看不出谁家的事。',
    day: '日子',
    size: '一共',
    entries: (n: number) => `${n} 笔`,
    number: '核对号',
    root: '总数',
    key: '签字的钥匙',
    keyNote: '回执是不是县里开的，就看是不是这把钥匙签的。',
    restored: (day: string) => `${day} 从备份恢复过：在那之前开的回执，可以换一张新的。`,
    none: '还没有总数：县里的机器开起来五分钟后有头一个。',
    print: '打出来贴上',
    link: '案卷总数公示',
  },
};

/** The shape both languages keep. */
export type ProofWords = typeof proofZh;
