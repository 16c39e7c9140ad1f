/** Words of 锁和胸牌: which tablets are stopped, and the cards on the lanyards. */
export const deskLocksZh = {
  title: '锁和胸牌',
  note: '平板丢了、人不干了，在这儿锁；胸牌在这儿打、在这儿作废',
  back: '回设备',
  keyless:
    '平板还上不了锁：县里还没有钥匙，忘了开锁的法子就没人救得回来。平板照常用，记的都在；机器丢了，捡着的人翻得着。',
  keylessDo: '局长造一把，另一个人点头。往后谁登录，谁的平板就上锁。',
  foreign:
    '县里的数据库里有一把钥匙，不是局长造、另一个人点头放进去的。什么也没锁给它，收到的一件没丢，也没给它看。',
  foreignDo: '到“钥匙”里看是哪一把：谁也没造过，就停用它，再查是谁动了数据库。',
  switchedOff:
    '县里没开平板的锁（TABLET_VAULTS=0）。早先上了锁的照样锁着，照样开；新登录的不上锁，机器丢了，捡着的人翻得着。',
  newCard: '打一张胸牌',
  newCardNote:
    '码在这台电脑上现做，只印在纸上，县里不留。牌上没有名字。代理员上锁时照它；光有牌、没有他的六个数，开不了机器。',
  forWhom: '给谁',
  choose: '挑一位代理员',
  newTablet: '新平板，头一张',
  otherCard: '换牌：平板上有锁的（他在平板的设置里照这张新牌）',
  make: '做一张',
  printNow: '现在就打。离开这一页，码就没了，只能另做一张。',
  print: '打印',
  printed: '打好了，收起来',
  tablets: '平板',
  whose: '谁的',
  state: '这会儿',
  since: '啥时候',
  say: '怎么办',
  letter: (letter: string) => (letter ? `${letter} 机` : ''),
  bars: { open: '能开', revoked: '停用', lost: '报丢' },
  doBar: { open: '解开', revoked: '停用', lost: '报丢' },
  reason: '为啥',
  by: (who: string, ago: string) => `${who}，${ago}。`,
  barNote:
    '平板下一回联网就锁上，里头的看不了，县里也不再给它看单子；没送的都留着，一条不丢。报丢还叫他在每台机器上的登录都作废：他别的平板要他重新登录；丢的那台有人登录了才接着送。解开也等它联网。',
  cards: '胸牌',
  noCards: '还没打过胸牌。',
  number: '牌号',
  cardGood: '能用',
  cardDead: '作废',
  cardReason: '为啥作废',
  revoke: '作废',
  cardNote: '作废的牌，那台平板下一回联网就不认。作废了不能再要回来，另打一张。',
  said: {
    lost: '记下是报丢了。他的登录这会儿就都作废；平板下一回联网就锁上，没送的一条不丢。',
    revoked: '记下是停用了。平板下一回联网就锁上，他的登录不动，没送的一条不丢。',
    freed: '记下是解开了。平板下一回联网就能开，里头的都在。',
    why: '没办，平板和牌都跟刚才一样。为啥写得太短：写两个字以上，往后查的人要看得懂。',
    card: '做好了，打出来给他。',
    revoke: '作废了。',
    prove: '先说一遍您是谁，再办一次。刚才的没办。',
    proveLater: '试得太勤了，等一会儿再试。刚才的没办。',
    proven: '对上了，接着办。',
    none: '没办成：没写为啥，或者这一条已经变了。看一眼再来。',
  } as Record<string, string>,
};

/** The shape both languages keep. */
export type DeskLocksWords = typeof deskLocksZh;
