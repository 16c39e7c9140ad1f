/** Words of the page where the office types in a letter, a call or a visit. */
export const deskEntryZh = {
  title: '录入来信来电来访',
  note: '不经代理员来的，也一件不落',
  open: '录入来信来电来访',
  go: '收下',
  letter: '来信照抄，不用念回；来电、来访要念回给他听',
  done: (code: string) => `收下了，查询码 ${code}。把这号告诉他，他能查、能评`,
  doneSealed: (code: string) =>
    `收下了，查询码 ${code}。只告诉本人，别人在场别念；拿它来问，只答「已收到，按规定办理」`,
  sealedDone: '已密封，往后只有密封专员看得见',
  toCase: '去登记',
  another: '再录一件',
  refused: '没收下，填的都还在',
  missing: (what: string) => `还没填：${what}`,
  outsideTaken: '没收下，填的都还在。这个外来编号已经收过一件了，到台账里搜这个号，别办两遍',
  notYours: '您的岗位不能录入',
};

/** The shape both languages keep. */
export type DeskEntryWords = typeof deskEntryZh;
