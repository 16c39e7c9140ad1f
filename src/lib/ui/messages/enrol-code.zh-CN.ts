/** Words of 登记码 on the tablet: its first visit, or after the county lost sight of it. */
export const enrolCodeZh = {
  first: {
    title: '县里还没登记您用这台平板',
    say: '要县里给的一次性登记码。',
    how: '没有码，就给县里打电话，报自己的名字，请他们做一个念给您。一个码只用一回，七天以内用。',
  },
  /** Somebody else set his passphrase lately: what happened, and what to do next. */
  afterReset: {
    title: '您的口令，县里有人改过',
    say: '改的人也知道它，光凭口令进不来。再要一个登记码，得是另一个人给的。',
    how: '给县里打电话，报自己的名字，问口令是谁改的，码请另一个人做。要不是您让改的，当时就说。一个码只用一回，七天以内用。',
  },
  safe: '这台平板上要是已经存了单子，一件不丢，有没有码都照样往县里送。',
  label: '登记码',
  hint: '十个字母和数字。大写小写都行，空格不用打。',
  call: '打给县里',
  noNumber: '县里还没填电话。打县信访局的电话，或者问乡里。',
  refusals: {
    CODE_NEEDED: '',
    CODE_AFTER_RESET: '',
    CODE_TYPO: '码里有个字打错了，或者少了。看着码，一个一个再打一遍。',
    CODE_WRONG: '这个码不对，要不就是给别人的。核对一遍；还不行，请县里另做一个。',
    CODE_SPENT: '这个码用过了，或者县里作废了。请县里另做一个。',
    CODE_EXPIRED: '这个码过了七天，不能用了。请县里另做一个。',
    CODE_LATER: '试得太勤了。等一分钟，看准了再打。',
  },
};

/** The shape both languages keep. */
export type EnrolCodeWords = typeof enrolCodeZh;
