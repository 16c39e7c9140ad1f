/** Words of 登记码 at the desk: what lets one new tablet in. */
export const deskCodesZh = {
  title: '登记码',
  off: '县里没开登记码（ENROLMENT_CODES=0）：哪台机器登录都行，账号口令对就行。',
  note: '一台平板头一回用，要一个登记码。一个码只给一个人、一台机器，用一回就没了，七天不用也没了。认准是他本人再给：当面给，或者打他留在县里的电话念给他。',
  forWhom: '给谁用',
  choose: '挑一位代理员',
  make: '做一个登记码',
  forName: (name: string, until: string) => `给${name}的登记码，${until}以前用：`,
  once: '只在这儿显示一回，县里也不留。抄给他，或者念给他。离开这一页，就只能另做一个。',
  aloud: '没有字母 I、L、O、U、Z：听着像的，都按 1、0、V、2 打。',
  done: '给他了，收起来',
  open: '还没用的',
  none: '没有还没用的登记码。',
  whose: '谁的',
  until: '哪天以前用',
  madeBy: '谁做的',
  act: '怎么办',
  voidIt: '作废',
  said: {
    code: '做好了。',
    voidCode: '作废了，谁拿着都没用。',
    prove: '先说一遍您是谁，再办一次。码还没做。',
    hand: '他的口令是您改的，登记码要另一个人做：局长，或者另一个管账号的人。码没做。',
    none: '没办成：他手里还有五个没用的，或者这一条已经变了。看一眼再来。',
  } as Record<string, string>,
};

/** The shape both languages keep. */
export type DeskCodesWords = typeof deskCodesZh;
